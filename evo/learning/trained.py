"""A rule with the network that it has trained, put together again to predict."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from evo.data import Form
from evo.learning.compose import find_rule, learner
from evo.learning.losses import find_loss
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.rules.base import Rule
from evo.learning.tensors import to_numpy
from evo.learning.training import load_network_state
from evo.settings import build

Section = Mapping[str, Any]


def trained(
    rule: str, settings: Section, network: Section, run: Section, form: Form, weights: Path
) -> Rule:
    """A rule with its network, in evaluation mode.

    Args:
        rule: its name.
        settings: of the rule.
        network: the settings under [network].
        run: the settings under [run].
        form: of the data.
        weights: a .npz file with the network's parameters and buffers.

    Raises:
        UsageError: these do not fit together.
        OSError, ValueError, KeyError: the file cannot be read.
    """
    kind, loss = find_rule(rule), run.get("loss", "none")
    built = learner(
        (kind, build(kind.Settings, settings, "rule")),
        build(NetworkSettings, network, "network"),
        find_loss(None if loss == "none" else loss, bool(form.numbers)),
        form,
        seed=0,
        dtype=torch.float64 if run.get("precision") == "double" else torch.float32,
    )
    with np.load(weights, allow_pickle=False) as arrays:
        load_network_state(built.network, dict(arrays))
    built.network.eval()
    return built


def outputs(rule: Rule, inputs: NDArray[Any]) -> NDArray[Any]:
    """`(n, outputs)` of a trained network, or what it settles to, for `(n, …)` inputs."""
    first = next(rule.network.parameters())
    return to_numpy(rule.predict(torch.as_tensor(inputs).to(first.dtype)))
