from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.errors import UsageError
from evo.genomes.topology import TopologyGenomes
from evo.genomes.topology.check import check
from evo.genomes.topology.crossover import cross
from evo.genomes.topology.distance import Coefficients, distances, speciate
from evo.genomes.topology.express import Express
from evo.genomes.topology.mutation import Rates, mutate
from evo.genomes.topology.start import minimal
from evo.networks.activate import outputs as activate
from evo.phenotype import describe

from . import topology_reference as reference

CODES = np.zeros(1, np.uint8)
BUSY = Rates(0.4, 0.6, 0.15, 0.2, 0.2, 0.8, 0.9, 0.5, 1.0, 30.0, 0.0, 0.0)
STILL = Rates(*[0.0] * 6, 0.9, 0.5, 1.0, 30.0, 0.0, 0.0)
UNEQUAL = Coefficients(1.3, 0.7, 0.4)


def grown(
    n: int = 60, generations: int = 25, recurrent: bool = False, seed: int = 3
) -> TopologyGenomes:
    """A population after random crossover and every mutation."""
    rng = np.random.default_rng(seed)
    population = minimal(n, 3, 2, rng)
    for _ in range(generations):
        a, b = rng.integers(0, n, (2, n))
        population = mutate(
            cross(population, a, b, rng),
            BUSY,
            rng,
            recurrent=recurrent,
            activations=CODES,
            aggregations=CODES,
        )
    return population


def structural(rates: dict[str, float], population: TopologyGenomes) -> TopologyGenomes:
    still = STILL._replace(**rates)
    return mutate(
        population,
        still,
        np.random.default_rng(1),
        activations=CODES,
        aggregations=CODES,
    )


@pytest.mark.parametrize("recurrent", [False, True])
def test_invariants_hold_after_many_generations(recurrent: bool) -> None:
    population = grown(recurrent=recurrent)
    check(population.inputs, population.outputs, population.genes)
    assert population.connection_counts.max() > 10
    assert population.node_counts.max() > 4
    edges: dict[int, tuple[int, int]] = {}
    for row in range(len(population)):
        for mark, source, target, _, _ in reference.connections(population, row):
            edge = (
                reference.node_id(population, row, source),
                reference.node_id(population, row, target),
            )
            assert edges.setdefault(mark, edge) == edge, "one innovation number, one edge"
    cycles = [not reference.acyclic(population, row) for row in range(len(population))]
    assert any(cycles) == recurrent


def test_minimal_genomes_connect_every_input_to_every_output() -> None:
    population = minimal(4, 3, 2, np.random.default_rng(0))
    check(3, 2, population.genes)
    edges = [
        (source, target)
        for _, source, target, _, enabled in reference.connections(population, 2)
        if enabled
    ]
    assert edges == [(0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4)]
    partial = minimal(200, 3, 2, np.random.default_rng(0), connect=0.5)
    assert 0.4 < len(partial.genes.innovation) / 1200 < 0.6


def test_crossover_aligns_genes_as_in_figure_4() -> None:
    fit = [(0, 0, 3, 1.0, True), (1, 1, 3, 2.0, False), (4, 0, 4, 5.0, True)]
    other = [
        (0, 0, 3, -1.0, True),
        (1, 1, 3, -2.0, True),
        (2, 2, 3, -3.0, True),
        (7, 2, 4, -8.0, True),
    ]
    parents = reference.genomes(3, 1, (fit, [(3, 0.1), (9, 0.2)]), (other, [(3, -0.1), (8, -0.2)]))
    n = 2000
    children = cross(parents, np.zeros(n, int), np.ones(n, int), np.random.default_rng(1))
    weights = children.genes.weight.reshape(n, 3)
    assert (children.genes.innovation.reshape(n, 3) == [0, 1, 4]).all(), (
        "disjoint and excess genes of the fitter parent only"
    )
    assert set(weights[:, 0]) == {1.0, -1.0}
    assert set(weights[:, 1]) == {2.0, -2.0}
    assert set(weights[:, 2]) == {5.0}
    assert 0.45 < (weights[:, 0] == 1.0).mean() < 0.55
    enabled = children.genes.enabled.reshape(n, 3)
    assert enabled[:, [0, 2]].all()
    assert 0.22 < enabled[:, 1].mean() < 0.28, (
        "disabled in either parent: disabled in 75 % of the children"
    )
    bias = children.genes.bias.reshape(n, 2)
    assert set(bias[:, 0]) == {0.1, -0.1}
    assert set(bias[:, 1]) == {0.2}


def test_crossing_a_genome_with_itself_is_a_copy() -> None:
    population = grown()
    rows = np.arange(len(population))
    copy = cross(population, rows, rows, np.random.default_rng(1))
    for mine, theirs in zip(population.genes, copy.genes, strict=True):
        assert np.array_equal(mine, theirs)


