"""The needle in a haystack."""

import numpy as np
import pytest

import evo
from evo.errors import ConfigError
from evo.problems.hinton_nowlan import HintonNowlan

SEEDS = np.random.default_rng(0).integers(2**64, size=40_000, dtype=np.uint64)


def worth(alleles: str, seeds=SEEDS, **settings) -> np.ndarray:
    """Fitness of one individual in many lives: w is wrong, r is right, ? is open."""
    problem = HintonNowlan({"length": len(alleles), **settings})
    row = np.array([["wr?".index(allele) for allele in alleles]], np.float64)
    return problem.evaluate(np.repeat(row, len(seeds), axis=0), seeds).fitness


def test_who_knows_all_is_worth_most_and_who_errs_is_worth_one():
    assert (worth("r" * 20) == 20.0).all()
    assert (worth("r" * 19 + "w") == 1.0).all()
    assert (worth("?" * 19 + "w") == 1.0).all()


@pytest.mark.parametrize("opened", [1, 3, 6])
def test_guessing_is_worth_what_a_simulation_of_it_is(opened):
    trials, length = 50, 8
    found = worth("r" * (length - opened) + "?" * opened, trials=trials)
    rng = np.random.default_rng(1)
    hits = (rng.random((20_000, trials, opened)) < 0.5).all(axis=2)
    first = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, trials)
    simulated = 1 + (length - 1) * (trials - first) / trials
    assert found.mean() == pytest.approx(simulated.mean(), abs=0.05)
    assert found.std() == pytest.approx(simulated.std(), abs=0.05)


def test_without_learning_open_switches_are_wrong_ones():
    assert (worth("rrr?", learning=False) == 1.0).all()
    assert (worth("rrrr", learning=False) == 4.0).all()


def test_a_life_depends_on_its_seed_alone():
    whole = worth("rr??" * 2, SEEDS[:50])
    assert np.array_equal(whole[7:9], worth("rr??" * 2, SEEDS[7:9]))
    assert len(np.unique(whole)) > 5


def test_learning_leads_evolution_to_the_needle_and_nothing_else_does():
    for learning in (True, False):
        task = {"length": 10, "trials": 100, "learning": learning}
        problem = evo.problem("hinton-nowlan", **task)
        alleles = []
        for seed in range(3):
            evolution = evo.evolution(
                "ga",
                problem,
                seed=seed,
                generations=20,
                settings={"population": 300, "elites": 0, "selection": "roulette"},
                genome={"crossover": "one-point", "mutation_rate": 0.0},
            )
            evolution.run()
            alleles.append(np.rint(evolution.population.genomes))
        wrong = np.mean([(each == 0).mean() for each in alleles])
        opened = np.mean([(each >= 2).mean() for each in alleles])
        if learning:
            assert wrong < 0.02
            assert 0.05 < opened < 0.9
        else:
            assert wrong > 0.1


def test_settings_have_bounds():
    with pytest.raises(ConfigError, match=r"problem\.trials = 0"):
        evo.problem("hinton-nowlan", trials=0)
