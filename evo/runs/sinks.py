"""Where the figures of a run go beside its own folder's files, step by step.

A sink is named under `run.sinks`: a registered one, or one of the user's own.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from evo.errors import MissingExtra


class Sink(Protocol):
    """Takes the figures of each step.

    Args of its constructor: the run's folder, the name of the counter ("generation"), and the lines
    of the steps that are complete already, where a run is resumed.
    """

    def __init__(self, folder: Path, counter: str, before: list[Mapping[str, Any]]) -> None: ...

    def write(self, line: Mapping[str, Any]) -> None:
        """Take the line of metrics.jsonl of a step that is complete."""
        ...

    def close(self) -> None:
        """The run has ended or was stopped."""
        ...


def flat(line: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """The figures of a line by name; those within others are joined by a dot: "spent.steps".

    What is no number or text is left out.
    """
    figures: dict[str, Any] = {}
    for key, value in line.items():
        if isinstance(value, Mapping):
            figures |= flat(value, f"{before}{key}.")
        elif isinstance(value, int | float | str | None):
            figures[f"{before}{key}"] = value
    return figures


class Csv:
    """metrics.csv: a column for each figure; families of figures, such as species, are left out."""

    def __init__(self, folder: Path, counter: str, before: list[Mapping[str, Any]]) -> None:
        self.path = folder / "metrics.csv"
        self.rows = [self._row(line) for line in before]
        self.columns: list[str] = []
        self._begin()

    def write(self, line: Mapping[str, Any]) -> None:
        row = self._row(line)
        self.rows.append(row)
        if row.keys() - set(self.columns):
            self.file.close()
            self._begin()
        else:
            self.writer.writerow(row)
        self.file.flush()

    def close(self) -> None:
        self.file.close()

    def _begin(self) -> None:
        """Write the file anew, with a column for every figure there has been."""
        self.columns = list(dict.fromkeys(name for row in self.rows for name in row))
        self.file = self.path.open("w", encoding="utf-8", newline="")
        self.writer = csv.DictWriter(self.file, self.columns, lineterminator="\n")
        self.writer.writeheader()
        self.writer.writerows(self.rows)

    @staticmethod
    def _row(line: Mapping[str, Any]) -> dict[str, Any]:
        return flat({key: value for key, value in line.items() if key != "species_sizes"})


class TensorBoard:
    """The folder tensorboard: scalars by generation or epoch, for ``tensorboard --logdir runs``."""

    def __init__(self, folder: Path, counter: str, before: list[Mapping[str, Any]]) -> None:
        try:
            from tensorboardX import SummaryWriter  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise MissingExtra("tensorboardX", "tensorboard") from None
        self.counter = counter
        # what was written of steps behind the checkpoint does not count
        self.writer = SummaryWriter(str(folder / "tensorboard"), purge_step=len(before) + 1)

    def write(self, line: Mapping[str, Any]) -> None:
        for name, value in flat(line).items():
            if name != self.counter and isinstance(value, int | float):
                self.writer.add_scalar(name.replace(".", "/"), value, line[self.counter])

    def close(self) -> None:
        self.writer.close()
