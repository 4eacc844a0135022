import hashlib

import numpy as np
import pytest

from evo.algorithms.neat import NEAT, NEATSettings
from evo.errors import ConfigError
from evo.genomes.topology.representation import Settings, Topology
from evo.phenotype import Network
from evo.population import Population
from evo.settings import build
from evo.skeleton import Evolution

BUSY = {
    "add_node": 0.3,
    "add_connection": 0.4,
    "delete_node": 0.05,
    "delete_connection": 0.1,
    "toggle": 0.1,
}


def evolution(seed: int = 1, inputs: int = 3, outputs: int = 2, **values: object) -> Evolution:
    genome = {name: value for name, value in values.items() if name in Settings.model_fields}
    rest = {name: value for name, value in values.items() if name not in genome}
    topology = Topology(Network(inputs, outputs), build(Settings, genome, "genome"))
    return Evolution(NEAT(topology, build(NEATSettings, rest, "algorithm")), seed=seed)


def advance(run: Evolution, generations: int, rng: np.random.Generator) -> None:
    for _ in range(generations):
        run.tell(rng.random(len(run.ask())))


def digest(population: Population) -> str:
    whole = hashlib.sha256()
    arrays = {**population.genomes.to_arrays(), **population.columns}
    del arrays["next"], arrays["birth"], arrays["place"]
    for name, column in sorted(arrays.items()):
        # Rounded, so that the last bit of another processor's exp() does not count.
        exact = np.round(column, 9) + 0.0 if column.dtype.kind == "f" else column
        whole.update(name.encode() + np.ascontiguousarray(exact).tobytes())
    return whole.hexdigest()[:16]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "e9dca98b75cac81d"),
        (BUSY, "363ddb19446a5a1a"),
        (
            {**BUSY, "recurrent": True, "activations": ["tanh", "relu"], "change_activation": 0.2},
            "df2c394afe41771b",
        ),
    ],
)
def test_golden_population(values: dict[str, object], expected: str) -> None:
    """A change here changes every run of every user with the same seed.

    It belongs in the changelog.
    """
    run = evolution(population=60, **values)
    advance(run, 25, np.random.default_rng(0))
    assert run.population is not None
    assert digest(run.population) == expected


def test_population_keeps_its_size_and_elites_survive_unchanged() -> None:
    run, rng = evolution(population=80, **BUSY), np.random.default_rng(0)
    advance(run, 8, rng)
    before = run.population
    assert before is not None
    elites = np.flatnonzero(before.columns["elite"])
    assert before.score.argmax() in elites
    offspring = run.ask()
    assert len(offspring) == 80 - len(elites)
    run.tell(rng.random(len(offspring)))
    after = run.population
    assert after is not None
    assert len(after) == 80
    assert np.array_equal(after.fitness[: len(elites)], before.fitness[elites])
    for a, b in zip(
        after.genomes.take(slice(0, len(elites))).genes,
        before.genomes.take(elites).genes,
        strict=True,
    ):
        assert np.array_equal(a, b)


def test_the_champion_of_each_large_species_survives() -> None:
    run = evolution(population=120, **BUSY)
    advance(run, 10, np.random.default_rng(2))
    population = run.population
    assert population is not None
    ids, sizes = np.unique(population.columns["species"], return_counts=True)
    assert len(ids) > 3
    elites = np.flatnonzero(population.columns["elite"])
    breeding = population.memory.species
    for species, size in zip(ids, sizes, strict=True):
        members = np.flatnonzero(population.columns["species"] == species)
        champion = members[population.score[members].argmax()]
        lives = breeding.offspring[breeding.ids == species][0] > 0
        if lives and size > 5:
            assert champion in elites
        assert len(np.intersect1d(members, elites)) <= 1


