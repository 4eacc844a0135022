"""Carrying out the runs of a study: each in a process of its own, several at a time.

Called again, it carries out only what is not finished.
"""

import multiprocessing
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Protocol

from evo.config import Config
from evo.errors import EvoError, RunFolderError
from evo.parent import stop_with_parent
from evo.runs.atomic import write_text
from evo.runs.execution import execute
from evo.runs.folder import RunFolder
from evo.runs.signals import Interrupted, Signals
from evo.studies.plan import Study

FAILURE = "failure.txt"
PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """One run of a study.

    Attributes:
        cell: the name of its cell.
        seed: its seed.
        folder: its folder.
        summary: how it ended; None if it has not.
        failure: why it has no summary; None if it has one or was interrupted.
    """

    cell: str
    seed: int
    folder: RunFolder
    summary: dict[str, Any] | None
    failure: str | None = None


class Listener(Protocol):
    """Is told how a study goes on."""

    def started(self, finished: Sequence[Outcome], left: int) -> None:
        """It begins: the runs that were finished before, and how many are left to do."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """A run has ended."""
        ...


class Silent:
    """Listens, and says nothing."""

    def started(self, finished: Sequence[Outcome], left: int) -> None:
        return

    def ended(self, outcome: Outcome) -> None:
        return


def run_study(
    study: Study, folder: Path, workers: int, listener: Listener | None = None
) -> list[Outcome]:
    """Carry out what is left to do of `study` in `folder`.

    Args:
        study: the cells and their seeds.
        folder: where the tables go; run folders go into `runs` in it.
        workers: how many runs are carried out at a time, each in a process of its own.
        listener: is told what has ended.

    Returns:
        All runs of the study, in its order.

    Raises:
        Interrupted: somebody stopped it; runs that were going on have saved where they stand.
        RunFolderError: a run in `folder` has other settings than the study says.
    """
    jobs = [
        (cell.name, seed, _prepare(study, cell, seed, folder / "runs", name))
        for cell, seed, name in study.jobs()
    ]
    write_text(folder / "study.toml", study.text)
    known = [(job, _outcome(*job)) for job in jobs]
    finished = [outcome for _, outcome in known if outcome.summary is not None]
    waiting = [job for job, outcome in known if outcome.summary is None]
    pool, listener = _Pool(study.kind.preload, workers), listener or Silent()
    with Signals() as signals:
        try:
            listener.started(finished, len(waiting))
            while waiting or pool.busy:
                while waiting and len(pool.running) < workers:
                    pool.start(waiting.pop(0))
                for job in pool.finished():
                    listener.ended(_outcome(*job))
        except BaseException:
            with signals.ignored():
                pool.stop()
            raise
    return [_outcome(*job) for job in jobs]


def _prepare(study: Study, cell: Any, seed: int, parent: Path, name: str) -> RunFolder:
    """The folder of one run, made if it is not there."""
    config = cell.seeded(seed, study.assignments)
    if not (parent / name / "config.toml").is_file():
        return RunFolder.create(parent, config, f"evo study, cell {cell.name}, seed {seed}", name)
    folder = RunFolder.open(parent / name)
    if different := _different(config, folder.settings()):
        raise RunFolderError(
            f"{folder.path} was made with other settings: {', '.join(different)}",
            "give the study another folder with --out DIR, or remove that one",
        )
    return folder


def _different(config: Config, settings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The settings in which a configuration differs from those of a folder; loads no code."""
    wanted = {section: config.values(section) for section in config.models}
    for section, name in config.names.items():
        wanted[section] = {"name": name, **wanted.get(section, {})}
    return [
        f"{section}.{key}"
        for section in sorted({*wanted, *settings})
        for key in sorted({*wanted.get(section, {}), *settings.get(section, {})})
        if _written(wanted.get(section, {}).get(key)) != settings.get(section, {}).get(key)
    ]


def _written(value: Any) -> Any:
    """A setting as TOML has it."""
    return "none" if value is None else value


def _outcome(cell: str, seed: int, folder: RunFolder) -> Outcome:
    summary = folder.summary()
    return Outcome(
        cell,
        seed,
        folder,
        summary,
        (folder.text(FAILURE) or None) if summary is None else None,
    )


class _Pool:
    """The processes at work, each with its run."""

    def __init__(self, preload: Sequence[str], workers: int) -> None:
        self.context = multiprocessing.get_context(
            "forkserver" if sys.platform == "linux" else "spawn"
        )
        if sys.platform == "linux":
            self.context.set_forkserver_preload(list(preload))
        self.workers = workers
        self.running: dict[Any, tuple[Any, Any]] = {}
        self.stillborn: list[Any] = []

    def start(self, job: Any) -> None:
        """Start a process for a run; if the process dies while it starts, the run has failed."""
        path = job[2].path
        (path / FAILURE).unlink(missing_ok=True)
        process = self.context.Process(target=_work, args=(str(path),))
        try:
            process.start()
        except (EOFError, OSError) as error:
            write_text(path / FAILURE, f"its process died at its start ({type(error).__name__})")
            self.stillborn.append(job)
        else:
            self.running[process.sentinel] = process, job

    def finished(self) -> list[Any]:
        """Wait until at least one run has ended, and return all that have."""
        jobs, self.stillborn = self.stillborn, []
        for sentinel in wait(list(self.running), 0.0 if jobs else None):
            process, job = self.running.pop(sentinel)
            process.join()
            path = job[2].path
            if process.exitcode and not (path / FAILURE).exists():
                write_text(path / FAILURE, _ending(process.exitcode))
            jobs.append(job)
        return jobs

    @property
    def busy(self) -> bool:
        """Whether there are runs that `finished` has not returned."""
        return bool(self.running or self.stillborn)

    def stop(self) -> None:
        """Ask all runs to save where they stand, and wait until they have."""
        for process, _ in self.running.values():
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process, _ in self.running.values():
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()


def _ending(exit_code: int) -> str:
    """How a process ended, in words."""
    if exit_code < 0:
        return f"its process was ended by {signal.Signals(-exit_code).name}"
    return f"its process ended with exit code {exit_code}"


def _work(path: str) -> None:
    """In a process of its own: carry out the run in `path`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    stop_with_parent()
    folder = RunFolder(Path(path))
    try:
        execute(folder.config(), folder)
    except Interrupted:
        return
    except EvoError as error:
        write_text(folder.path / FAILURE, error.message)
        sys.exit(error.exit_code)
    except (
        Exception
    ) as error:  # whatever a problem of the user's raises is that run's failure, not the study's
        write_text(folder.path / FAILURE, f"{type(error).__name__}: {error}")
        sys.exit(1)
