"""Training: results depend on settings and seed only, and an interruption leaves no trace."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from evo.data import data
from evo.errors import ConfigError, UsageError
from evo.learning import optimisers
from evo.learning.compose import find_device, training
from evo.learning.networks import architectures
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.optimisers import OptimiserSettings
from evo.learning.training import VALIDATION, network_state
from evo.registry import RULES
from evo.runs import checkpoint
from evo.termination import Epochs, Stagnation, Target, WallTime
from tests.helpers import same

SMALL = {"hidden": (16,)}


def small(rule: str = "bp", data: str = "digits", **options: Any) -> Any:
    return training(rule, data, **{"epochs": 4, "network": SMALL, "probe": 16, **options})


def figures(epochs: Any) -> Any:
    return [(e.epoch, tuple(e.train), tuple(e.validation), dict(e.measures)) for e in epochs]


def test_bp_learns_digits() -> None:
    run = small(epochs=15, optimiser={"lr": 0.005})
    records = list(run)
    assert [record.epoch for record in records] == list(range(1, 16))
    assert run.stopped == "15 epochs"
    assert records[-1].train.loss < 0.3 * records[0].train.loss
    assert records[-1].validation.accuracy > 0.9
    assert run.judge("test").accuracy > 0.9


def test_the_same_seed_gives_the_same_training() -> None:
    a, b, c = small(seed=3), small(seed=3), small(seed=4)
    assert same(figures(a), figures(b))
    assert same(network_state(a.rule.network), network_state(b.rule.network))
    assert not same(figures(a), figures(c))


def test_torchs_global_generator_is_neither_used_nor_moved() -> None:
    before = torch.get_rng_state()
    first = figures(small("dfa", network={"hidden": (16,), "dropout": 0.2}))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(5)
    assert same(first, figures(small("dfa", network={"hidden": (16,), "dropout": 0.2})))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_resumed_training_is_the_whole_one(rule: str, tmp_path: Path) -> None:
    options = (
        {"loss": "squared-error", "network": {"hidden": (8, 8), "activation": "clamp"}}
        if rule in ("ep", "eqspike")
        else {}
    )
    options = {
        "network": {"hidden": (8, 8), "dropout": 0.1 if rule in ("bp", "fa", "dfa") else 0},
        **options,
    }
    options |= {"optimiser": {"name": "adam"}, "keep_best": True, "data": "two-moons", "stop": ()}
    whole = small(rule, **options)
    records = [next(iter(whole)) for _ in range(2)]
    checkpoint.write(tmp_path / "state.zip", whole.state_dict())
    records += list(whole)
    resumed = small(rule, **options)
    resumed.load_state_dict(checkpoint.read(tmp_path / "state.zip"))
    assert same(figures(records)[2:], figures(resumed))
    assert same(network_state(whole.rule.network), network_state(resumed.rule.network))
    assert same(whole.rule.state_dict(), resumed.rule.state_dict())
    assert same(whole.best_network, resumed.best_network)
    assert same(whole.judge("test"), resumed.judge("test"))


@pytest.mark.parametrize("name", optimisers.OPTIMISERS)
def test_optimisers_resume_exactly(name: str) -> None:
    pace = {"name": name, "lr": (0.01, 0.002), "schedule": "cosine", "weight_decay": 0.01}
    pace |= {"momentum": 0.5} if name in optimisers.WITH_MOMENTUM else {}
    whole = small(optimiser=pace)
    next(iter(whole))
    state = whole.state_dict()
    rest = figures(whole)
    again = small(optimiser=pace)
    again.load_state_dict(state)
    assert same(rest, figures(again))


def test_a_state_stays_what_it_was() -> None:
    run = small()
    next(iter(run))
    state = run.state_dict()
    kept = {name: array.copy() for name, array in state["network"].items()}
    list(run)
    assert same(state["network"], kept)


def test_measuring_changes_nothing() -> None:
    with_probe, without = small("dfa"), small("dfa", probe=0)
    a, b = list(with_probe), list(without)
    assert [record.train for record in a] == [record.train for record in b]
    assert set(a[0].measures["angle_to_bp"]) == {"0.weight", "2.weight"}
    assert a[0].measures["angle_to_bp"]["2.weight"] < 0.1 < a[0].measures["angle_to_bp"]["0.weight"]
    assert b[0].measures == {}
    assert [bool(record.measures) for record in small("dfa", probe_interval=2)] == [
        False,
        True,
        False,
        True,
    ]


def test_test_examples_are_only_seen_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    run = small()
    run.parts["test"] = (torch.full_like(run.parts["test"][0], math.nan), run.parts["test"][1])
    for record in run:
        assert math.isfinite(record.validation.loss)


def test_accuracy_and_loss_are_those_of_the_examples() -> None:
    run = small(epochs=1, batch=50)
    list(run)
    inputs, targets = run.parts["validation"]
    outputs = run.rule.network(inputs).detach()
    judged = run.judge("validation", batch=7)
    assert judged.accuracy == float((outputs.argmax(1) == targets).double().mean())
    assert judged.loss == pytest.approx(
        float(torch.nn.functional.cross_entropy(outputs, targets)), rel=1e-5
    )


def test_without_validation_examples_there_is_no_best() -> None:
    run = small(data=data("parity", validation=0), epochs=2)
    records = list(run)
    assert all(math.isnan(figure) for record in records for figure in record.validation)
    assert all(math.isnan(figure) for figure in run.judge("validation"))
    assert (run.best_count, run.best_value) == (0, -math.inf)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_judging_leaves_nothing_out(part: str) -> None:
    run = small(network={"hidden": (32,), "dropout": 0.6}, epochs=1, double=True)
    record = next(iter(run))
    inputs, targets = run.parts[part]
    outputs = run.rule.network.eval()(inputs).detach()
    run.rule.network.train()
    judged = run.judge(part)
    assert judged.accuracy == float((outputs.argmax(1) == targets).double().mean())
    exact = float(torch.nn.functional.cross_entropy(outputs, targets))
    assert judged.loss == pytest.approx(exact, rel=1e-12)
    if part == "validation":
        assert record.validation == pytest.approx(judged, rel=1e-12)


def test_every_example_counts_the_same_in_the_training_loss() -> None:
    still = {"name": "sgd", "lr": 1e-30}
    run = small(epochs=1, batch=1000, optimiser=still, double=True)  # 1000 and 294 examples
    (record,) = run
    assert 0 < len(run.data.train.targets) % 1000 < 500
    assert record.train == pytest.approx(run.judge("train"), rel=1e-12)


def test_the_probe_is_of_training_examples() -> None:
    run = small(probe=12, epochs=1)
    for probe, part in zip(run.probe, run.parts["train"], strict=True):
        assert torch.equal(probe, part[:12])
    assert not any(
        torch.equal(run.probe[0], run.parts[part][0][:12]) for part in ("validation", "test")
    )


@dataclass
class Counters:
    """Where a course stands."""

    count: int = 0
    best_value: float = -math.inf
    best_count: int = 0
    elapsed: float = 0.0
    spent: Mapping[str, int] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("criterion", "goes_on", "ends"),
    [
        (Epochs(5), Counters(count=4), Counters(count=5)),
        (Stagnation(3, "epochs"), Counters(count=6, best_count=4), Counters(count=7, best_count=4)),
        (Stagnation(3, "epochs"), Counters(count=3, best_count=1), Counters(count=4, best_count=1)),
        (Stagnation(3, "epochs"), Counters(count=2), Counters(count=3)),
        (
            Target(0.9),
            Counters(count=2, best_count=1, best_value=0.89),
            Counters(count=2, best_count=1, best_value=0.9),
        ),
        (WallTime(2.0), Counters(elapsed=1.99), Counters(elapsed=2.0)),
    ],
)
def test_criteria_ask_for_counters_only(criterion: Any, goes_on: Any, ends: Any) -> None:
    assert (criterion(goes_on), criterion(ends)) == (False, True)
    assert criterion.reason


def test_examples_learnt_from_are_counted_also_after_a_resume() -> None:
    run = small(epochs=3)
    run.step()
    again = small(epochs=3)
    again.load_state_dict(run.state_dict())
    list(again)
    assert again.spent == {"samples": 3 * len(run.data.train.targets)}


def test_every_example_is_seen_once_an_epoch() -> Any:
    run = small(epochs=2, batch=100, probe=0)
    seen = []
    original = run.rule.gradients

    def watched(inputs: Any, targets: Any) -> Any:
        seen.append(inputs.clone())
        return original(inputs, targets)

    run.rule.gradients = watched
    list(run)
    first, second = (torch.cat(part) for part in (seen[: len(seen) // 2], seen[len(seen) // 2 :]))
    assert not torch.equal(first, second)
    for part in (first, second):
        assert torch.equal(part.sort(0).values, run.parts["train"][0].sort(0).values)


def test_the_rule_hears_of_every_step() -> None:
    run = small(epochs=2, batch=500, probe=0)
    heard = []
    run.rule.after_step = lambda: heard.append(network_state(run.rule.network)["0.weight"])
    list(run)
    assert len(heard) == 6
    assert same(heard[-1], network_state(run.rule.network)["0.weight"])
    assert not same(heard[0], heard[1])


def test_stop_criteria() -> None:
    quick = {"lr": 0.01}
    run = small(epochs=50, stop=[Target(0.8, VALIDATION)], optimiser=quick)
    records = list(run)
    assert run.stopped == "target reached on validation examples"
    assert (
        records[-1].validation.accuracy
        >= 0.8
        > max([r.validation.accuracy for r in records[:-1]], default=0)
    )
    run = small(
        epochs=50,
        stop=[Stagnation(2, "epochs", VALIDATION)],
        optimiser={"lr": 1e-12},
        keep_best=True,
    )
    list(run)
    assert (run.count, run.best_count) == (3, 1)
    assert "2 epochs without" in run.stopped
    run = small(epochs=10**6, stop=[WallTime(0.2)], network={"hidden": (4,)}, probe=0)
    list(run)
    assert 0.2 <= run.elapsed < 5


def test_the_best_network_is_judged_beside_the_last() -> None:
    run = small(epochs=6, optimiser={"name": "sgd", "lr": 0.5, "momentum": 0.9}, keep_best=True)
    best = max(list(run), key=lambda record: (record.validation.accuracy, -record.epoch))
    assert (run.best_count, run.best_value) == (best.epoch, best.validation.accuracy)
    before = network_state(run.rule.network)
    again = small(epochs=6, optimiser={"name": "sgd", "lr": 0.5, "momentum": 0.9})
    for _ in range(run.best_count):
        again.step()
    with run.kept() as epoch:
        assert epoch == run.best_count < run.count
        assert run.judge("test") == again.judge("test")
    assert same(before, network_state(run.rule.network))
    last = small(epochs=1)
    list(last)
    with last.kept() as epoch:
        assert epoch == 1


def test_a_loss_that_is_not_finite_ends_the_training() -> None:
    run = small(
        epochs=50,
        loss="squared-error",
        optimiser={"name": "sgd", "lr": 1e6},
        network={"hidden": (8,), "activation": "relu"},
    )
    records = list(run)
    assert (run.stopped, run.diverged) == ("the loss is not finite", True)
    assert len(records) < 50


def test_output_only_leaves_hidden_layers_as_they_were() -> None:
    run = small("output-only", network={"hidden": (16, 16)})
    before = network_state(run.rule.network)
    list(run)
    after = network_state(run.rule.network)
    assert [name for name in before if not same(before[name], after[name])] == [
        "4.weight",
        "4.bias",
    ]
    exact = small("bp", network={"hidden": (16, 16)})
    for one in (run, exact):
        one.load_state_dict({**one.state_dict(), "network": before})
        one.optimiser.zero_grad()
        one.rule.gradients(one.parts["train"][0][:8], one.parts["train"][1][:8])
    last, true = ([p.grad for p in one.rule.network[4].parameters()] for one in (run, exact))
    for a, b in zip(last, true, strict=True):
        torch.testing.assert_close(a, b)


def build(shape: Any = (1, 12, 12), classes: Any = 3, **settings: Any) -> Any:
    return architectures.build_network(
        NetworkSettings(**settings), shape, classes, torch.Generator().manual_seed(1)
    )


def test_architectures() -> None:
    assert [type(m).__name__ for m in build((5,), hidden=(4,), repeat=2, activation="relu")] == [
        "Linear",
        "ReLU",
    ] * 2 + ["Linear"]
    conv = build(kind="conv", channels=(2, 3), kernel=3, hidden=(7,), pool="average")
    assert conv(torch.zeros(2, 1, 12, 12)).shape == (2, 3)
    assert [type(m).__name__ for m in conv] == [
        *["Conv2d", "Tanh", "AvgPool2d"] * 2,
        "Flatten",
        "Linear",
        "Tanh",
        "Linear",
    ]
    strided = build((3, 9, 13), kind="conv", channels=(2,), pool="stride", hidden=())
    assert strided(torch.zeros(2, 3, 9, 13)).shape == (2, 3)
    words = (
        "conv 4 3 padding=1 stride=2",
        "batch-norm",
        "relu",
        "max-pool 2",
        "flatten",
        "linear 6",
        "layer-norm",
        "dropout 0.5",
    )
    written = build(layers=words)
    assert written(torch.zeros(4, 1, 12, 12)).shape == (4, 3)
    assert written[0].stride == (2, 2)
    assert torch.equal(written[1].weight, torch.ones(4))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"layers": ("convv 3 3",)}, "did you mean 'conv'"),
        ({"layers": ("conv 3",)}, "conv takes 2"),
        ({"layers": ("Linear(3)",)}, "cannot read"),
        ({"layers": ("conv 3 3 colour=1",)}, "colour"),
        ({"layers": ("conv 3 50", "flatten")}, "does not fit"),
        ({"layers": ("dropout 3",)}, "dropout"),
    ],
)
def test_architectures_that_cannot_be(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        build(**settings)
    with pytest.raises(UsageError, match="needs images"):
        build((5,), kind="conv")


def test_outputs_may_have_an_activation() -> None:
    assert isinstance(build(hidden=(8,))[-1], torch.nn.Linear)
    last = build(hidden=(8,), activation="tanh", output_activation="clamp")[-1]
    assert isinstance(last, torch.nn.Hardtanh) and (last.min_val, last.max_val) == (0.0, 1.0)


def test_first_weights() -> None:
    wide = build((400,), hidden=(200,), classes=10)
    bound = math.sqrt(6 / 600)
    assert float(wide[0].weight.detach().abs().max()) == pytest.approx(bound, rel=0.01)
    assert float(wide[0].bias.detach().abs().max()) == 0
    zeros = build((4,), hidden=(4,), init="zeros")
    assert not any(parameter.any() for parameter in zeros.parameters())
    square = build((30,), hidden=(30,), init="orthogonal", gain=2.0)[0].weight.detach()
    torch.testing.assert_close(square @ square.T, 4 * torch.eye(30), atol=1e-4, rtol=0)
    kaiming = build((500,), hidden=(400,), init="kaiming-uniform")[0].weight.detach()
    assert float(kaiming.std()) == pytest.approx(math.sqrt(2 / 500), rel=0.05)
    assert float(
        build((100,), hidden=(50,), init="torch")[0].bias.detach().abs().max()
    ) == pytest.approx(0.1, rel=0.1)


def test_rates_by_layer() -> None:
    network = build(layers=("conv 4 3", "batch-norm", "relu", "flatten", "linear 6"))
    built = optimisers.build_optimiser(OptimiserSettings(lr=(0.1, 0.2, 0.3)), network)
    assert [(len(group["params"]), group["lr"]) for group in built.param_groups] == [
        (4, 0.1),
        (2, 0.2),
        (2, 0.3),
    ]
    with pytest.raises(UsageError, match="2 rates for 3 layers"):
        optimisers.build_optimiser(OptimiserSettings(lr=(0.1, 0.2)), network)
    with pytest.raises(UsageError, match="momentum"):
        optimisers.build_optimiser(OptimiserSettings(momentum=0.5), network)


def test_the_cosine_falls_to_nothing() -> None:
    run = small(epochs=4, optimiser={"schedule": "cosine", "lr": 1.0})
    rates = []
    for _ in run:
        rates.append(run.optimiser.param_groups[0]["lr"])
    np.testing.assert_allclose(rates, [1, 0.5 + math.sqrt(0.125), 0.5, 0.5 - math.sqrt(0.125)])


def test_settings_are_checked() -> None:
    with pytest.raises(ConfigError, match=r"optimiser\.lr"):
        small(optimiser={"lr": -1})
    with pytest.raises(ConfigError, match="did you mean 'adam'"):
        small(optimiser={"name": "addam"})
    with pytest.raises(ConfigError, match=r"network\.activation"):
        small(network={"activation": "tan"})
    if not torch.cuda.is_available():
        assert find_device("auto").type == "cpu"
        with pytest.raises(UsageError, match="no CUDA device"):
            find_device("cuda")
