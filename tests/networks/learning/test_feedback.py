import numpy as np
import pytest

from evo.errors import UsageError
from evo.networks.learning import draw_feedback
from evo.networks.learning.feedback import heard
from tests.networks.learning.pupils import links_of, nodes_of, random_pupils, single

NETWORKS = random_pupils(np.random.default_rng(0), 300)
SEEDS = np.arange(300)


@pytest.mark.parametrize("rule", ["fa", "frsf", "dfa"])
def test_what_a_network_gets_depends_on_its_own_seed_alone(rule):
    drawn = draw_feedback(NETWORKS, rule, SEEDS)
    part = nodes_of if rule == "dfa" else links_of
    for row in (0, 7, 299):
        alone = draw_feedback(single(NETWORKS, row), rule, SEEDS[row : row + 1])
        np.testing.assert_array_equal(alone, drawn[part(NETWORKS, row)])
    other = draw_feedback(NETWORKS, rule, SEEDS + 1000)
    assert (other != drawn).all()


def test_weights_of_links_are_uniform_within_the_bounds_of_their_fans():
    drawn = draw_feedback(NETWORKS, "fa", SEEDS, scale=2.0)
    shares = []
    for row in range(300):
        network, own = single(NETWORKS, row), drawn[links_of(NETWORKS, row)]
        for node in range(len(network.bias)):
            for k in range(network.links[node], network.links[node + 1]):
                into = network.links[node + 1] - network.links[node]
                out_of = (network.sources == network.sources[k]).sum()
                shares.append(own[k] / (2.0 * np.sqrt(6.0 / (into + out_of))))
    assert np.abs(shares).max() <= 1.0
    assert np.abs(shares).max() > 0.99
    assert np.mean(shares) == pytest.approx(0.0, abs=0.05)
    assert np.var(shares) == pytest.approx(1 / 3, abs=0.03)


def test_weights_of_nodes_are_uniform():
    drawn = draw_feedback(NETWORKS, "dfa", SEEDS) * np.sqrt(2.0)
    assert drawn.shape == (len(NETWORKS.bias), 2)
    assert 0.99 < np.abs(drawn).max() <= 1.0
    assert np.var(drawn) == pytest.approx(1 / 3, abs=0.02)


def test_nodes_are_heard_that_others_read_and_that_give_no_output():
    marks = heard(NETWORKS)
    for row in range(300):
        network = single(NETWORKS, row)
        for node in range(len(network.bias)):
            position = node + network.inputs
            wanted = position in network.sources and position not in network.output
            assert marks[nodes_of(NETWORKS, row)][node] == wanted
    assert 0.1 < marks.mean() < 0.9


@pytest.mark.parametrize(
    ("rule", "seeds", "scale", "words"),
    [
        ("bp", SEEDS, 1.0, "no feedback weights"),
        ("fa", SEEDS[:3], 1.0, r"shape \(3,\)"),
        ("fa", SEEDS / 2.0, 1.0, "float64"),
        ("dfa", SEEDS, 0.0, "scale is 0"),
    ],
)
def test_what_does_not_fit_is_refused(rule, seeds, scale, words):
    with pytest.raises(UsageError, match=words) as caught:
        draw_feedback(NETWORKS, rule, seeds, scale)
    assert caught.value.hint
