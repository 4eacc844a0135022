"""Playing a run's champion again, in the real environment."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from evo_envs.creatures.film import Film
from numpy.typing import NDArray

from evo.errors import MissingExtra, RunFolderError, UsageError
from evo.evaluation.base import Task
from evo.kinds.evolution import champion
from evo.kinds.evolution.page import SHEET, episode, sheet
from evo.kinds.evolution.schemas import EvolutionCheckpoint
from evo.kinds.evolution.validation import validated
from evo.population import Floats, Population
from evo.problems.around import AroundNetworks
from evo.rng import Role, Streams
from evo.runs import checkpoint
from evo.runs.folder import RunFolder
from evo.runs.schemas import checked
from evo.scenes import load_scene

if TYPE_CHECKING:
    from evo.problems.creatures.audit import Finding


class Replay:
    """The champions of a run and the problem that they play, the foremost one first.

    Of a run that has not ended, these are the best individuals of its last checkpoint.

    Attributes:
        problem: what is played.
        goal: the names and senses of the figures that champions are judged by.
        members: populations of one.
    """

    def __init__(self, folder: RunFolder) -> None:
        config = folder.config()
        parts = config.take()
        self.subject, self.seed = config.subject, config.run.seed
        self.problem, self.goal = parts.problem, parts.problem.verdict
        self.development = parts.development
        self.folder = folder
        with self._in_words():
            individuals = champion.population(folder.path)
            state = None
            if individuals is None or self.problem.arranges:
                state = last_state(folder)
            if individuals is None:
                individuals = best_so_far(state, folder)
            self.scene = load_scene(state["scene"]) if state else None
            parts.algorithm.representation.check(individuals.genomes)
            rows = range(len(individuals))
            self.members = [individuals.take(np.array([row])) for row in rows]

    def seeds(self, count: int, seed: int | None = None) -> NDArray[Any]:
        """`(count,)` seeds of episodes, which nothing else in a run uses.

        They follow from `seed`; None for the seed of the run.
        """
        return Streams(self.seed if seed is None else seed).seeds(0, Role.REPLAY, count)

    def member(self, number: int) -> Population:
        """Member `number`, from 1 on. Raises `UsageError` if there is none."""
        if not 1 <= number <= len(self.members):
            raise UsageError(
                f"--member {number}: there are 1 to {len(self.members)} in {self.folder.path}"
            )
        return self.members[number - 1]

    def scores(self, seeds: NDArray[Any], number: int = 1) -> Floats:
        """`(len(seeds), scores)` figures of one member, one episode each, as people read them."""
        individual = self.member(number)
        with self._in_words():
            return validated(self.problem, self.development, individual, seeds, self.scene)

    def short_film(self, path: Path, most: int) -> None:
        """Write a film of the episode in episode.json, or of a fresh one.

        A film of more than `most` bytes is made again of fewer frames.

        Raises what `film` raises.
        """
        recorded = episode(self.folder)
        seeds = self.seeds(1) if recorded is None else np.array([recorded["seed"]], np.uint64)
        made = path.with_name(f"new-{path.name}")
        try:
            self.film(seeds, made)
            if made.stat().st_size > most:
                self.film(seeds, made, every=1 + made.stat().st_size // most)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)

    def film(self, seeds: NDArray[Any], path: Path, number: int = 1, every: int = 1) -> list[float]:
        """Play one episode per seed, and write them as frames into a .gif or .mp4 file.

        Args:
            seeds: of the episodes.
            path: of the film.
            number: which member plays, counted from 1.
            every: which of the steps become frames: all, every second …

        Returns:
            The scores of the episodes.

        Raises:
            UsageError: the problem has nothing to see, or `path` cannot be written.
            MissingExtra: what draws or what writes films is not installed.
        """
        if self._has_creatures:
            return self._filmed(seeds, path, number, every)
        episode: Callable[..., Any] | None = getattr(self.problem, "episode", None)
        if episode is None:
            raise UsageError(
                f"{self.subject} has nothing to see", "control problems and creatures can be filmed"
            )
        with self._in_words():
            phenotype = self.development(self.member(number).genomes)
        rate = float(getattr(self.problem, "frames_per_second", 30))
        # A GIF counts in hundredths of a second, and viewers slow down frames that are shorter than
        # two of them.
        if path.suffix == ".gif":
            every = max(every, round(rate / 25))
        os.environ.setdefault(
            "SDL_VIDEODRIVER", "dummy"
        )  # pygame draws into memory and needs no screen
        with writer(path, rate / every) as film, self._in_words():
            scores = []
            for seed in seeds:
                shown = 0

                def show(frame: Any) -> None:
                    nonlocal shown
                    if shown % every == 0:
                        film.append_data(frame)
                    shown += 1

                scores.append(float(episode(phenotype, int(seed), "rgb_array", show).total))
        return scores

    def films(self, seeds: NDArray[Any], number: int = 1, world: str | None = None) -> list[Film]:
        """Films of a creature, one of each seed.

        Args:
            seeds: of the episodes.
            number: which member plays, counted from 1.
            world: another one than the task's: land, water, slope or terrain.

        Raises:
            UsageError: no creatures play here.
        """
        self._demand_creatures("", "evo replay --gif FILE films control problems")
        with self._in_words():
            task, phenotype = self._player(self.member(number))
            elsewhere = None if world is None else task.world_of(world)
            others = {}
            if self.scene is not None:
                others["scene"] = Task(self.problem, self.development).developed(self.scene)
            return [task.film(phenotype, int(seed), world=elsewhere, **others) for seed in seeds]

    def sheet(self) -> tuple[list[Film], list[str]]:
        """The fittest creatures of the last generation at rest, and a caption of each.

        Raises:
            UsageError: no creatures play here, or the run has not ended.
            RunFolderError: the file that has them is damaged.
        """
        self._demand_creatures("", "evo replay --sheet is for walk, swim, jump and others")
        from evo.reports.creatures.picture import read_sheet

        described = sheet(self.folder)
        if described is None:
            raise UsageError(
                f"{self.folder.path} has no {SHEET}",
                "it is written where bodies evolve, when a run ends",
            )
        try:
            return read_sheet(described)
        except ValueError as error:
            raise RunFolderError(f"{self.folder.path / SHEET} is damaged: {error}") from None

    def body(self, number: int = 1) -> tuple[Any, Any]:
        """The body of a creature and the world of its task.

        Raises:
            UsageError: no creatures play here.
        """
        self._demand_creatures(
            ", so there is no body to write", "evo export is for walk, swim, jump and others"
        )
        with self._in_words():
            task, phenotype = self._player(self.member(number))
            return task.creature(phenotype, 0)[0], task.world

    def audit(self, starts: int, number: int = 1) -> "Iterator[Finding]":
        """Live a creature again in other conditions, see `evo.problems.creatures.audit`.

        Raises:
            UsageError: no creatures play here.
        """
        self._demand_creatures("", "evo audit is for walk, swim, jump and others")
        from evo.problems.creatures.audit import audit, contest

        with self._in_words():
            task, phenotype = self._player(self.member(number))
            veterans = getattr(task, "veterans", None)
            if veterans is None:
                yield from audit(task, phenotype, self.seeds(starts))
                return
            for reign, rival in veterans(self.scene or {}):
                name = f"champion of generation {reign}"
                other = self._player(rival)[1]
                yield contest(task, phenotype, other, self.seeds(starts), name)

    @property
    def _has_creatures(self) -> bool:
        return getattr(self.problem, "film", None) is not None

    def _player(self, individual: Population) -> tuple[Any, Any]:
        """The task within the problems around it, and the phenotype that plays there."""
        task, phenotype = self.problem, self.development(individual.genomes)
        while isinstance(task, AroundNetworks):
            task, phenotype = task.inner, task.acting(phenotype)
        return task, phenotype

    def _demand_creatures(self, so: str, hint: str) -> None:
        """Raise `UsageError` unless creatures play here.

        Args:
            so: what follows from that there are none, behind a comma.
            hint: what to do instead.
        """
        if not self._has_creatures:
            raise UsageError(f"{self.subject} has no creatures{so}", hint)

    def _filmed(self, seeds: NDArray[Any], path: Path, number: int, every: int) -> list[float]:
        """Write films of a creature into one file; the scores of the episodes."""
        from evo.reports.creatures.raster import frames

        rate = 25.0
        with writer(path, rate / every) as out:
            for recorded in self.films(seeds, number):
                for k, image in enumerate(frames(recorded, rate=rate)):
                    if k % every == 0:
                        out.append_data(image)
        return self.scores(seeds, number)[:, 0].tolist()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """A stretch in which errors of a champion that does not fit the problem are explained."""
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise RunFolderError(
                f"the champion in {self.folder.path} cannot be played: "
                f"{type(error).__name__}: {error}",
                "if its file was edited, take the run's own; see where it failed with --traceback",
            ) from error


def last_state(folder: RunFolder) -> dict[str, Any] | None:
    """The evolution in the last checkpoint; None if there is no checkpoint."""
    path = folder.checkpoint
    if not path.exists():
        return None
    return checked(checkpoint.read(path), EvolutionCheckpoint, path)["evolution"]


def best_so_far(state: Mapping[str, Any] | None, folder: RunFolder) -> Population:
    """The best individuals of a run without a champion, the foremost one first.

    Raises `RunFolderError` if `state`, the evolution in its last checkpoint, holds none.
    """
    if state is None:
        raise RunFolderError(
            f"{folder.path} has no champion and no checkpoint yet",
            f"go on with: evo resume {folder.path}",
        )
    try:
        individuals = Population.from_state_dict(state["best"])
        if len(individuals):
            return individuals
        raise ValueError("there are no individuals")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunFolderError(
            f"{folder.checkpoint} holds no best individual: {type(error).__name__}: {error}"
        ) from None


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
