"""Carrying out a run in its folder: from its settings, or from its checkpoint, to its summary."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from evo.config import Config
from evo.errors import RunFolderError
from evo.runs import checkpoint
from evo.runs.files import finite, write_json
from evo.runs.folder import RunFolder
from evo.runs.lines import Lines
from evo.runs.signals import Interrupted, Signals
from evo.runs.work import Work, open_work


class Reporter(Protocol):
    """Somebody who follows a run; `Silent` shows the least that one does."""

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        """The run begins, or goes on behind so many completed steps."""
        ...

    def within(self, done: int, of: int) -> None:
        """So many individuals or examples of the present step are done."""
        ...

    def completed(self, line: Mapping[str, Any]) -> None:
        """A generation or epoch is complete; `line` is its line in metrics.jsonl."""
        ...

    def judging(self) -> None:
        """The steps are over, the result is judged.

        The champion plays fresh episodes, the network sees its test examples.
        """
        ...


class Silent:
    """Follows a run and says nothing."""

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        return

    def within(self, done: int, of: int) -> None:
        return

    def completed(self, line: Mapping[str, Any]) -> None:
        return

    def judging(self) -> None:
        return


def carry_out(
    config: Config,
    folder: RunFolder,
    reporter: Reporter | None = None,
    signals: Signals | None = None,
) -> dict[str, Any]:
    """Run to the end and return the summary; where `folder` has a checkpoint, from there.

    Raises:
        Interrupted: somebody stopped it; the checkpoint is that of the last completed step.
        RunFolderError: the folder or its checkpoint cannot be used, or another process is at work
            in it.
        EvaluationError: no individual of a generation could be evaluated.
    """
    with signals or Signals() as watch:
        return _Execution(config, folder, reporter or Silent(), watch).run()


class _Execution:
    """One process's work on a run."""

    def __init__(self, config: Config, folder: RunFolder, reporter: Reporter, signals: Signals):
        self.config, self.folder, self.reporter, self.signals = config, folder, reporter, signals
        self.logs: dict[str, Lines] = {}
        self.state: dict[str, Any] | None = None
        self.count = self.saved = 0
        self.next_save = time.monotonic() + config.run.checkpoint_interval

    def run(self) -> dict[str, Any]:
        with open_work(self.config) as work:
            if self.folder.checkpoint.exists():
                self._continue(work)
            self._open_logs(work.count)
            try:
                self.reporter.started(self.config, self.folder, work.count)
                work.follow(self.reporter.within)
                self._go_on(work)
                self.reporter.judging()
                work.judge()
                with self.signals.ignored():
                    self._save()
                    summary = work.leave(self.folder) | {"run": str(self.folder.path)}
                    write_json(self.folder.path / "summary.json", summary)
                    return finite(summary)
            except BaseException as error:
                with self.signals.ignored():
                    self._save()
                if self.signals.received and isinstance(error, Exception):
                    # What a compiler says that was interrupted is not what this is about.
                    raise Interrupted from error
                raise
            finally:
                for log in self.logs.values():
                    log.close()

    def _continue(self, work: Work) -> None:
        path = self.folder.checkpoint
        state = checkpoint.read(path)
        try:
            work.load_state_dict(state)
        except (
            Exception
        ) as error:  # a checkpoint of another run can fail wherever its state is used
            raise RunFolderError(
                f"{path} does not belong to this run: {type(error).__name__}: {error}"
            ) from None
        self.saved = work.count

    def _open_logs(self, count: int) -> None:
        metrics = Lines.claim(self.folder.path / "metrics.jsonl")
        if metrics is None:
            raise RunFolderError(
                f"another process is at work in {self.folder.path}", "wait for it, or stop it first"
            )
        self.logs = {"metrics": metrics}
        self.logs |= {
            name: Lines(self.folder.path / f"{name}.jsonl") for name in ("events", "timings")
        }
        for log in self.logs.values():
            log.cut(count)

    def _go_on(self, work: Work) -> None:
        counter = self.config.kind.step
        wall, cpu = time.perf_counter(), time.process_time()
        for line, events in work.steps():
            with self.signals.deferred():
                self.logs["metrics"].write(line)
                for event in events:
                    self.logs["events"].write({counter: work.count, **event})
                before, wall, cpu = (wall, cpu), time.perf_counter(), time.process_time()
                self.logs["timings"].write(
                    {counter: work.count, "wall_s": wall - before[0], "cpu_s": cpu - before[1]}
                )
                for log in self.logs.values():
                    log.flush()
                self.count, self.state = work.count, work.state_dict()
                self.reporter.completed(line)
                if time.monotonic() >= self.next_save:
                    self._save()

    def _save(self) -> None:
        """Write the last completed step, unless that has been done."""
        if self.state is None or self.count == self.saved:
            return
        started = time.monotonic()
        for log in self.logs.values():
            log.sync()
        checkpoint.write(self.folder.checkpoint, self.state)
        ended = time.monotonic()
        self.saved = self.count
        self.next_save = ended + max(self.config.run.checkpoint_interval, 20 * (ended - started))


__all__ = ["Interrupted", "Reporter", "Silent", "carry_out"]
