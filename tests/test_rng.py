"""Random streams: keyed, independent of order and of how many are drawn."""

import numpy as np
import pytest

from evo.rng import Role, Streams


def test_the_same_key_gives_the_same_numbers_whatever_was_drawn_before() -> None:
    streams = Streams(7)
    first = streams.generator(3, Role.MUTATE).random(5)
    streams.generator(1, Role.SELECT).random(100)
    assert np.array_equal(streams.generator(3, Role.MUTATE).random(5), first)
    assert np.array_equal(Streams(7).generator(3, Role.MUTATE).random(5), first)


def test_generations_roles_rows_and_seeds_have_streams_of_their_own() -> None:
    draws = {
        tuple(Streams(seed).generator(generation, role, *row).random(4))
        for seed in (0, 1, 2**40)
        for generation in (0, 1, 2)
        for role in Role
        for row in ((), (0,), (1,))
    }
    assert len(draws) == 3 * 3 * len(Role) * 3


@pytest.mark.parametrize("fewer", [0, 1, 10, 99])
def test_the_first_seeds_do_not_depend_on_how_many_there_are(fewer: int) -> None:
    streams = Streams(7)
    assert np.array_equal(
        streams.seeds(2, Role.EVALUATE, 100)[:fewer], streams.seeds(2, Role.EVALUATE, fewer)
    )


def test_seeds_are_distinct() -> None:
    seeds = np.concatenate(
        [Streams(s).seeds(g, role, 100) for s in (0, 1) for g in (1, 2) for role in Role]
    )
    assert seeds.dtype == np.uint64
    assert len(np.unique(seeds)) == len(seeds)


def test_the_streams_are_the_same_in_every_version() -> None:
    assert Streams(1).generator(2, Role.RECOMBINE).integers(1000, size=3).tolist() == [
        389,
        770,
        270,
    ]
    assert Streams(1).seeds(2, Role.EVALUATE, 2).tolist() == [
        1616358372855467692,
        4032239970186489375,
    ]
    assert [int(role) for role in Role] == list(range(len(Role)))


def test_uniform_numbers_of_neighbouring_keys_are_not_correlated() -> None:
    a = np.array([Streams(0).generator(g, Role.MUTATE).random() for g in range(2000)])
    b = np.array([Streams(0).generator(g, Role.SELECT).random() for g in range(2000)])
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.1
    assert abs(np.corrcoef(a[1:], a[:-1])[0, 1]) < 0.1
    assert abs(a.mean() - 0.5) < 0.03