def test_identical_structural_mutations_share_their_markings() -> None:
    population = minimal(300, 2, 1, np.random.default_rng(0))
    assert (population.next_innovation, population.next_node) == (2, 3)
    split = structural({"add_node": 1.0}, population)
    assert (split.next_innovation, split.next_node) == (6, 5), (
        "two connections can be split, so two nodes and four connections are new"
    )
    by_split = {}
    for row in range(300):
        (old,) = [c[0] for c in reference.connections(split, row) if not c[4]]
        (into, out) = reference.connections(split, row)[2:]
        assert into[3] == 1.0
        assert out[3] == next(c[3] for c in reference.connections(population, row) if c[0] == old)
        by_split.setdefault(old, set()).add((into[0], out[0], reference.nodes(split, row)[-1][0]))
    assert by_split.keys() == {0, 1}
    assert all(len(marks) == 1 for marks in by_split.values())
    again = structural({"add_node": 1.0}, split)
    assert set(again.genes.node) >= set(range(3, again.next_node))
    assert again.next_innovation > 6, "the same split in a later generation is another innovation"


def test_added_connections_are_new_and_close_no_cycle() -> None:
    population = grown(200)
    population = replace(population, next_innovation=10_000)
    added = structural({"add_connection": 1.0}, population)
    gained = added.connection_counts - population.connection_counts
    assert set(gained) <= {0, 1}
    assert gained.mean() > 0.8
    check(3, 2, added.genes)
    assert all(reference.acyclic(added, row) for row in range(200))
    keys = {}
    for row in np.flatnonzero(gained):
        mark, source, target, _, enabled = reference.connections(added, row)[-1]
        edge = reference.node_id(added, row, source), reference.node_id(added, row, target)
        assert enabled
        assert keys.setdefault(edge, mark) == mark
    assert added.next_innovation == 10_000 + len(keys)


def test_deleting_a_node_takes_its_connections_along() -> None:
    chain = [(0, 0, 2, 1.0, True), (1, 0, 3, 2.0, True), (2, 3, 4, 3.0, True), (3, 4, 2, 4.0, True)]
    population = reference.genomes(1, 2, (chain, [(1, 0.1), (2, 0.2), (7, 0.7), (8, 0.8)]))
    many = population.take(np.zeros(50, int))
    less = structural({"delete_node": 1.0}, many)
    check(1, 2, less.genes)
    remains = {
        tuple(n for n, _ in reference.nodes(less, row)): reference.connections(less, row)
        for row in range(50)
    }
    assert remains == {
        (1, 2, 7): [(0, 0, 2, 1.0, True), (1, 0, 3, 2.0, True)],
        (1, 2, 8): [(0, 0, 2, 1.0, True), (3, 3, 2, 4.0, True)],
    }


def test_toggle_and_delete_touch_one_connection() -> None:
    population = grown(100)
    toggled = structural({"toggle": 1.0}, population)
    changed = np.add.reduceat(
        toggled.genes.enabled != population.genes.enabled, population.genes.connections[:-1]
    )
    assert (changed[population.connection_counts > 0] == 1).all()
    less = structural({"delete_connection": 1.0}, population)
    assert (
        population.connection_counts - less.connection_counts == (population.connection_counts > 0)
    ).all()


def test_weights_are_perturbed_or_replaced_at_the_given_rates() -> None:
    population = minimal(4000, 3, 1, np.random.default_rng(0), weight_std=0.0)
    far = population.genes._replace(weight=population.genes.weight + 20)
    population = TopologyGenomes(3, 1, far)
    rates = {"mutate_weights": 0.8, "perturb": 0.9, "perturb_std": 0.5}
    changed = structural(rates, population)
    weights = changed.genes.weight.reshape(4000, 3)
    touched = (weights != 20).any(axis=1)
    assert 0.78 < touched.mean() < 0.82
    replaced = np.abs(weights[touched]) < 10
    assert 0.08 < replaced.mean() < 0.12
    assert 0.48 < (weights[touched][~replaced] - 20).std() < 0.52
    assert 0.93 < weights[touched][replaced].std() < 1.07
    limited = structural({"mutate_weights": 1.0, "weight_limit": 2.0}, population)
    assert np.abs(limited.genes.weight).max() == 2.0


def test_distance_equals_a_slow_reference() -> None:
    population, coefficients = grown(40), UNEQUAL
    measured = distances(population, population, coefficients)
    genes = [reference.connections(population, row) for row in range(40)]
    slow = [[reference.distance(a, b, coefficients) for b in genes] for a in genes]
    assert np.allclose(measured, slow, rtol=1e-12, atol=1e-12)
    assert np.array_equal(measured, measured.T)
    assert (np.diag(measured) == 0).all()


