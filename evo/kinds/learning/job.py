"""A training as a resumable job: its steps, and what it leaves behind."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from evo.errors import EvaluationError
from evo.kinds.learning.config import LearningConfig
from evo.kinds.learning.page import pictures
from evo.kinds.learning.schemas import LearningCheckpoint
from evo.learning.cautions import Caution
from evo.learning.compose import takes_flat, threads
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.rules.base import Rule
from evo.learning.training import Epoch, Training, network_state
from evo.own_code import title
from evo.runs.atomic import replace, write_text
from evo.runs.folder import RunFolder
from evo.runs.job import Progress, Step
from evo.runs.strict_json import write_json
from evo.termination import first_reason

PARTS = ("train", "validation", "test")
COURSE = {"epoch"} | {f"{part}_{name}" for part in PARTS[:2] for name in ("loss", "accuracy", "r2")}
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
        self.ended: tuple[dict[str, Any], list[Caution]] | None = None

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
            if self.training.diverged and epoch.epoch == 1:
                raise EvaluationError(
                    "the loss is not finite in the first epoch, so nothing was learnt",
                    "set a smaller optimiser.lr, or data.standardise=features",
                )
            found = list(epoch.cautions)
            if self.training.stopped:
                self.conclude()
                known = {*self.training.told, *(each.event for each in found)}
                found += [each for each in self._ended()[1] if each.event not in known]
            yield Step(metrics_line(epoch, self.score), [event(each) for each in found])

    @property
    def score(self) -> str:
        """What scores of this data are called."""
        return "r2" if self.training.data.form.numbers else "accuracy"

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
        if self.ended is None:
            with self.training.kept() as epoch:
                self.ended = figures(self.training, self.score, epoch), self.training.cautions()

    def _ended(self) -> tuple[dict[str, Any], list[Caution]]:
        self.conclude()
        assert self.ended is not None
        return self.ended

    def write_results(self, folder: RunFolder) -> dict[str, Any]:
        training, run = self.training, self.config.run
        judged, cautions = self._ended()
        kept = training.best_network or network_state(training.rule.network)
        replace(folder.path / "network.npz", lambda file: np.savez(file, **kept))
        write_json(folder.path / "network.json", self._form())
        for name, picture in pictures(folder).items():
            write_text(folder.path / name, picture)
        last = (folder.metrics() or [{}])[-1]
        tested = judged[f"test_{self.score}"]
        return {
            "rule": title(self.config.method),
            "data": title(self.config.subject),
            "seed": run.seed,
            "epochs": training.count,
            "examples": len(training.data.train.targets),
            "parameters": sum(
                parameter.numel() for parameter in training.rule.network.parameters()
            ),
            **judged,
            "measures": {name: value for name, value in last.items() if name not in COURSE},
            "warnings": [caution.sentence for caution in cautions],
            "best_epoch": training.best_count or None,
            f"best_validation_{self.score}": training.best_value if training.best_count else None,
            "target": run.target,
            "reached": None if run.target is None else bool(tested >= run.target),
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
            "numbers": data.form.numbers,
            "target_mean": data.target_scaling.mean.tolist(),
            "target_deviation": data.target_scaling.deviation.tolist(),
            "flat": takes_flat(network),
            "mean": data.scaling.mean.tolist(),
            "deviation": data.scaling.deviation.tolist(),
            "settles": type(training.rule).predict is not Rule.predict,
            "own_weights": any(True for _ in training.rule.parameters()),
        }


def metrics_line(epoch: Epoch, score: str) -> dict[str, Any]:
    """An epoch in figures; the same for every run with these settings.

    Args:
        epoch: as the training told it.
        score: "accuracy" or "r2".
    """
    return {
        "epoch": epoch.epoch,
        "train_loss": epoch.train.loss,
        f"train_{score}": epoch.train.score,
        "validation_loss": epoch.validation.loss,
        f"validation_{score}": epoch.validation.score,
        **epoch.measures,
    }


def figures(training: Training, score: str, epoch: int) -> dict[str, Any]:
    """The network that is kept in figures, on all examples.

    Args:
        training: in whose rule that network stands.
        score: "accuracy" or "r2".
        epoch: after which it was kept.
    """
    judged = {part: training.judge(part) for part in PARTS}
    known = {f"{part}_{score}": judged[part].score for part in PARTS}
    if score == "r2":
        known["test_mse"] = training.squared_error("test")
    return {**known, "test_loss": judged["test"].loss, "kept_epoch": epoch}


def event(caution: Caution) -> dict[str, Any]:
    """A line of events.jsonl."""
    return {"event": caution.event, **caution.figures, "help": caution.help}
