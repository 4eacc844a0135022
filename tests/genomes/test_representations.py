"""What every registered representation owes the frame, and how one is chosen."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import evo
from evo import registry
from evo.errors import ConfigError, UnknownName, UsageError
from evo.genomes.bodies.creatures import Creature
from evo.genomes.choice import Route, choose, routes
from evo.genomes.permutations import Order
from evo.genomes.representation import Representation
from evo.genomes.trees.representation import Program
from evo.phenotype import Bits, Need, Network, Parts, Reals
from evo.population import (
    concat_genomes,
    genomes_from_state,
    genomes_state,
    take_genomes,
)
from tests.helpers import same

NEEDS: dict[str, Need] = {
    "reals": Reals(5, -2.0, 3.0, bounded=True),
    "bits": Bits(12),
    "topology": Network(3, 2),
    "permutations": Order(9),
    "trees": Program(2, low=-1.0, high=1.0),
    "bodies": Creature("cpg", targets=1),
    "parts": Parts(body=Reals(3), brain=Network(3, 1), flags=Bits(4)),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def built(name: str) -> tuple[Representation, Callable[[Any], Any]]:
    return Route(NEEDS[name], name).build()


def test_all_are_covered() -> None:
    assert set(NEEDS) == set(registry.REPRESENTATIONS)


@pytest.mark.parametrize("name", NEEDS)
def test_genomes_start_cross_and_mutate_by_their_stream_alone(name: str) -> None:
    kind, development = built(name)
    rows = rng(1).integers(0, 20, (15, 2))
    runs = []
    for _ in range(2):
        first = kind.start(20, rng(2))
        children = kind.mutate(kind.cross(first, rows, rng(3)), rng(4))
        kind.check(first)
        kind.check(children)
        assert (len(first), len(children)) == (20, 15)
        runs.append(genomes_state(children))
        development(children)
    assert same(*runs)
    assert not same(runs[0], genomes_state(take_genomes(first, rows[:, 0])))


@pytest.mark.parametrize("name", NEEDS)
def test_crossing_one_parent_with_itself_is_a_copy(name: str) -> None:
    kind, _ = built(name)
    first = kind.start(6, rng())
    rows = np.array([[2, 2], [5, 5]])
    assert same(
        genomes_state(kind.cross(first, rows, rng(1))),
        genomes_state(take_genomes(first, rows[:, 0])),
    )


@pytest.mark.parametrize("name", NEEDS)
def test_genomes_can_be_written_down(name: str) -> None:
    kind, _ = built(name)
    first = kind.start(6, rng())
    again = genomes_from_state(genomes_state(first))
    kind.check(again)
    assert same(genomes_state(again), genomes_state(first))
    halves = concat_genomes([take_genomes(first, slice(0, 2)), take_genomes(first, slice(2, 6))])
    assert same(genomes_state(halves), genomes_state(first))


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize("other", NEEDS)
def test_genomes_of_another_kind_are_refused(name: str, other: str) -> None:
    if name != other:
        with pytest.raises(ValueError, match=r"genomes? .*|are no "):
            built(name)[0].check(built(other)[0].start(3, rng()))


@pytest.mark.parametrize("name", ["reals", "bits", "topology", "permutations", "bodies"])
def test_distances_are_those_of_a_metric(name: str) -> None:
    kind, _ = built(name)
    first = kind.mutate(kind.start(8, rng()), rng(1))
    distance = kind.distance(first, first)
    assert distance.shape == (8, 8)
    assert np.allclose(distance, distance.T)
    assert np.allclose(np.diag(distance), 0)
    assert (distance + np.eye(8) > 0).all()


def test_parts_have_no_distance_and_say_so() -> None:
    kind, _ = built("parts")
    with pytest.raises(ValueError, match="no distance between genomes in parts"):
        kind.distance(kind.start(2, rng()), kind.start(2, rng()))


@pytest.mark.parametrize(
    ("need", "kind"), [(Network(3, 2), "reals"), (Network(3, 2), "topology"), (NEEDS["parts"], "")]
)
def test_what_phenotypes_become_goes_back_into_the_genomes(need: Need, kind: str) -> None:
    route = choose(need, genome=kind or "auto")
    assert route is not None
    representation, development = route.build()
    genomes = representation.start(7, rng())
    for seed in range(6):
        rows = rng(seed).integers(0, 7, (7, 2))
        genomes = representation.mutate(representation.cross(genomes, rows, rng(seed)), rng(seed))
    changed = development(genomes)
    network = changed["brain"] if isinstance(changed, dict) else changed
    network.weights[:] = rng(8).standard_normal(len(network.weights))
    network.bias[:] = rng(9).standard_normal(len(network.bias))
    back = development.absorb(genomes, changed)  # pyright: ignore[reportFunctionMemberAccess]
    representation.check(back)
    again = development(back)
    network_again = again["brain"] if isinstance(again, dict) else again
    for mine, theirs in zip(network.columns(), network_again.columns(), strict=True):
        assert np.array_equal(mine, theirs)


def test_only_genes_that_are_expressed_and_finite_change() -> None:
    representation, development = built("topology")
    genomes = representation.start(3, rng())
    genomes.genes.enabled[0] = 0
    before = genomes.genes.weight.copy()
    networks = development(genomes)
    networks.weights[:] = np.nan
    networks.weights[-1] = 7.0
    after = development.absorb(genomes, networks)  # pyright: ignore[reportFunctionMemberAccess]
    assert np.array_equal(after.genes.weight[:-1], before[:-1])
    assert after.genes.weight[-1] == 7.0
    assert np.array_equal(genomes.genes.weight, before)
    with pytest.raises(ValueError, match="did not develop from these"):
        development.absorb(representation.start(3, rng()), networks)  # pyright: ignore[reportFunctionMemberAccess]


def test_the_first_representation_that_fits_is_the_default() -> None:
    need = Network(4, 2)
    assert [(way.representation, way.development) for way in routes(need)] == [
        ("reals", "fixed"),
        ("topology", None),
    ]
    assert choose(need) == Route(need, "reals", "fixed")
    assert choose(need, genome="topology") == Route(need, "topology")


@pytest.mark.parametrize(
    ("genome", "words", "hint"),
    [
        ("bits", "genome.kind=bits does not serve networks here", "genome.kind=reals with network"),
        ("bitz", "unknown representation 'bitz' (did you mean 'bits'?)", "reals"),
    ],
)
def test_a_representation_that_does_not_fit_is_refused(genome: str, words: str, hint: str) -> None:
    with pytest.raises((UsageError, UnknownName)) as caught:
        evo.evolution("ga", "cartpole", genome={"kind": genome})
    assert words in str(caught.value)
    assert hint in str(caught.value.hint)


def test_a_genetic_algorithm_evolves_topologies() -> None:
    evolution = evo.evolution(
        "ga", "xor", seed=1, generations=5, genome={"kind": "topology", "add_node": 0.5}
    )
    evolution.run()
    assert evolution.population is not None
    assert evolution.population.genomes.node_counts.max() > 1
    with pytest.raises(UsageError, match="settings under network are of no use"):
        evo.evolution("ga", "xor", genome={"kind": "topology"}, network={"hidden": [3]})


def test_each_part_has_settings_of_its_own() -> None:
    body = evo.Custom(lambda parts: parts["body"].sum(), NEEDS["parts"])
    evolution = evo.evolution(
        "ga",
        body,
        generations=3,
        genome={"body": {"mutation": "gaussian"}, "brain": {"kind": "topology", "add_node": 1.0}},
    )
    evolution.run()
    assert evolution.population is not None
    assert evolution.population.genomes.parts["brain"].node_counts.max() > 1
    with pytest.raises(ConfigError, match=r"unknown key genome\.flags\.sbx_eta"):
        evo.evolution("ga", body, genome={"flags": {"sbx_eta": 3}})
    with pytest.raises(UsageError, match=r"searches real vectors, but this problem needs parts"):
        evo.evolution("cma-es", body)