@pytest.mark.parametrize("generations", [3, 40])
def test_speciation_equals_a_slow_reference(generations: int) -> None:
    population = grown(80, generations)
    representatives = population.take(np.arange(0, 80, 9))
    threshold = float(np.median(distances(population, population, UNEQUAL))) * 0.7
    species, founders = speciate(population, representatives, threshold, UNEQUAL, limit=1000)
    to_known, among = (
        distances(population, representatives, UNEQUAL),
        distances(population, population, UNEQUAL),
    )
    expected_founders: list[int] = []
    for row in range(80):
        known = int(np.argmin(to_known[row]))
        choices = [(to_known[row, known], known)]
        if choices[0][0] >= threshold:
            choices += [
                (among[row, f], len(representatives) + k) for k, f in enumerate(expected_founders)
            ]
        near, label = min(choices, key=lambda choice: choice[0])
        if near >= threshold:
            label = len(representatives) + len(expected_founders)
            expected_founders.append(row)
        assert species[row] == label
    assert list(founders) == expected_founders
    capped, few = speciate(
        population, representatives, 1e-9, UNEQUAL, limit=len(representatives) + 2
    )
    assert len(few) == 2
    assert capped.max() < len(representatives) + 2


def test_networks_compute_what_the_genomes_say() -> None:
    population = grown(60, 30)
    inputs = np.random.default_rng(5).normal(size=(7, 3))
    networks = Express()(population)
    computed = activate(networks, inputs)
    slow = [[reference.outputs(population, row, list(x)) for x in inputs] for row in range(60)]
    assert np.allclose(computed, slow, rtol=0, atol=1e-12)
    assert len(networks.bias) < len(population.genes.node), (
        "nodes that no output depends on are left out"
    )


def test_take_slice_and_concat_agree() -> None:
    population = grown(30)
    for rows in (slice(4, 11), slice(0, 0), slice(0, 30)):
        viewed, copied = population.take(rows), population.take(np.arange(30)[rows])
        for a, b in zip(viewed.genes, copied.genes, strict=True):
            assert np.array_equal(a, b)
    joined = TopologyGenomes.concat([population.take(slice(0, 4)), population.take(slice(4, 30))])
    for a, b in zip(population.genes, joined.genes, strict=True):
        assert np.array_equal(a, b)


def test_arrays_round_trip() -> None:
    population = grown(10)
    again = TopologyGenomes.from_arrays(population.to_arrays())
    for a, b in zip(population.genes, again.genes, strict=True):
        assert np.array_equal(a, b)
        assert a.dtype == b.dtype


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_arrays_are_refused_or_harmless(data: st.DataObject) -> None:
    arrays = {name: array.copy() for name, array in grown(5, 8).to_arrays().items()}
    name = data.draw(st.sampled_from(sorted(arrays)))
    array = arrays[name]
    damage = data.draw(st.sampled_from(["value", "cut", "missing", "dtype"]))
    if damage == "value" and len(array):
        low, high = (0, 255) if array.dtype == np.uint8 else (-(2**31), 2**31 - 1)
        array[data.draw(st.integers(0, len(array) - 1))] = data.draw(st.integers(low, high))
    elif damage == "cut":
        arrays[name] = array[: data.draw(st.integers(0, max(len(array) - 1, 0)))]
    elif damage == "missing":
        del arrays[name]
    else:
        arrays[name] = array.astype(np.float32)
    try:
        population = TopologyGenomes.from_arrays(arrays)
    except ValueError:
        return
    # What passes can be used: nothing below may read or write out of bounds.
    for row in range(len(population)):
        describe(Express()(population), row)
    activate(Express()(population), np.zeros((1, population.inputs)))
    if len(population):
        with suppress(UsageError):
            structural({"add_node": 1.0, "add_connection": 1.0, "delete_node": 0.5}, population)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("activation", 24, "an activation function that does not exist"),
        ("aggregation", 255, "an aggregation function that does not exist"),
        ("enabled", 2, "neither enabled nor disabled"),
    ],
)
def test_codes_that_mean_nothing_are_refused(column: str, value: int, words: str) -> None:
    arrays = grown(5, 8).to_arrays()
    arrays[column] = arrays[column].copy()
    arrays[column][-1] = value
    with pytest.raises(ValueError, match=words):
        TopologyGenomes.from_arrays(arrays)


def test_innovation_numbers_cannot_overflow_silently() -> None:
    with pytest.raises(UsageError, match="innovation numbers"):
        genomes = minimal(3, 2, 1, np.random.default_rng(0))
        structural({"add_node": 1.0}, replace(genomes, next_innovation=2**31 - 1))
