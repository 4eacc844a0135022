import copy
import json

import numpy as np
import pytest

from evo.networks.describe import from_description
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network
from tests.networks.random_networks import random_network


@pytest.mark.parametrize("recurrent", [False, True])
def test_there_and_back_through_json(recurrent):
    rng = np.random.default_rng(4)
    for _ in range(20):
        network, _ = random_network(rng, recurrent)
        again = from_description(json.loads(json.dumps(network.describe())))
        assert (again.inputs, again.outputs, again.recurrent) == (
            network.inputs,
            network.outputs,
            recurrent,
        )
        for column, expected in zip(again.columns(), network.columns(), strict=True):
            assert column.dtype == expected.dtype
            assert column.tolist() == expected.tolist()


def test_one_of_many():
    topology = FixedTopology(Network(2, 1), FixedTopology.Settings(hidden=(2,)))
    networks = topology(np.arange(2 * topology.needs.dimensions, dtype=float).reshape(2, -1))
    second = networks.describe(1)
    assert [node["position"] for node in second["nodes"]] == [2, 3, 4]
    assert second["nodes"][0]["bias"] == topology.needs.dimensions
    assert second["links"][0] == {
        "source": 0,
        "target": 2,
        "weight": topology.needs.dimensions + 1.0,
    }
    assert second["outputs"] == [4]


def whole():
    topology = FixedTopology(Network(2, 1), FixedTopology.Settings(hidden=(2,)))
    return topology(np.ones((1, topology.needs.dimensions))).describe()


def broken(change):
    description = copy.deepcopy(whole())
    change(description)
    return description


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("nodes"), "KeyError"),
        (lambda d: d.update(nodes=7), "TypeError"),
        (lambda d: d["nodes"][0].update(position=5), "in order"),
        (lambda d: d["nodes"][0].update(activation="tan"), "tan"),
        (lambda d: d["nodes"][0].update(activation=3), "KeyError"),
        (lambda d: d["nodes"][0].update(bias=float("nan")), "finite"),
        (lambda d: d["links"][0].update(target=1), "no node"),
        (lambda d: d["links"][0].update(source=9), "starts at 9"),
        (lambda d: d["links"][0].update(source=3), "forward"),
        (lambda d: d["links"][0].update(source=-1), "starts at -1"),
        (lambda d: d["links"][0].update(source=2**40), "OverflowError"),
        (lambda d: d["links"][0].update(weight="heavy"), "heavy"),
        (lambda d: d.update(outputs=[5]), "held by"),
        (lambda d: d.update(outputs=[]), "at least one output"),
        (lambda d: d.update(inputs=-1), "in order"),
    ],
)
def test_what_is_no_network_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        from_description(broken(change))


def test_recurrent_links_may_go_anywhere():
    description = broken(lambda d: d.update(recurrent=True))
    description["links"][0]["source"] = 4
    assert from_description(description).recurrent
