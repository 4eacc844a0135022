"""Vectors of numbers as a user describes them."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.phenotype import Parts, Reals, describe

MIXED = Reals(
    [0, -1, 0],
    [5, 1, 9],
    integers=["layers"],
    categories={"kind": ["relu", "tanh"]},
    names=["layers", "rate", "kind"],
)


def test_one_number_is_a_bound_of_all_and_where_a_search_starts() -> None:
    need = Reals(4, 0, 6)
    assert (need.dimensions, need.lower, need.upper, need.bounded) == (4, 0.0, 6.0, False)
    assert Reals(4) == Reals(dimensions=4, lower=-1.0, upper=1.0)
    assert Reals(4, 0, 6, True) == Reals(4, 0, 6, bounded=True) != need


def test_bounds_of_each_variable_are_meant() -> None:
    need = Reals(np.array([0, -1]), (1.0, 5))
    assert (need.dimensions, need.lower, need.upper) == (2, (0.0, -1.0), (1.0, 5.0))
    assert need.bounded
    assert not Reals([0, -1], [1, 5], bounded=False).bounded
    assert Reals(lower=[0, 0], upper=3).upper == (3.0, 3.0)
    assert Reals(2, upper=[3, 4]) == Reals([-1, -1], [3, 4])


def test_whole_numbers_and_categories_have_bounds_of_whole_numbers() -> None:
    need = Reals([0.2, 0], [3.9, 1], integers=[0])
    assert (need.lower, need.upper) == ((1.0, 0.0), (3.0, 1.0))
    assert Reals(3, 0, 9, integers=True).integers == (0, 1, 2)
    assert (MIXED.integers, MIXED.categories) == ((0,), ((2, ("relu", "tanh")),))
    assert MIXED.upper == (5.0, 1.0, 1.0), "a category's bounds are the places of its labels"


def test_it_can_be_hashed_sent_and_changed() -> None:
    assert len({MIXED, pickle.loads(pickle.dumps(MIXED)), replace(MIXED)}) == 1
    assert replace(MIXED, bounded=False) != MIXED


def test_a_vector_is_read_in_the_terms_of_its_user() -> None:
    vector = np.array([3.0, 0.25, 1.0])
    assert MIXED.read(vector) == [3, 0.25, "tanh"]
    assert [type(value) for value in MIXED.read(vector)] == [int, float, str]
    assert MIXED.named(vector) == {"layers": 3, "rate": 0.25, "kind": "tanh"}
    assert Reals(2).named([1, 2]) == {"x0": 1.0, "x1": 2.0}
    with pytest.raises(UsageError, match=r"shape \(1, 3\) for a vector of 3 variables"):
        MIXED.read(vector[None])


def test_what_is_drawn_of_it_has_names_labels_and_whole_numbers() -> None:
    said = {
        "kind": "vector",
        "values": [3, 0.25, 1],
        "names": ["layers", "rate", "kind"],
        "labels": {"2": "tanh"},
    }
    vectors = np.array([[0.0, 0.0, 0.0], [3.0, 0.25, 1.0]])
    assert describe(vectors, 1, MIXED) == said
    assert describe({"body": vectors}, 1, Parts(body=MIXED))["parts"]["body"] == said
    assert describe(vectors, 1) == {"kind": "vector", "values": [3.0, 0.25, 1.0]}
    assert describe(vectors, 1, Reals(3)) == describe(vectors, 1)
    functions = Reals(1, categories={0: [np.sin, np.cos]})
    assert functions.describe([1.0])["labels"] == {"0": "cos"}
    assert functions.read([1.0]) == [np.cos]


@pytest.mark.parametrize(
    ("arguments", "keywords", "words"),
    [
        (("x",), {}, r"Reals\('x'\): the number of variables has to be a whole number"),
        ((4.0,), {}, r"Reals\(4.0\): the number of variables"),
        ((True,), {}, r"Reals\(True\): the number of variables"),
        ((0,), {}, r"Reals\(0\): the number of variables"),
        ((), {}, "does not say how many variables"),
        (([0, 1],), {}, "takes two sequences"),
        (([0], [1], [2]), {}, "takes two sequences"),
        (([0, 0], [1, 1, 1]), {}, "lower has 2, upper has 3"),
        ((3, [0, 0], 1), {}, "lower has 2, dimensions is 3"),
        (([0, 7], [1, 5]), {}, "variable 1 has the lower bound 7 and the upper bound 5"),
        ((4, 1, -1), {}, "the lower bound 1 and the upper bound -1"),
        (([0, 1], [1, 1]), {}, "variable 1 .* lower has to be below upper"),
        (([-1e308], [1e308]), {}, "by a finite width"),
        (([0, float("nan")], [1, 1]), {}, r"lower = \[0, nan\]: bounds have to be finite"),
        (([0], [np.inf]), {}, "upper = .* bounds have to be finite"),
        ((2, "a"), {}, "lower = 'a': bounds have to be numbers"),
        (([0, None], [1, 1]), {}, "bounds have to be numbers"),
        (([[0]], [[1]]), {}, r"shape \(1, 1\)"),
        ((2, 0, 1, 1), {}, "bounded = 1: it is True or False"),
        ((2,), {"integers": [2]}, "integers has 2: it takes indices of variables, .* 0 to 1"),
        ((2,), {"integers": [-1]}, "integers has -1"),
        ((2,), {"integers": 1.0}, "integers has 1.0"),
        ((2,), {"integers": [True]}, "integers has True"),
        ((2,), {"integers": "n"}, "the variable 'n', which there is not"),
        (([0.2], [0.8]), {"integers": [0]}, "for a whole number: lower has to be below upper"),
        (([0], [1e17]), {"integers": [0]}, r"beyond 2\*\*53"),
        ((2,), {"categories": ["a", "b"]}, "labels by the index of a variable"),
        ((2,), {"categories": {2: ["a", "b"]}}, "categories has 2"),
        ((2,), {"categories": {0: "ab"}}, "they have to be a list"),
        ((2,), {"categories": {0: ["a"]}}, "two or more, all different"),
        ((2,), {"categories": {0: ["a", "a"]}}, "two or more, all different"),
        ((2,), {"categories": {0: [[], {}]}}, "cannot be told apart"),
        ((2,), {"names": ["a"]}, "names has 1, dimensions is 2"),
        ((2,), {"names": ["a", "a"]}, "names has 'a' twice"),
        ((2,), {"names": ["a", 1]}, "names has 1: a name has to be text"),
        ((2,), {"names": 3}, "names has 3: a name has to be text"),
    ],
)
def test_wrong_arguments_are_answered_in_words(arguments, keywords, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        evo.Reals(*arguments, **keywords)
    assert caught.value.hint
