"""The parts of a training are checked without data, and what the check built is what trains."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from evo.data import Data, data
from evo.data.base import Examples, Form
from evo.errors import ConfigError, UnknownName, UsageError
from evo.learning.compose import TrainingParts, parts, training
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.networks.graph import Graph
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.dfa import DFA
from evo.learning.training import network_state
from evo.registry import DATA, RULES
from tests.helpers import same

SMALL = {"hidden": (8, 8)}
AT_HAND = ["digits", "mnist5k", "two-moons", "spirals", "parity"]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[Any]:
    """Counts the calls of a method from now on."""
    calls: list[Any] = []
    original: Callable[..., Any] = getattr(owner, name)

    def method(self: Any, *args: Any) -> Any:
        calls.append(self)
        return original(self, *args)

    monkeypatch.setattr(owner, name, method)
    return calls


def test_what_is_checked_is_built_once_and_no_data_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    loads, graphs = counted(monkeypatch, Data, "load"), counted(monkeypatch, Graph, "__init__")
    chosen = parts("dfa", "digits", network=SMALL)
    assert (len(loads), len(graphs)) == (0, 0)
    chosen.check()
    assert (len(loads), len(graphs)) == (0, 1)
    chosen.training(epochs=1)
    assert (len(loads), len(graphs)) == (1, 1)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_check_makes_no_difference(rule: str) -> None:
    network = {**SMALL, "activation": "clamp"} if rule == "eqspike" else SMALL
    chosen = parts(rule, "parity", seed=3, network=network)
    chosen.check()
    checked = chosen.training(epochs=1)
    again = chosen.training(epochs=1)
    straight = training(rule, "parity", seed=3, epochs=1, network=network)
    for each in (checked, again, straight):
        list(each)
    assert checked.rule is not again.rule
    for each in (checked, again):
        assert same(network_state(each.rule.network), network_state(straight.rule.network))
        assert same(each.rule.state_dict(), straight.rule.state_dict())


@pytest.mark.parametrize("name", sorted(DATA))
def test_the_form_of_data_is_known_without_reading_it(name: str) -> None:
    form = data(name).form()
    assert form is not None
    if name in AT_HAND:
        assert data(name).load(rng()).form == form


@pytest.mark.parametrize(
    ("name", "settings"),
    [("spirals", {"arms": 5}), ("spirals", {"arms": 9, "examples": 4}), ("parity", {"bits": 3})],
)
def test_the_form_follows_the_settings(name: str, settings: dict[str, Any]) -> None:
    source = data(name, **settings)
    assert source.form() == source.load(rng()).form


def test_the_form_of_a_file_is_read_from_its_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, x = tmp_path / "own.npz", np.zeros((40, 2, 3, 4))
    for save in (np.savez, np.savez_compressed):
        save(path, x=x, y=np.arange(40) % 3, x_test=x[:5], y_test=np.full(5, 6))
        assert data(str(path)).form() == Form((2, 3, 4), 7) == data(str(path)).load(rng()).form
    np.savez(path, x=x, y=np.arange(40) % 3)
    assert data(str(path)).form() == Form((2, 3, 4), 3)
    np.savez(path, x=x)
    assert data(str(path)).form() is None
    np.savez(path, x=x, y=np.full(40, 10**9))
    with pytest.raises(UsageError, match="classes in y"):
        data(str(path)).form()
    path.write_text("text")
    with pytest.raises(UsageError, match="cannot read"):
        data(str(path)).form()
    with pytest.raises(UsageError, match="there is no file"):
        data(str(tmp_path / "none.npz")).form()


class Own(Data):
    """Data that does not say its form."""

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        inputs = rng.random((20, 3), np.float32)
        part = Examples(inputs, np.arange(20, dtype=np.int64) % 2)
        return part, part


def test_data_of_unknown_form_is_checked_when_it_is_loaded() -> None:
    chosen = parts("bp", Own(), network={"kind": "conv"})
    chosen.check()
    with pytest.raises(UsageError, match="needs images"):
        chosen.training()


class Lying(Own):
    """Data whose form is not what it says."""

    def form(self) -> Form:
        return Form((7,), 5)


def test_a_form_that_does_not_hold_is_not_used() -> None:
    chosen = parts("bp", Lying(), network=SMALL)
    chosen.check()
    run = chosen.training(epochs=1)
    assert run.rule.network(torch.zeros(1, 3)).shape == (1, 2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rule": "dtp", "network": {"kind": "conv"}}, "dtp"),
        ({"rule": "eqspike", "network": {"activation": "tanh"}}, "eqspike needs"),
        ({"network": {"output_activation": "clamp"}}, "bounds them"),
        ({"on": "two-moons", "network": {"kind": "conv"}}, "needs images"),
        ({"network": {"layers": ("conv 3 50", "flatten")}}, "does not fit"),
        ({"optimiser": {"lr": (0.1, 0.2)}}, "2 rates for 3 layers"),
        ({"optimiser": {"momentum": 0.5}}, "momentum"),
    ],
)
def test_parts_that_do_not_fit_are_refused_without_data(
    options: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = counted(monkeypatch, Data, "load")
    chosen = parts(**{"rule": "bp", "on": "digits", **options})
    with pytest.raises(UsageError, match=words):
        chosen.check()
    assert not loads


def test_names_and_settings_are_refused_before_anything_is_built() -> None:
    for options, kind, words in (
        ({"rule": "bpp"}, UnknownName, "bpp"),
        ({"on": "digit"}, UnknownName, "digits"),
        ({"loss": "hinge"}, UnknownName, "hinge"),
        ({"settings": {"speed": 1}}, ConfigError, "rule.speed"),
        ({"network": {"hidden": (0,)}}, ConfigError, "network.hidden"),
        ({"network": OptimiserSettings()}, UsageError, "network has OptimiserSettings"),
    ):
        chosen: dict[str, Any] = {"rule": "bp", "on": "digits", **options}
        with pytest.raises(kind, match=words):
            parts(**chosen)


def test_settings_may_be_given_as_they_are() -> None:
    chosen = parts(
        "dfa",
        "digits",
        settings=DFA.Settings(scale=2.0),
        network=NetworkSettings(hidden=(8,)),
        optimiser=OptimiserSettings(lr=0.1),
    )
    assert isinstance(chosen, TrainingParts)
    assert chosen.rule[1] == DFA.Settings(scale=2.0)
    assert (chosen.network.hidden, chosen.optimiser.lr) == ((8,), 0.1)
