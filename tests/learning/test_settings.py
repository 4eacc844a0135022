"""Every setting reaches what it sets: changing any one of them changes what comes out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
import torch
from pydantic.fields import FieldInfo
from torch import nn

from evo.data import data
from evo.errors import UsageError
from evo.learning import optimisers
from evo.learning.compose import training
from evo.learning.networks.architectures import NetworkSettings, build_network
from evo.learning.optimisers import OptimiserSettings
from evo.learning.training import Training, network_state
from evo.registry import DATA, RULES, resolve
from evo.settings import Settings
from tests.helpers import same

SQUARE: dict[str, Any] = {"network": {"hidden": (8, 8), "activation": "tanh"}}
CLAMP: dict[str, Any] = {"network": {"hidden": (8, 8), "activation": "clamp"}}
MAPS: dict[str, Any] = {
    "network": {"kind": "conv", "channels": (2,), "kernel": 3, "hidden": (6,)},
    "data": "digits",
    "data_settings": {"train": 150},
}
CONTEXT: dict[str, dict[str, Any]] = {
    "eqspike": {**CLAMP, "settings": {"free_steps": 12, "nudged_steps": 6}},
    "ep": CLAMP,
}
WHERE: dict[str, dict[str, Any]] = {
    "convolution": MAPS,
    "a": {"settings": {"form": "abcd"}},
    "b": {"settings": {"form": "abcd"}},
    "c": {"settings": {"form": "abcd"}},
    "d": {"settings": {"form": "abcd"}},
    "update": {"settings": {"weights": "separate"}},
    "compare": {"probe": 16},
    "inverse": {**MAPS, "network": {"hidden": (10, 10), "activation": "tanh"}},
}
"""What a setting needs beside it to make a difference."""
VALUES: dict[str, Any] = {"connections": 1, "free_steps": 7, "nudged_steps": 3, "features": 5}


def other(name: str, field: FieldInfo) -> Any:
    """Another value than the default."""
    value, kind = field.default, field.annotation
    if name in VALUES:
        return VALUES[name]
    if get_origin(kind) is Literal:
        return next(each for each in get_args(kind) if each != value)
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else 0.5 * value if value else 0.3


def trained(rule: str, options: Mapping[str, Any], **changes: Any) -> Training:
    """A training of two epochs; dictionaries in `changes` are added to those in `options`."""
    chosen: dict[str, Any] = {"network": {"hidden": (8, 8)}, **options}
    for name, value in changes.items():
        chosen[name] = {**chosen.get(name, {}), **value} if isinstance(value, dict) else value
    source = data(chosen.pop("data", "parity"), **chosen.pop("data_settings", {"bits": 8}))
    optimiser = {"name": "sgd", "lr": 0.05, **chosen.pop("optimiser", {})}
    return training(rule, source, seed=1, epochs=2, device="cpu", optimiser=optimiser, **chosen)


def outcome(run: Training) -> Any:
    epochs = [(tuple(epoch.train), dict(epoch.measures)) for epoch in run]
    return epochs, network_state(run.rule.network)


@pytest.mark.parametrize(
    ("rule", "setting"),
    [(rule, name) for rule in sorted(RULES) for name in resolve(RULES[rule]).Settings.model_fields],
)
def test_every_setting_of_every_rule_changes_the_run(rule: str, setting: str) -> None:
    field = resolve(RULES[rule]).Settings.model_fields[setting]
    if setting == "memory":
        with pytest.raises(UsageError, match="GiB"):
            outcome(trained(rule, SQUARE, settings={"memory": 1e-12}))
        return
    options = {**CONTEXT.get(rule, SQUARE), **WHERE.get(setting, {})}
    changed = {setting: other(setting, field)}
    usual, unusual = trained(rule, options), trained(rule, options, settings=changed)
    assert not same(outcome(usual), outcome(unusual)), changed


def test_a_run_without_changes_is_the_same_run() -> None:
    for rule in ("dfa", "ep", "sdtp"):
        options = CONTEXT.get(rule, SQUARE)
        assert same(outcome(trained(rule, options)), outcome(trained(rule, options)))


def network(**settings: Any) -> nn.Sequential:
    return build_network(
        NetworkSettings(**settings), (1, 8, 8), 3, torch.Generator().manual_seed(1)
    )


NETWORKS: dict[str, tuple[Any, dict[str, Any]]] = {
    "kind": ("conv", {}),
    "hidden": ((7,), {}),
    "repeat": (2, {}),
    "activation": ("relu", {}),
    "output_activation": ("clamp", {}),
    "channels": ((3,), {"kind": "conv"}),
    "kernel": (3, {"kind": "conv"}),
    "pool": ("stride", {"kind": "conv"}),
    "dropout": (0.3, {}),
    "layers": (("linear 5",), {}),
    "init": ("orthogonal", {}),
    "gain": (2.0, {}),
}


@pytest.mark.parametrize("setting", NetworkSettings.model_fields)
def test_every_setting_of_a_network_changes_it(setting: str) -> None:
    value, beside = NETWORKS[setting]
    small = {"hidden": (4,), "channels": (2,), **beside}
    usual, unusual = network(**small), network(**{**small, setting: value})
    assert repr(usual) != repr(unusual) or not same(network_state(usual), network_state(unusual))


@pytest.mark.parametrize(
    "init", ["xavier-uniform", "xavier-normal", "kaiming-uniform", "orthogonal", "torch"]
)
def test_gain_is_a_factor_on_all_first_weights(init: str) -> None:
    usual, larger = network(init=init, hidden=(4,)), network(init=init, hidden=(4,), gain=3.0)
    for name, weight in network_state(usual).items():
        if name.endswith("weight"):
            np.testing.assert_allclose(network_state(larger)[name], 3.0 * weight, rtol=1e-5)


def test_dropout_is_the_share_that_is_set() -> None:
    rates = [module.p for module in network(dropout=0.3) if isinstance(module, nn.Dropout)]
    assert rates == [0.3, 0.3]
    written = network(layers=("dropout 0.3",))
    assert [module.p for module in written if isinstance(module, nn.Dropout)] == [0.3]


@pytest.mark.parametrize(
    ("setting", "value", "beside"),
    [
        ("name", "adam", {}),
        ("lr", 0.01, {}),
        ("momentum", 0.9, {}),
        ("weight_decay", 0.1, {}),
        ("schedule", "cosine", {}),
    ],
)
def test_every_setting_of_an_optimiser_changes_the_run(
    setting: str, value: Any, beside: dict[str, Any]
) -> None:
    usual = trained("bp", SQUARE, optimiser=beside)
    unusual = trained("bp", SQUARE, optimiser={**beside, setting: value})
    assert not same(outcome(usual), outcome(unusual))


def test_no_setting_of_an_optimiser_is_left_out() -> None:
    assert set(OptimiserSettings.model_fields) == {
        "name",
        "lr",
        "momentum",
        "weight_decay",
        "schedule",
    }


@pytest.mark.parametrize("name", optimisers.OPTIMISERS)
def test_optimisers_step_as_torchs_do(name: str) -> None:
    beside = {"momentum": 0.7} if name in optimisers.WITH_MOMENTUM else {}
    model, peer = nn.Linear(64, 3), nn.Linear(64, 3)
    peer.load_state_dict(model.state_dict())
    settings = OptimiserSettings(name=name, lr=0.03, weight_decay=0.2, **beside)
    ours = optimisers.build_optimiser(settings, model)
    theirs = optimisers.OPTIMISERS[name](
        peer.parameters(), **{"lr": 0.03, "weight_decay": 0.2, **beside}
    )
    for _ in range(3):
        for module, optimiser in ((model, ours), (peer, theirs)):
            optimiser.zero_grad()
            module(torch.ones(2, 64)).square().sum().backward()
            optimiser.step()
    assert same(network_state(model), network_state(peer))


DATA_VALUES: dict[str, Any] = {
    "validation": 0.3,
    "train": 100,
    "standardise": "features",
    "test": 0.4,
    "division": 1,
    "answers": "numbers",
    "examples": 50,
    "test_examples": 60,
    "noise": 0.3,
    "arms": 3,
    "turns": 1.0,
    "bits": 9,
}


def fields(kind: type[Settings]) -> list[str]:
    return [name for name in kind.model_fields if name != "path"]


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        (name, setting)
        for name in sorted(DATA)
        if "fetched" not in DATA[name].target
        for setting in fields(data(name).Settings)
    ],
)
def test_every_setting_of_data_changes_it(name: str, setting: str) -> None:
    def arrays(**settings: Any) -> Any:
        loaded = data(name, **settings).load(np.random.Generator(np.random.PCG64(1)))
        return [
            array
            for part in (loaded.train, loaded.validation, loaded.test)
            for array in (part.inputs, part.targets)
        ]

    assert not same(arrays(), arrays(**{setting: DATA_VALUES[setting]}))


def test_every_setting_of_a_file_changes_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, x=np.random.Generator(np.random.PCG64(2)).random((300, 3)), y=np.arange(300) % 3)

    def tests(seed: int = 1, **settings: Any) -> np.ndarray:
        return data(str(path), **settings).load(np.random.Generator(np.random.PCG64(seed)))

    usual = tests()
    assert np.array_equal(usual.test.inputs, tests(seed=5).test.inputs)
    assert not np.array_equal(usual.train.inputs, tests(seed=5).train.inputs)
    for setting in fields(data(str(path)).Settings):
        changed = tests(**{setting: DATA_VALUES[setting]})
        assert not all(
            np.array_equal(
                getattr(getattr(usual, part), array), getattr(getattr(changed, part), array)
            )
            for part in ("train", "validation", "test")
            for array in ("inputs", "targets")
        ), setting


def test_the_noise_of_moons_is_the_deviation_that_is_set() -> None:
    loaded = data("two-moons", noise=0.2, examples=4000).load(
        np.random.Generator(np.random.PCG64(1))
    )
    centre = np.where(loaded.train.targets[:, None] == 0, [0, 0], [1, 0.5])
    distance = np.hypot(*(loaded.train.inputs - centre).T)
    assert np.std(distance) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("seed", 2),
        ("loss", "squared-error"),
        ("double", True),
        ("batch", 32),
        ("probe", 8),
        ("probe_interval", 2),
        ("keep_best", True),
        ("epochs", 3),
    ],
)
def test_every_option_of_a_training_changes_it(option: str, value: Any) -> None:
    def run(**options: Any) -> Any:
        chosen = {"seed": 1, "epochs": 2, "probe": 16, "network": {"hidden": (4,)}, **options}
        begun = training("dfa", "parity", device="cpu", **chosen)
        return outcome(begun), begun.best_network

    assert not same(run(), run(**{option: value}))


def test_double_precision_is_that_of_everything() -> None:
    run = training("dfa", "parity", double=True, epochs=1, device="cpu", network={"hidden": (4,)})
    list(run)
    tensors = [*run.rule.network.parameters(), *(part[0] for part in run.parts.values())]
    tensors += [projection.weights for projection in run.rule.feedback.values()]
    assert {tensor.dtype for tensor in tensors} == {torch.float64}


@pytest.mark.parametrize("rule", ["tp", "sdtp", "ao-sdtp"])
def test_the_top_target_goes_as_far_as_its_step_says(rule: str) -> None:
    run = trained(rule, SQUARE, settings={"target_step": 0.25})
    decoded: list[torch.Tensor] = []
    original = run.rule.decode

    def watched(index: int, values: torch.Tensor, record: Any) -> torch.Tensor:
        decoded.append(values)
        return original(index, values, record)

    run.rule.decode = watched
    inputs, classes = (part[:9] for part in run.parts["train"])
    predictions = run.rule.predict(inputs).softmax(-1)
    run.rule.gradients(inputs, classes)
    wanted = nn.functional.one_hot(classes, 2).to(predictions.dtype)
    torch.testing.assert_close(decoded[0], predictions + 0.25 * (wanted - predictions))
