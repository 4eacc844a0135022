import pickle
from itertools import pairwise

import numpy as np
import pytest

from evo import settings
from evo.errors import ConfigError
from evo.networks.activate import outputs
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network


def reference(vector, layers, samples, hidden, last):
    """The layers as matrices, bias first."""
    values, at = samples, 0
    for depth, (before, after) in enumerate(pairwise(layers)):
        block = vector[at : at + after * (before + 1)].reshape(after, before + 1)
        at += block.size
        values = values @ block[:, 1:].T + block[:, 0]
        values = (last if depth == len(layers) - 2 else hidden)(values)
    assert at == len(vector)
    return values


@pytest.mark.parametrize("hidden", [(), (1,), (5,), (4, 3), (2, 6, 3)])
def test_equals_the_layers_as_matrices(hidden):
    topology = FixedTopology(
        Network(3, 2),
        FixedTopology.Settings(hidden=hidden, activation="relu", output_activation="tanh"),
    )
    rng = np.random.default_rng(1)
    vectors, samples = rng.normal(size=(6, topology.needs.dimensions)), rng.normal(size=(7, 3))
    got = outputs(topology(vectors), samples)
    for vector, result in zip(vectors, got, strict=True):
        expected = reference(vector, [3, *hidden, 2], samples, lambda x: np.maximum(x, 0), np.tanh)
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


def test_rows_do_not_depend_on_their_batch():
    topology = FixedTopology(Network(2, 2))
    vectors, samples = (
        np.random.default_rng(2).normal(size=(9, topology.needs.dimensions)),
        np.eye(2),
    )
    whole = outputs(topology(vectors), samples)
    assert (whole[4:5] == outputs(topology(vectors[4:5]), samples)).all()
    assert outputs(topology(vectors[:0]), samples).shape == (0, 2, 2)


def test_can_be_sent():
    topology = FixedTopology(Network(4, 1), FixedTopology.Settings(hidden=(3, 2)))
    again = pickle.loads(pickle.dumps(topology))
    vectors = np.random.default_rng(3).normal(size=(2, topology.needs.dimensions))
    assert (outputs(again(vectors), np.eye(4)) == outputs(topology(vectors), np.eye(4))).all()
    assert len(pickle.dumps(topology)) < 500


def test_mistakes_are_explained():
    with pytest.raises(ConfigError, match=r"did you mean 'sigmoid'\?") as error:
        settings.build(FixedTopology.Settings, {"activation": "sigmoyd", "hidden": [0]}, "network")
    assert len(error.value.problems) == 2
    with pytest.raises(ValueError, match="takes"):
        FixedTopology(Network(4, 1))(np.zeros((2, 3)))
