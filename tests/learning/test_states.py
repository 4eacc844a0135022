"""States of another training, and damaged ones, are refused in words and change nothing."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from evo.errors import EvoError, UsageError
from evo.learning.compose import training
from evo.learning.training import Training
from evo.registry import RULES
from tests.helpers import same

CLAMP = {"hidden": (6, 6), "activation": "clamp"}
SETTINGS: dict[str, dict[str, Any]] = {
    "ep": {"settings": {"weights": "separate"}, "network": CLAMP},
    "eqspike": {"settings": {"free_steps": 8, "nudged_steps": 4}, "network": CLAMP},
    "dfa": {"settings": {"connections": 1}},
}


def small(rule: str = "bp", **options: Any) -> Training:
    chosen = {"epochs": 3, "network": {"hidden": (6, 6)}, "keep_best": True}
    return training(rule, "parity", device="cpu", **{**chosen, **SETTINGS.get(rule, {}), **options})


def after_an_epoch(rule: str, **options: Any) -> dict[str, Any]:
    taught = small(rule, **options)
    taught.step()
    return taught.state_dict()


def places(state: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to every table and value in `state`."""
    for name, value in state.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


def changed(state: dict[str, Any], path: tuple[str, ...], change: Any) -> dict[str, Any]:
    """A copy of `state` whose value at `path` is gone (`change` None) or `change` of it."""
    whole = copy.deepcopy(state)
    holder = whole
    for name in path[:-1]:
        holder = holder[name]
    if change is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = change(holder[path[-1]])
    return whole


def longer(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.concatenate([np.atleast_1d(value)] * 2)
    return {**value, "more": 1} if isinstance(value, dict) else [value, value]


CHANGES: dict[str, Any] = {
    "missing": None,
    "text": lambda _: "text",
    "a table": lambda _: {"a": {"b": 1}},
    "an empty table": lambda _: {},
    "a list": lambda value: [value],
    "a number": lambda _: -7,
    "a fraction": lambda _: 0.5,
    "nothing": lambda _: None,
    "longer": longer,
    "another type": lambda value: (
        value.astype(np.float16) if isinstance(value, np.ndarray) else b"0"
    ),
    "objects": lambda _: np.array([None, "x"], object),
    "empty": lambda _: np.zeros(0),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_damaged_state_is_refused_or_does_no_harm(rule: str) -> None:
    whole = after_an_epoch(rule)
    taught = small(rule)
    before, refused = taught.state_dict(), 0
    # What is not the rule's own is the same for all rules.
    paths = [path for path in places(whole) if rule == "bp" or path[0] == "rule"]
    for path in paths:
        for words, change in CHANGES.items():
            try:
                taught.load_state_dict(changed(whole, path, change))
            except EvoError as error:
                assert "state" in error.message, (path, words)
                refused += 1
                now = taught.state_dict()
                assert same({**now, "elapsed": 0}, {**before, "elapsed": 0}), (path, words)
                continue
            taught.stopped = None
            try:
                taught.step()
            except EvoError as error:  # feedback can only be held against a batch
                assert path[:2] == ("rule", "memory") and "state" in error.message, (path, words)
                refused += 1
            taught = small(rule)
            before = taught.state_dict()
    assert refused > 0.8 * len(paths) * len(CHANGES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_state_of_other_widths_is_refused(rule: str) -> None:
    chosen = SETTINGS.get(rule, {}).get("network", {})
    with pytest.raises(UsageError, match=r"0\.weight is float32 \(6, 8\), in the state"):
        small(rule).load_state_dict(after_an_epoch(rule, network={**chosen, "hidden": (5, 5)}))


def test_a_state_of_another_training_is_refused() -> None:
    taught = small("fa")
    for words, options in (
        ("network holds", {"network": {"hidden": (6,)}}),
        ("memory holds nothing", {"rule": "bp"}),
        ("float64", {"double": True}),
        ("exp_avg", {"optimiser": {"name": "sgd", "momentum": 0.5}}),
    ):
        with pytest.raises(UsageError, match=words):
            taught.load_state_dict(after_an_epoch(**{"rule": "fa", **options}))


@pytest.mark.parametrize("rule", ["dfa", "ifa"])
def test_feedback_for_other_outputs_is_refused_at_the_first_batch(rule: str) -> None:
    taught = small(rule, settings={})
    state = after_an_epoch(rule, settings={})
    for name, kept in state["rule"]["memory"].items():
        state["rule"]["memory"][name] = {**kept, "weights": kept["weights"][:, :1].copy()}
    taught.step()
    taught.load_state_dict(state)
    with pytest.raises(UsageError, match="does not fit values"):
        taught.step()


def test_a_generator_state_that_torch_refuses_is_refused_in_words() -> None:
    state = after_an_epoch("fa")
    state["rule"]["generator"] = np.full_like(torch.Generator().get_state().numpy(), 255)
    with pytest.raises(UsageError, match="generator"):
        small("fa").load_state_dict(state)
