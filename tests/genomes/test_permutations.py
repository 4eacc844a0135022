"""Permutations: every operator, by what it does to places."""

import numpy as np
import pytest

from evo.genomes.permutations import (
    MUTATIONS,
    Operators,
    Order,
    Permutations,
    insertion,
    inversion,
    order,
    scramble,
    swap,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def shuffled(count: int, length: int, seed: int = 1) -> np.ndarray:
    return rng(seed).permuted(np.tile(np.arange(length), (count, 1)), axis=1)


@pytest.mark.parametrize("length", [1, 2, 3, 17])
def test_children_are_permutations(length: int) -> None:
    for name in MUTATIONS:
        kind = Permutations(Order(length), Operators(mutation=name, mutation_rate=1.0))
        genomes = kind.start(200, rng())
        children = kind.mutate(
            kind.cross(genomes, rng(2).integers(0, 200, (300, 2)), rng(3)), rng()
        )
        assert (np.sort(children, axis=1) == np.arange(length)).all(), name


def slow_order(first: list[int], second: list[int], begin: int, end: int) -> list[int]:
    """Davis' description, word for word."""
    length = len(first)
    child = [-1] * length
    child[begin:end] = first[begin:end]
    rest = [second[(end + k) % length] for k in range(length)]
    rest = [city for city in rest if city not in child]
    for k in range(length - (end - begin)):
        child[(end + k) % length] = rest[k]
    return child


def test_order_crossover_is_davis() -> None:
    genomes = shuffled(60, 9)
    rows = rng(2).integers(0, 60, (2000, 2))
    children = order(genomes, rows, rng(5))
    begin, end = np.sort(rng(5).integers(10, size=(2, 2000, 1)), axis=0)[..., 0]
    for child, (a, b), i, j in zip(children, rows, begin, end, strict=True):
        assert child.tolist() == slow_order(genomes[a].tolist(), genomes[b].tolist(), i, j)


def test_swap_exchanges_two_places_all_of_them_equally_often() -> None:
    genomes = shuffled(6000, 5)
    moved = swap(genomes, rng()) != genomes
    assert (moved.sum(axis=1) == 2).all()
    pairs = np.unique(np.sort(np.argwhere(moved)[:, 1].reshape(-1, 2)), axis=0, return_counts=True)
    assert len(pairs[0]) == 10
    # 600 of each expected; chi-square with 9 degrees of freedom stays below 27.9 in 999 of 1000.
    assert ((pairs[1] - 600) ** 2 / 600).sum() < 27.9


def test_inversion_turns_one_piece_around() -> None:
    genomes = shuffled(500, 9)
    for before, after in zip(genomes, inversion(genomes, rng()), strict=True):
        places = np.flatnonzero(before != after)
        piece = slice(places[0], places[-1] + 1)
        assert after[piece].tolist() == before[piece][::-1].tolist()


def test_insertion_moves_one_number_and_keeps_the_order_of_the_others() -> None:
    genomes = shuffled(500, 9)
    for before, after in zip(genomes.tolist(), insertion(genomes, rng()).tolist(), strict=True):
        assert before != after
        assert any(
            [x for x in before if x != moved] == [x for x in after if x != moved]
            for moved in before
        )


def test_scramble_shuffles_a_piece_only() -> None:
    genomes = np.tile(np.arange(6), (4000, 1))
    children = scramble(genomes, rng())
    moved = children != genomes
    changed = children[moved.any(axis=1)]
    # Every order of a piece of three may come out.
    assert {tuple(c) for c in changed if (c[3:] == [3, 4, 5]).all()} == {
        (0, 2, 1, 3, 4, 5),
        (1, 0, 2, 3, 4, 5),
        (1, 2, 0, 3, 4, 5),
        (2, 0, 1, 3, 4, 5),
        (2, 1, 0, 3, 4, 5),
    }


def test_as_many_are_mutated_as_the_rate_says() -> None:
    kind = Permutations(Order(20), Operators(mutation="swap", mutation_rate=0.25))
    genomes = kind.start(4000, rng())
    changed = (kind.mutate(genomes, rng(1)) != genomes).any(axis=1)
    assert abs(changed.mean() - 0.25) < 0.03


def test_distance_counts_places() -> None:
    kind = Permutations(Order(3))
    genomes = np.array([[0, 1, 2], [1, 0, 2], [1, 2, 0]])
    assert kind.distance(genomes, genomes).tolist() == [[0, 2, 3], [2, 0, 2], [3, 2, 0]]


@pytest.mark.parametrize(
    "genomes",
    [np.zeros((2, 3), int), np.eye(3), np.arange(4)[None], np.arange(3), np.full((1, 3), -1)],
)
def test_what_is_no_permutation_is_refused(genomes: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no permutations"):
        Permutations(Order(3)).check(genomes)


def test_first_genomes_are_all_orders_equally_often() -> None:
    genomes = Permutations(Order(3)).start(6000, rng())
    _, counts = np.unique(genomes, axis=0, return_counts=True)
    assert len(counts) == 6
    assert ((counts - 1000) ** 2 / 1000).sum() < 20.5
