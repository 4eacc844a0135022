"""Playing a run's champion again, in the real environment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from evo.config import EvolutionConfig
from evo.errors import MissingExtra, RunFolderError, UsageError
from evo.population import Floats, Population
from evo.rng import Role, Streams
from evo.runs import checkpoint
from evo.runs.folder import RunFolder


class Replay:
    """A champion and the problem it plays.

    Of a run that has not ended, the champion is the best individual of its last checkpoint.
    """

    def __init__(self, folder: RunFolder):
        config = folder.config()
        if not isinstance(config, EvolutionConfig):
            raise UsageError(
                f"{folder.path} is a run of evo {config.kind.command}: there is no champion to "
                "replay",
                f"evo report {folder.path}",
            )
        self.config = config
        parts = config.composition()
        self.problem = parts.problem
        self.phenotype = parts.development(best(folder).genomes)

    def seeds(self, count: int, seed: int | None = None) -> NDArray[Any]:
        """`(count,)` seeds of episodes that belong to `seed`, by default to that of the run.

        No other role uses them.
        """
        return Streams(self.config.run.seed if seed is None else seed).seeds(0, Role.REPLAY, count)

    def scores(self, seeds: NDArray[Any]) -> Floats:
        """`(len(seeds),)` scores, one episode each, in the sense that people read."""
        return self.problem.validate(self.phenotype, seeds)

    def film(self, seeds: NDArray[Any], path: Path) -> list[float]:
        """The scores of one episode per seed, and the episodes as frames in `path`, a .gif or .mp4 file.

        Raises:
            UsageError: the problem has nothing to see, or `path` cannot be written.
            MissingExtra: what draws or what writes films is not installed.
        """
        if not hasattr(self.problem, "episode"):
            raise UsageError(
                f"{self.config.problem} has nothing to see", "control problems can be filmed"
            )
        episode: Callable[..., Any] = self.problem.episode  # pyright: ignore[reportAttributeAccessIssue]
        rate = float(getattr(self.problem, "frames_per_second", 30))
        # A GIF counts in hundredths of a second, and viewers slow down frames that are shorter than
        # two of them.
        every = max(1, round(rate / 25)) if path.suffix == ".gif" else 1
        os.environ.setdefault(
            "SDL_VIDEODRIVER", "dummy"
        )  # pygame draws into memory and needs no screen
        with writer(path, rate / every) as film:
            scores = []
            for seed in seeds:
                shown = 0

                def show(frame: Any) -> None:
                    nonlocal shown
                    if shown % every == 0:
                        film.append_data(frame)
                    shown += 1

                scores.append(float(episode(self.phenotype, int(seed), "rgb_array", show).total))
        return scores


def best(folder: RunFolder) -> Population:
    """The champion of a run, or the best so far.

    Raises `RunFolderError` if there is neither yet.
    """
    if (folder.path / "champion.json").exists():
        return folder.champion()[0]
    if folder.checkpoint.exists():
        state = checkpoint.read(folder.checkpoint)
        try:
            return Population.from_state_dict(state["evolution"]["best"])
        except (KeyError, TypeError, ValueError) as error:
            raise RunFolderError(
                f"{folder.checkpoint} holds no best individual: {type(error).__name__}: {error}"
            ) from None
    raise RunFolderError(
        f"{folder.path} has no champion and no checkpoint yet",
        f"go on with: evo resume {folder.path}",
    )


def writer(path: Path, rate: float) -> Any:
    """What writes frames to `path`, `rate` of them a second."""
    try:
        import imageio.v2 as imageio
        import imageio_ffmpeg  # noqa: F401
    except ImportError:
        raise MissingExtra("what writes films", "video") from None
    try:
        if path.suffix == ".gif":
            return imageio.get_writer(path, mode="I", duration=1000 / rate, loop=0)
        return imageio.get_writer(path, mode="I", fps=rate, macro_block_size=2)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
