"""Networks that are plain layers are recognised by their arrays."""

from dataclasses import replace

import numpy as np
import pytest

from evo.networks.activate import outputs
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.networks.functions import Activation, Aggregation
from evo.networks.layers import Layers, find_layers
from evo.phenotype import Network


def layered(hidden: tuple[int, ...] = (4, 4, 2), count: int = 3) -> Networks:
    settings = FixedTopology.Settings(hidden=hidden, activation="relu", output_activation="sigmoid")
    topology = FixedTopology(Network(3, 2), settings)
    return topology(np.random.default_rng(0).normal(size=(count, topology.needs.dimensions)))


@pytest.mark.parametrize("hidden", [(), (1,), (4,), (4, 4, 2), (2, 3)])
def test_a_fixed_topology_is_its_layers(hidden: tuple[int, ...]) -> None:
    networks = layered(hidden)
    layers = find_layers(networks)
    functions = [*[Activation.RELU] * len(hidden), Activation.SIGMOID]
    assert layers == Layers((3, *hidden, 2), tuple(functions))
    assert layers is not None
    parts = layers.weights(networks)
    inputs = np.random.default_rng(1).normal(size=(5, 3))
    values = np.broadcast_to(inputs, (3, 5, 3))
    for index, part in enumerate(parts):
        sums = values @ part.weight.swapaxes(1, 2) + part.bias[:, None]
        last = index == len(parts) - 1
        values = 1 / (1 + np.exp(-sums)) if last else np.maximum(sums, 0)
    np.testing.assert_allclose(values, outputs(networks, inputs), rtol=0, atol=1e-12)
    assert all(np.shares_memory(part.weight, networks.weights) for part in parts)
    assert all(np.shares_memory(part.bias, networks.bias) for part in parts)


def changed(name: str, place: int, value: int, networks: Networks | None = None) -> Networks:
    """Networks with another number in one place of a column."""
    networks = networks or layered()
    column = getattr(networks, name).copy()
    column.flat[place] = value
    return replace(networks, **{name: column})


NODES, LINKS = 12, 3 * 4 + 4 * 4 + 4 * 2 + 2 * 2
SKIPS = replace(layered((2,), 1), sources=np.array([0, 1, 2, 0, 1, 2, 0, 3, 3, 4], np.int32))
"""An output that reads an input and a hidden node."""


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param(replace(layered(), recurrent=True), id="recurrent"),
        pytest.param(changed("activation", NODES + 1, Activation.TANH), id="other function"),
        pytest.param(
            changed("activation", 1, Activation.TANH, layered(count=1)), id="function within layer"
        ),
        pytest.param(changed("sources", 2 * LINKS, 1), id="other source in the last network"),
        pytest.param(changed("sources", 0, 1, layered(count=1)), id="a source twice"),
        pytest.param(changed("output", 0, 5, layered(count=1)), id="output from a hidden node"),
        pytest.param(changed("aggregation", 1, Aggregation.MAX, layered(count=1)), id="no sum"),
        pytest.param(SKIPS, id="a link past a layer"),
        pytest.param(layered().take(slice(0, 0)), id="no networks"),
        pytest.param(
            replace(layered((), 1), output=np.array([[4, 3]], np.int32)), id="outputs swapped"
        ),
        pytest.param(replace(layered((), 1), links=np.array([0, 2, 6])), id="an input missing"),
    ],
)
def test_what_differs_in_anything_is_no_layers(networks: Networks) -> None:
    assert find_layers(networks) is None
