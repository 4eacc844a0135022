"""Carrying out the runs of a study: each in a process of its own, so many at a time.

What is finished stays finished.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from evo.config import Config
from evo.errors import EvoError, RunFolderError
from evo.runs.execute import carry_out
from evo.runs.files import write_text
from evo.runs.folder import RunFolder
from evo.runs.signals import Interrupted, Signals
from evo.studies.file import Study

FAILURE = "failure.txt"
PATIENCE = 60.0
PRELOADED = {
    "learn": ["evo.runs.learning", "evo.runs.execute"],
    "run": ["evo.runs.evolving", "evo.runs.execute"],
}


@dataclass(frozen=True)
class Outcome:
    """One run of a study: its cell and seed, its folder, and its summary, or why it has none."""

    cell: str
    seed: int
    folder: RunFolder
    summary: dict[str, Any] | None
    failure: str | None = None


Told = Callable[[Outcome], None]


def run_study(
    study: Study, folder: Path, workers: int, told: Told = lambda outcome: None
) -> list[Outcome]:
    """Carry out what is left to do of `study` in `folder` and return all its runs, in the study's order.

    Raises:
        Interrupted: somebody stopped it; runs that were going on have saved where they stand.
        RunFolderError: a run in `folder` has other settings than the study says.
    """
    jobs = [
        (cell.name, seed, _prepare(study, cell, seed, folder / "runs", name))
        for cell, seed, name in study.jobs()
    ]
    write_text(folder / "study.toml", study.text)
    waiting = [job for job in jobs if job[2].summary() is None]
    pool = _Pool(study.cells[0].config.kind.command, workers)
    with Signals() as signals:
        try:
            for job in [job for job in jobs if job not in waiting]:
                told(_outcome(*job))
            while waiting or pool.running:
                while waiting and len(pool.running) < workers:
                    pool.start(waiting.pop(0))
                for job in pool.finished():
                    told(_outcome(*job))
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
    if different := _different(config, folder.config()):
        raise RunFolderError(
            f"{folder.path} was made with other settings: {', '.join(different)}",
            "give the study another folder with --out DIR, or remove that one",
        )
    return folder


def _different(one: Config, other: Config) -> list[str]:
    """The settings in which two configurations differ."""
    if one.names != other.names:
        return sorted(set(one.names.values()) ^ set(other.names.values()))
    sections = {*one.sections, *other.sections}
    pairs = [(section, one.values(section), other.values(section)) for section in sorted(sections)]
    return [
        f"{section}.{key}"
        for section, a, b in pairs
        for key in sorted({*a, *b})
        if a.get(key) != b.get(key)
    ]


def _outcome(cell: str, seed: int, folder: RunFolder) -> Outcome:
    failure = folder.path / FAILURE
    summary = folder.summary()
    return Outcome(
        cell,
        seed,
        folder,
        summary,
        failure.read_text() if summary is None and failure.exists() else None,
    )


class _Pool:
    """The processes at work, each with its run."""

    def __init__(self, command: str, workers: int):
        self.context = multiprocessing.get_context(
            "forkserver" if sys.platform == "linux" else "spawn"
        )
        if sys.platform == "linux":
            self.context.set_forkserver_preload(PRELOADED[command])
        self.workers = workers
        self.running: dict[Any, tuple[Any, Any]] = {}

    def start(self, job: Any) -> None:
        path = job[2].path
        (path / FAILURE).unlink(missing_ok=True)
        process = self.context.Process(target=_work, args=(str(path),))
        process.start()
        self.running[process.sentinel] = process, job

    def finished(self) -> list[Any]:
        """Wait until at least one run has ended; those that have."""
        jobs = []
        for sentinel in wait(list(self.running)):
            process, job = self.running.pop(sentinel)
            process.join()
            path = job[2].path
            if process.exitcode and not (path / FAILURE).exists():
                write_text(path / FAILURE, f"its process ended with {process.exitcode}")
            jobs.append(job)
        return jobs

    def stop(self) -> None:
        """Ask all runs to save where they stand, and wait until they have."""
        for process, _ in self.running.values():
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process, _ in self.running.values():
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()


def _work(path: str) -> None:
    """In a process of its own: carry out the run in `path`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, daemon=True).start()
    folder = RunFolder(Path(path))
    try:
        carry_out(folder.config(), folder)
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


def _follow_parent() -> None:
    """Stop as for SIGTERM when the study's process is gone: nobody would collect this run."""
    process = multiprocessing.parent_process()
    if process is not None:
        wait([process.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
