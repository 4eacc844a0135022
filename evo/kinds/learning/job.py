"""A training as a resumable job: its steps, and what it leaves behind."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from evo.kinds.learning.config import LearningConfig
from evo.kinds.learning.page import pictures
from evo.kinds.learning.schemas import LearningCheckpoint
from evo.learning.compose import takes_flat, threads
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.rules.base import Rule
from evo.learning.training import Epoch, Judgement, network_state
from evo.own_code import title
from evo.runs.atomic import replace, write_text
from evo.runs.folder import RunFolder
from evo.runs.job import Progress, Step
from evo.runs.strict_json import write_json
from evo.termination import first_reason

PARTS = ("train", "validation", "test")
COURSE = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
"""The figures of every epoch; the others are measures."""


class LearningJob:
    """A training, whose network is judged on all examples at the end."""

    def __init__(self, config: LearningConfig) -> None:
        self.config = config
        self.threads = threads(config.run.threads)
        run = config.run
        self.training = config.take().training(
            epochs=run.epochs,
            stop=config.stop(),
            batch=run.batch,
            probe=run.probe,
            probe_interval=run.probe_interval,
            keep_best=run.patience is not None,
        )
        self.results: dict[str, Judgement | None] = {}

    def __enter__(self) -> Self:
        self.threads.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.__exit__(None, None, None)

    @property
    def count(self) -> int:
        return self.training.count

    def steps(self) -> Iterator[Step]:
        for epoch in self.training:
            events: list[Mapping[str, Any]] = []
            if self.training.diverged:
                events.append({"event": "loss_not_finite"})
            yield Step(metrics_line(epoch), events)

    def state_dict(self) -> dict[str, Any]:
        return {"training": self.training.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        LearningCheckpoint.model_validate(state)
        training = self.training
        if state["training"]["seed"] != self.config.run.seed:
            raise ValueError(f"it is of the seed {state['training']['seed']}")
        training.load_state_dict(state["training"])
        if not training.diverged:
            training.stopped = first_reason(training.stop, training)

    def on_progress(self, within: Progress, judging: Progress) -> None:
        self.training.progress = within

    def conclude(self) -> None:
        self.results = {part: self.training.judge(part) for part in PARTS}
        self.results["best"] = self.training.judge_best()

    def write_results(self, folder: RunFolder) -> dict[str, Any]:
        training, run, best = self.training, self.config.run, self.results["best"]
        kept = training.best_network or network_state(training.rule.network)
        replace(folder.path / "network.npz", lambda file: np.savez(file, **kept))
        write_json(folder.path / "network.json", self._form())
        for name, picture in pictures(folder).items():
            write_text(folder.path / name, picture)
        accuracies = {f"{part}_accuracy": _accuracy(self.results[part]) for part in PARTS}
        last = (folder.metrics() or [{}])[-1]
        tested = _accuracy(best) if best else accuracies["test_accuracy"]
        return {
            "rule": title(self.config.method),
            "data": title(self.config.subject),
            "seed": run.seed,
            "epochs": training.count,
            "examples": len(training.data.train.targets),
            "parameters": sum(
                parameter.numel() for parameter in training.rule.network.parameters()
            ),
            **accuracies,
            "measures": {name: value for name, value in last.items() if name not in COURSE},
            "test_loss": _loss(self.results["test"]),
            "best_epoch": training.best_count or None,
            "best_validation_accuracy": training.best_value if training.best_count else None,
            "best_test_accuracy": best and best.accuracy,
            "target": run.target,
            "reached": None if run.target is None else tested is not None and tested >= run.target,
            "stopped": training.stopped,
            "device": str(next(training.rule.network.parameters()).device),
            "wall_s": round(training.elapsed, 3),
        }

    def _form(self) -> dict[str, Any]:
        """What the network takes: network.json."""
        training, network = self.training, self.config.models["network"]
        assert isinstance(network, NetworkSettings)
        data = training.data
        return {
            "shape": list(data.original or data.shape),
            "classes": data.classes,
            "flat": takes_flat(network),
            "mean": data.scaling.mean.tolist(),
            "deviation": data.scaling.deviation.tolist(),
            "settles": type(training.rule).predict is not Rule.predict,
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


def _accuracy(result: Judgement | None) -> float | None:
    return None if result is None else result.accuracy


def _loss(result: Judgement | None) -> float | None:
    return None if result is None else result.loss