def test_offspring_come_from_the_best_fifth_of_their_species() -> None:
    run = evolution(population=100, interspecies=0.0)
    advance(run, 6, np.random.default_rng(1))
    population, algorithm = run.population, run.algorithm
    assert population is not None
    parents = algorithm.select_parents(population, np.random.default_rng(0))
    species = population.columns["species"]
    assert (species[parents.rows[:, 0]] == species[parents.rows[:, 1]]).all()
    for label in np.unique(species):
        members = np.flatnonzero(species == label)
        best = members[np.argsort(-population.score[members], kind="stable")][
            : int(np.ceil(0.2 * len(members)))
        ]
        bred = np.unique(parents.rows[species[parents.rows[:, 0]] == label])
        assert set(bred) <= set(best)
    alone = (parents.rows[:, 0] == parents.rows[:, 1]).mean()
    assert alone > 0.2, "a quarter mutates without crossover"


def test_stagnant_species_die_but_the_best_two_stay() -> None:
    run = evolution(population=100, stagnation=3, target_species=6, **BUSY)
    rng, died = np.random.default_rng(0), 0
    for _ in range(30):
        offspring = run.ask()
        # Nothing ever improves on the first generation.
        fitness = (
            np.full(len(offspring), 1.0) if run.generation else 2.0 + rng.random(len(offspring))
        )
        record = run.tell(fitness)
        died += sum(event["event"] == "species_stagnated" for event in record.events)
        assert run.population is not None
        breeding = run.population.memory.species.offspring
        assert breeding.sum() == 100
        assert (breeding > 0).sum() >= 1
    assert died > 3


def test_failed_individuals_never_breed_and_never_lead() -> None:
    run = evolution(population=50)
    for _ in range(5):
        offspring = run.ask()
        fitness = np.full(len(offspring), np.nan)
        fitness[::7] = -5.0
        run.tell(fitness)
        assert run.population is not None
        parents = run.algorithm.select_parents(run.population, np.random.default_rng(0))
        species, score = run.population.columns["species"], run.population.score
        for pair in np.unique(parents.rows):
            peers = score[species == species[pair]]
            assert score[pair] > -np.inf or np.isfinite(peers).sum() < np.ceil(0.2 * len(peers))


def test_number_of_species_stays_near_its_target() -> None:
    run, rng, counts = evolution(population=300, inputs=4), np.random.default_rng(0), []
    for _ in range(60):
        record = run.tell(rng.random(len(run.ask())))
        counts.append(record.metrics["species"])
        assert sum(record.metrics["species_sizes"].values()) == 300
    assert 8 <= np.mean(counts[10:]) <= 10
    assert max(counts) == 10


def test_state_of_another_problem_is_refused() -> None:
    run, other = evolution(), evolution(inputs=5)
    advance(run, 2, np.random.default_rng(0))
    with pytest.raises(ValueError, match="3 inputs and 2 outputs are none for"):
        other.load_state_dict(run.state_dict())


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("next_species", 1, "next species is one that a species has"),
        ("offspring", 2**31 - 1, "as many offspring as there are individuals"),
        ("offspring", 0, "as many offspring as there are individuals"),
    ],
)
def test_species_that_no_run_has_are_refused(part: str, value: int, words: str) -> None:
    run = evolution()
    advance(run, 2, np.random.default_rng(0))
    state = run.state_dict()
    memory = state["population"]["memory"]
    if part == "offspring":
        memory["species"] |= {part: np.where(memory["species"][part] > 0, value, 0)}
        if value == 0:
            memory["representatives"] = run.population.genomes.take(slice(0, 0)).to_arrays()
    else:
        memory[part] = value
    with pytest.raises(ValueError, match=words):
        evolution().load_state_dict(state)


def test_tiny_populations_work() -> None:
    for size in (2, 3, 5):
        run = evolution(population=size, **BUSY)
        advance(run, 12, np.random.default_rng(0))
        assert run.population is not None
        assert len(run.population) == size


def test_unknown_functions_are_named() -> None:
    with pytest.raises(ConfigError, match=r"unknown activation 'tahn' \(did you mean 'tanh'\?\)"):
        build(Settings, {"activations": ["tahn"]}, "genome")
