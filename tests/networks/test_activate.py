import numpy as np
import pytest

from evo.networks.activate import Policy, outputs
from evo.networks.batch_kernels import BLOCK
from evo.networks.describe import from_description
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network

from .random_networks import random_network


def accumulator():
    """One node that adds what it sees to what it was."""
    return from_description(
        {
            "inputs": 1,
            "outputs": [1],
            "recurrent": True,
            "nodes": [{"position": 1, "bias": 0.0, "activation": "identity", "aggregation": "sum"}],
            "links": [
                {"source": 0, "target": 1, "weight": 1.0},
                {"source": 1, "target": 1, "weight": 1.0},
            ],
        }
    )


def test_a_recurrent_policy_remembers_until_reset():
    policy = Policy(accumulator())
    assert [float(policy([1.0])[0]) for _ in range(3)] == [1.0, 2.0, 3.0]
    policy.reset()
    assert policy([5.0])[0] == 5.0


def test_samples_of_a_recurrent_network_start_without_memory():
    assert outputs(accumulator(), [[1.0], [2.0]], steps=3)[0, :, 0].tolist() == [3.0, 6.0]


def test_outputs_keep_networks_and_samples_apart():
    topology = FixedTopology(Network(3, 2))
    rng = np.random.default_rng(0)
    networks, samples = (
        topology(rng.normal(size=(5, topology.needs.dimensions))),
        rng.normal(size=(4, 3)),
    )
    result = outputs(networks, samples)
    assert result.shape == (5, 4, 2)
    for row in range(5):
        policy = Policy(networks, row)
        assert result[row].tolist() == [policy(sample).tolist() for sample in samples]


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("batch", [1, BLOCK - 1, BLOCK, 2 * BLOCK + 3])
def test_many_samples_give_the_bits_of_one_after_the_other(batch, recurrent):
    """Every function and every number of links, in blocks that are full or not."""
    rng, steps = np.random.default_rng(batch), 3 if recurrent else 1
    for _ in range(20):
        network, _ = random_network(rng, recurrent)
        samples = rng.normal(size=(batch, network.inputs))
        policy, found = Policy(network), outputs(network, samples, steps)[0]
        for sample, values in zip(samples, found, strict=True):
            policy.reset()
            one = [policy(sample).copy() for _ in range(steps)][-1]
            assert np.array_equal(values, one, equal_nan=True)


def test_an_output_may_be_an_input():
    network = from_description(
        {"inputs": 2, "outputs": [1], "recurrent": False, "nodes": [], "links": []}
    )
    assert outputs(network, [[3.0, 4.0]])[0, 0, 0] == 4.0
    assert Policy(network)([3.0, 4.0])[0] == 4.0


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"take \(batch, 1\)"):
        outputs(accumulator(), [[1.0, 2.0]])
    with pytest.raises(ValueError, match="at least 1"):
        outputs(accumulator(), [[1.0]], steps=0)
    with pytest.raises(ValueError, match=r"takes \(1,\)"):
        Policy(accumulator())([1.0, 2.0])


def test_read_only_columns_work():
    topology = FixedTopology(Network(2, 1))
    networks = topology(np.ones((1, topology.needs.dimensions)))
    for column in networks.columns():
        column.flags.writeable = False
    assert outputs(networks, [[0.1, 0.2]]).shape == (1, 1, 1)
