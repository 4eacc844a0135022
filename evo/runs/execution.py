"""The execution of a run in its folder: from its settings, or its checkpoint, to its summary."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from evo.config import Config
from evo.errors import EvoError, RunFolderError
from evo.registry import SINKS, load
from evo.runs import checkpoint
from evo.runs.folder import RunFolder
from evo.runs.job import Job
from evo.runs.jsonl import JsonLines
from evo.runs.signals import Interrupted, Signals
from evo.runs.sinks import Sink
from evo.runs.strict_json import finite, write_json


class Reporter(Protocol):
    """What is told how a run goes on."""

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        """The run begins, or is resumed.

        Args:
            config: its settings.
            folder: its folder.
            count: steps that are completed.
        """
        ...

    def within(self, done: int, of: int) -> None:
        """A step is under way.

        Args:
            done: individuals or examples of the step that are done.
            of: how many there are.
        """
        ...

    def completed(self, line: Mapping[str, Any]) -> None:
        """A generation or epoch is complete; `line` is its line in metrics.jsonl."""
        ...

    def judging(self, done: int, of: int) -> None:
        """What the result is worth is being measured.

        Args:
            done: episodes that have been played.
            of: how many there are.
        """
        ...


class Silent:
    """A reporter that says nothing."""

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        return

    def within(self, done: int, of: int) -> None:
        return

    def completed(self, line: Mapping[str, Any]) -> None:
        return

    def judging(self, done: int, of: int) -> None:
        return


def execute(
    config: Config,
    folder: RunFolder,
    reporter: Reporter | None = None,
    signals: Signals | None = None,
) -> dict[str, Any]:
    """Carry a run out to its end, from its checkpoint if `folder` has one, and return the summary.

    Args:
        config: the settings of the run.
        folder: its folder.
        reporter: is told how the run goes on; None for a run that nobody watches.
        signals: what watches for Ctrl-C and SIGTERM; None for a watch of its own.

    Raises:
        Interrupted: somebody stopped the run; its checkpoint is that of the last completed step.
        RunFolderError: the folder or its checkpoint cannot be used, or another process is at work
            in it.
        EvaluationError: no individual of a generation could be evaluated.
    """
    with signals or Signals() as watch:
        return _Execution(config, folder, reporter or Silent(), watch).run()


class _Execution:
    """One process's work on a run."""

    def __init__(
        self, config: Config, folder: RunFolder, reporter: Reporter, signals: Signals
    ) -> None:
        self.config, self.folder, self.reporter, self.signals = config, folder, reporter, signals
        self.logs: dict[str, JsonLines] = {}
        self.ends: dict[str, int] = {}
        self.sinks: list[Sink] = []
        self.state: dict[str, Any] | None = None
        self.count = self.saved = 0
        self.next_save = time.monotonic() + config.run.checkpoint_interval

    def run(self) -> dict[str, Any]:
        with self.config.kind.job(self.config) as job:
            if self.folder.checkpoint.exists():
                self._load(job)
            try:
                self._open_logs(job.count)
                self.sinks = self._sinks(job.count)
                self.reporter.started(self.config, self.folder, job.count)
                job.on_progress(self.reporter.within, self.reporter.judging)
                self._carry_out_steps(job)
                job.conclude()
                self._begin()
                with self.signals.ignored():
                    self._save()
                    summary = job.write_results(self.folder) | {"run": str(self.folder.path)}
                    write_json(self.folder.path / "summary.json", summary)
                    return finite(summary)
            except BaseException as error:
                with self.signals.ignored():
                    if not isinstance(error, Exception):
                        self._begin()
                    self._save()
                if self.signals.received and isinstance(error, Exception):
                    # What a compiler says that was interrupted is not what this is about.
                    raise Interrupted from error
                if self.saved and not self.count and isinstance(error, Exception):
                    raise self._explained(error) from error
                raise
            finally:
                for log in [*self.logs.values(), *self.sinks]:
                    log.close()

    def _load(self, job: Job) -> None:
        path = self.folder.checkpoint
        state = checkpoint.read(path)
        try:
            job.load_state_dict(state)
        except Exception as error:
            # A checkpoint of another run can fail wherever its state is used.
            raise RunFolderError(
                f"{path} does not belong to this run: {type(error).__name__}: {error}",
                "remove it, and evo resume starts the run again with the same seed",
            ) from None
        self.saved = job.count

    def _open_logs(self, count: int) -> None:
        kind = self.config.kind
        path = self.folder.path / "metrics.jsonl"
        metrics = JsonLines.claim(path, kind.step, kind.schemas.line)
        if metrics is None:
            raise RunFolderError(
                f"another process is at work in {self.folder.path}", "wait for it, or stop it first"
            )
        self.logs = {"metrics": metrics}
        self.logs |= {
            name: JsonLines(self.folder.path / f"{name}.jsonl", kind.step)
            for name in ("events", "timings")
        }
        self.ends = {name: log.end_of(count) for name, log in self.logs.items()}

    def _sinks(self, count: int) -> list[Sink]:
        """What takes figures too; it gets those of the steps that are complete."""
        step, lines = self.config.kind.step, []
        if names := getattr(self.config.run, "sinks", ()):
            lines = [line for line in self.folder.metrics() if line[step] <= count]
        return [load(SINKS, "sink", name)(self.folder.path, step, [*lines]) for name in names]

    def _begin(self) -> None:
        """Cut the logs to the checkpoint and adopt the settings.

        Called once it is clear that the run goes on; until then the folder stays as it was.
        """
        for name, end in self.ends.items():
            self.logs[name].cut(end)
        if self.ends:
            self.folder.adopt(self.config)
        self.ends = {}

    def _explained(self, error: Exception) -> Exception:
        """The error to show for one that arose before any step after a checkpoint was completed."""
        if isinstance(error, EvoError | OSError):
            return error
        return RunFolderError(
            f"cannot go on from {self.folder.checkpoint}: {type(error).__name__}: {error}",
            "if it is damaged, remove it: evo resume then starts the run again with the same seed; "
            "see where it failed with --traceback",
        )

    def _carry_out_steps(self, job: Job) -> None:
        counter = self.config.kind.step
        wall, cpu = time.perf_counter(), time.process_time()
        for line, events in job.steps():
            with self.signals.deferred():
                self._begin()
                self.logs["metrics"].write(line)
                for sink in self.sinks:
                    sink.write(line)
                for event in events:
                    self.logs["events"].write({counter: job.count, **event})
                before, wall, cpu = (wall, cpu), time.perf_counter(), time.process_time()
                self.logs["timings"].write(
                    {counter: job.count, "wall_s": wall - before[0], "cpu_s": cpu - before[1]}
                )
                for log in self.logs.values():
                    log.flush()
                self.count, self.state = job.count, job.state_dict()
                self.reporter.completed(line)
                if time.monotonic() >= self.next_save:
                    self._save()

    def _save(self) -> None:
        """Write the state after the last completed step, unless it has been written."""
        if self.state is None or self.count == self.saved:
            return
        started = time.monotonic()
        for log in self.logs.values():
            log.sync()
        checkpoint.write(self.folder.checkpoint, self.state)
        ended = time.monotonic()
        self.saved = self.count
        self.next_save = ended + max(self.config.run.checkpoint_interval, 20 * (ended - started))


__all__ = ["Interrupted", "Reporter", "Silent", "execute"]
