"""A training as a run: its lines, and what it leaves behind."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from evo.config import LearningConfig
from evo.learning.compose import threads
from evo.learning.training import Epoch, Judgement, network_state
from evo.reports import pictures
from evo.runs.files import replace
from evo.runs.folder import RunFolder
from evo.runs.work import Step

COURSE = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
"""The figures of every epoch; the others are measures."""


class Learning:
    """A training at work."""

    def __init__(self, config: LearningConfig):
        self.config = config
        self.threads = threads(config.run.threads)
        self.training = config.training()
        self.judged: dict[str, Judgement | None] = {}

    def __enter__(self) -> Self:
        self.threads.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.__exit__(None, None, None)

    @property
    def count(self) -> int:
        return self.training.epoch

    def steps(self) -> Iterator[Step]:
        for epoch in self.training:
            yield Step(
                metrics_line(epoch),
                [{"event": "loss_not_finite"}] if self.training.diverged else [],
            )

    def state_dict(self) -> dict[str, Any]:
        return {"training": self.training.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        training = self.training
        training.load_state_dict(state["training"])
        if not training.diverged:
            training.stopped = next(
                (criterion.reason for criterion in training.stop if criterion(training)), None
            )

    def follow(self, progress: Callable[[int, int], None]) -> None:
        self.training.progress = progress

    def judge(self) -> None:
        self.judged = {part: self.training.judge(part) for part in ("train", "validation", "test")}
        self.judged["best"] = self.training.judge_best()

    def leave(self, folder: RunFolder) -> dict[str, Any]:
        training, run, best = self.training, self.config.run, self.judged["best"]
        kept = training.best_network or network_state(training.rule.network)
        replace(folder.path / "network.npz", lambda file: np.savez(file, **kept))
        pictures.write_learning(folder.path, folder.metrics(), run.target)
        accuracies = {
            f"{part}_accuracy": _accuracy(self.judged[part])
            for part in ("train", "validation", "test")
        }
        last = (folder.metrics() or [{}])[-1]
        tested = _accuracy(best) if best else accuracies["test_accuracy"]
        return {
            "rule": self.config.rule,
            "data": self.config.data,
            "seed": run.seed,
            "epochs": training.epoch,
            "examples": len(training.data.train.targets),
            "parameters": sum(
                parameter.numel() for parameter in training.rule.network.parameters()
            ),
            **accuracies,
            "measures": {name: value for name, value in last.items() if name not in COURSE},
            "test_loss": _loss(self.judged["test"]),
            "best_epoch": training.best_epoch or None,
            "best_validation_accuracy": training.best_validation if training.best_epoch else None,
            "best_test_accuracy": best and best.accuracy,
            "target": run.target,
            "reached": None if run.target is None else tested is not None and tested >= run.target,
            "stopped": training.stopped,
            "device": str(next(training.rule.network.parameters()).device),
            "wall_s": round(training.elapsed, 3),
        }


def metrics_line(epoch: Epoch) -> dict[str, Any]:
    """An epoch in figures; the same for every run with these settings."""
    return {
        "epoch": epoch.epoch,
        "train_loss": epoch.train.loss,
        "train_accuracy": epoch.train.accuracy,
        "validation_loss": epoch.validation.loss,
        "validation_accuracy": epoch.validation.accuracy,
        **epoch.measures,
    }


def _accuracy(judged: Judgement | None) -> float | None:
    return None if judged is None else judged.accuracy


def _loss(judged: Judgement | None) -> float | None:
    return None if judged is None else judged.loss
