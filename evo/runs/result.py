"""What a run left behind, for use from Python."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import MissingExtra, RunFolderError, UsageError
from evo.runs.folder import RunFolder
from evo.runs.sinks import flat


class Result:
    """A run that has ended, or as far as it has got.

    It is read from its folder when it is asked for, and nothing that the folder names is imported.

    Args:
        folder: the run's.

    Attributes:
        path: of the folder.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder, self.path = folder, folder.path

    def __repr__(self) -> str:
        return f"<{' on '.join(self.folder.names())}, {self.folder.state()}: {self.path}>"

    @property
    def best(self) -> Any:
        """What came out: the solution that the champion is, or the network that learnt."""
        raise self._lacks("result")

    @property
    def genome(self) -> Any:
        """The genome of the foremost champion, as genomes of one."""
        raise self._lacks("genome")

    @property
    def network(self) -> Any:
        """The network that came out: `Networks` of one, or a torch module."""
        raise self._lacks("network")

    def act(self, observation: Any) -> Any:
        """The champion's action upon an observation of its environment."""
        raise self._lacks("champion that acts")

    def reset(self) -> None:
        """Let a new episode begin: a recurrent network forgets."""

    def predict(self, inputs: Any, *more: Any, **options: Any) -> Any:
        """What came out applied to inputs: classes, or an action and None."""
        raise self._lacks("network")

    def _lacks(self, what: str) -> UsageError:
        words = " on ".join(self.folder.names())
        return UsageError(f"{self.path}, {words}, has no {what}", f"evo report {self.path}")

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Section → key → value, as config.toml has them."""
        return self.folder.settings()

    @property
    def summary(self) -> dict[str, Any]:
        """How the run ended, as in summary.json.

        Raises `RunFolderError` if it has not ended.
        """
        summary = self.folder.summary()
        if summary is None:
            raise RunFolderError(
                f"{self.path} has not ended: {self.folder.state()}", f"evo resume {self.path}"
            )
        return summary

    @cached_property
    def metrics(self) -> dict[str, NDArray[Any]]:
        """An array for each figure of metrics.jsonl, with a value for each generation or epoch.

        Figures within figures are joined by a dot, as in "spent.steps"; a value that is missing is
        NaN. What is no number or text is left out.
        """
        lines = [flat(line) for line in self.folder.metrics()]
        names = dict.fromkeys(name for line in lines for name in line)
        columns = {name: [line.get(name) for line in lines] for name in names}
        return {name: _column(values) for name, values in columns.items()}

    def frame(self) -> Any:
        """The metrics as a pandas DataFrame. Raises `MissingExtra` without pandas."""
        try:
            import pandas  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise MissingExtra("pandas", "pandas") from None
        return pandas.DataFrame(self.metrics)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened, each event with its generation or epoch."""
        return self.folder.events()


def _column(values: list[Any]) -> NDArray[Any]:
    if any(isinstance(value, str) for value in values):
        return np.array(["" if value is None else str(value) for value in values])
    if any(value is None for value in values) or any(isinstance(v, float) for v in values):
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array(values)


def load(path: str | Path) -> Result:
    """What a run left behind.

    ``evo.load("runs/latest").act(observation)`` acts with the champion of the last run.

    Args:
        path: of a run folder.

    Returns:
        Of an evolution an `EvolutionResult`, of a learning a `LearningResult`.

    Raises:
        RunFolderError: there is no run in `path`, or it is damaged.
    """
    folder = RunFolder.open(Path(path))
    return folder.kind.result(folder)
