import numpy as np

import evo
from evo.networks.describe import from_description
from evo.phenotype import Network
from evo.scores import Score


def solution(recurrent=False):
    """XOR as (a or b) minus 2 (a and b), of steps made from clamped sums."""
    return from_description(
        {
            "inputs": 2,
            "outputs": [3],
            "recurrent": recurrent,
            "nodes": [
                {"position": 2, "bias": -1.0, "activation": "relu", "aggregation": "sum"},
                {"position": 3, "bias": 0.0, "activation": "identity", "aggregation": "sum"},
            ],
            "links": [
                {"source": 0, "target": 2, "weight": 1.0},
                {"source": 1, "target": 2, "weight": 1.0},
                {"source": 0, "target": 3, "weight": 1.0},
                {"source": 1, "target": 3, "weight": 1.0},
                {"source": 2, "target": 3, "weight": -2.0},
            ],
        }
    )


def constant(value):
    node = {"position": 2, "bias": value, "activation": "identity", "aggregation": "sum"}
    return from_description(
        {"inputs": 2, "outputs": [2], "recurrent": False, "nodes": [node], "links": []}
    )


def fitness(network):
    return evo.problem("xor").evaluate(network, np.zeros(1, np.uint64)).fitness[0]


def test_a_perfect_network_has_16():
    assert fitness(solution()) == 16
    assert fitness(solution(recurrent=True)) == 16


def test_constants_are_as_far_off_as_stanley_says():
    assert fitness(constant(0.5)) == 4
    assert fitness(constant(0.0)) == 4


def test_being_further_off_is_never_better():
    values = [fitness(constant(v)) for v in (1.0, 2.0, 3.0, 30.0)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0


def test_what_it_says_of_itself():
    problem = evo.problem("xor")
    assert problem.needs == Network(2, 1)
    assert problem.scores == (Score("fitness", target=12.25),)
    lessons = problem.lessons(np.random.default_rng(0))
    assert lessons.inputs.shape == (4, 2)
    assert lessons.answers.tolist() == [[0.0], [1.0], [1.0], [0.0]]
    assert not problem.noisy
