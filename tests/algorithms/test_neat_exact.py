"""NEAT: rules of the paper that no figure of a run shows by itself.

Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
Evolutionary Computation 10(2), 2002, sections 3.2, 3.3 and 4.1.

Seen when planted: of equals the larger gives disjoint and excess genes, the distance is not
normalised by size, the foreign mate is of the own species, the population never stagnates.
"""

from typing import Any

import numpy as np
import pytest

from evo.algorithms.neat import NEAT, NEATSettings
from evo.genomes.topology.distance import Coefficients, distances
from evo.genomes.topology.representation import Settings, Topology
from evo.phenotype import Network
from evo.settings import build
from evo.skeleton import Evolution
from tests.genomes.topology_reference import genomes

GROWING = {"add_node": 0.2, "add_connection": 0.2}
ONE_SPECIES = {"target_species": 0, "threshold": 1e9}


def search(seed: int = 1, **values: Any) -> Evolution:
    topology = Topology(Network(3, 2), Settings(**GROWING))
    return Evolution(NEAT(topology, build(NEATSettings, values, "algorithm")), seed=seed)


def connections_after(generations: int, seed: int, **values: Any) -> float:
    """Mean number of connections in a population of which nobody is better than another."""
    run = search(seed, survival=1.0, **ONE_SPECIES, **values)
    for _ in range(generations):
        record = run.tell(np.zeros(len(run.ask())))
    return record.metrics["connections"]


def test_of_equals_the_smaller_gives_disjoint_and_excess_genes() -> None:
    """So crossover of equals slows growth down; if the larger gave them it would speed it up."""
    alone = np.mean([connections_after(15, seed, crossover=0.0) for seed in range(4)])
    crossed = np.mean([connections_after(15, seed, crossover=1.0) for seed in range(4)])
    assert crossed < alone - 0.5


@pytest.mark.parametrize(("size", "scale"), [(5, 1.0), (20, 1.0), (40, 2.0), (100, 5.0)])
def test_distance_is_counted_per_twenty_genes_of_the_larger_genome(size: int, scale: float) -> None:
    """Of `size` genes four fifths match, one fifth is split into disjoint and excess genes."""
    whole = [(i, i, size, 1.0, True) for i in range(size)]
    fewer = [gene for i, gene in enumerate(whole) if i % 5 != 2]
    nodes = [(size, 0.0)]
    both = genomes(size, 1, (whole, nodes), (fewer, nodes))
    for weights in (Coefficients(1.0, 1.0, 0.0), Coefficients(3.0, 0.5, 0.0)):
        expected = weights.disjoint * (size - len(fewer)) / scale
        measured = distances(both, both, weights)
        assert measured[0, 1] == measured[1, 0] == pytest.approx(expected)
    halves = genomes(size, 1, (whole, nodes), (whole[: size // 2], nodes))
    excess = distances(halves, halves, Coefficients(2.0, 7.0, 0.0))[0, 1]
    assert excess == pytest.approx(2.0 * (size - size // 2) / scale)


def test_foreign_mates_are_champions_of_another_species() -> None:
    run = search(population=100, interspecies=1.0, crossover=1.0)
    rng = np.random.default_rng(0)
    for _ in range(8):
        run.tell(rng.random(len(run.ask())))
    population = run.population
    assert population is not None
    species = population.columns["species"]
    assert len(np.unique(species)) > 2
    rows = run.algorithm.select_parents(population, np.random.default_rng(1)).rows
    own, foreign = species[rows].T
    assert (own != foreign).all()
    assert len(np.unique(foreign)) == len(np.unique(species))
    for row in np.unique(rows[:, 1]):
        assert population.score[row] == population.score[species == species[row]].max()


def test_after_long_stagnation_only_the_two_best_species_breed() -> None:
    patience = 4
    run = search(population=90, stagnation=1000, population_stagnation=patience, threshold=1.5)
    dead, sizes = [], []
    for generation in range(1, 13):
        count = len(run.ask())
        # nobody ever is better than the first generation
        fitness = 10.0 + np.arange(count) if generation == 1 else np.arange(count) / count
        record = run.tell(fitness)
        stagnated = [e for e in record.events if e["event"] == "species_stagnated"]
        dead.append(len(stagnated))
        sizes.append(record.metrics["species"])
    marks = np.flatnonzero(dead) + 1
    assert marks.tolist() == [1 + patience + 1, 1 + 2 * (patience + 1)]
    for mark in marks:
        assert sizes[mark - 1] - dead[mark - 1] == 2
        assert dead[mark - 1] > 1
