"""Constraints: feasible beats infeasible, less violation beats more, nobody's cost is invented.

Seen when planted: violation left out of the score, infeasible fitness kept as it is.
"""

import copy

import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.evaluation import make_evaluator
from evo.operators.pareto import ranks
from evo.operators.selection import best_first, proportionate
from evo.population import VIOLATION, Evaluation, Population
from tests.helpers import same

ALGORITHMS = ("ga", "es", "cma-es", "openai-es", "nsga2")


def population(fitness, violation) -> Population:
    evaluation = Evaluation(np.array(fitness, float), {VIOLATION: np.array(violation, float)})
    return Population(np.zeros((len(fitness), 1)), np.zeros(len(fitness))).evaluated(evaluation)


def test_the_infeasible_have_no_fitness_and_rank_behind_by_violation() -> None:
    mixed = population([5.0, 1.0, 99.0, 2.0, 50.0, 7.0], [0, 0, 0.5, 0, 1e-9, np.nan])
    assert np.isnan(mixed.fitness).tolist() == [False, False, True, False, True, True]
    assert mixed.infeasible.tolist() == [False, False, True, False, True, False]
    assert mixed.violation.tolist() == [0, 0, 0.5, 0, 1e-9, np.inf]
    assert best_first(mixed.score).tolist() == [0, 3, 1, 4, 2, 5]
    assert mixed.score[5] == -np.inf
    assert (mixed.best(), mixed.take(np.array([2, 4, 5])).best()) == (0, 1)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e16, 1e300, 1.7e308])
@pytest.mark.parametrize("level", [-1.0, 0.0, 1.0])
def test_the_order_holds_whatever_the_figures(scale: float, level: float) -> None:
    fitness = np.append(np.array([level, level * 0.5, level]) * scale, [3.0, 4.0, 5.0])
    score = population(fitness, [0, 0, 0, 1e-300, 2e-300, 1e300]).score
    assert np.isfinite(score).all()
    assert score[:3].min() >= score[3] >= score[4] >= score[5]
    if scale < 1e308:
        assert score[:3].min() > score[3] > score[4] > score[5]
    assert proportionate(score)[-1] == 0


def test_nobody_feasible_is_an_order_still() -> None:
    score = population([0.0] * 3, [3.0, 1.0, 1.0]).score
    assert score[1] == score[2] > score[0]
    assert np.isfinite(score).all()


def test_fronts_of_the_feasible_come_first() -> None:
    fitness = np.array([[1, 1], [2, 2], [np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan]])
    assert ranks(fitness, np.array([0, 0, 0.5, 0.2, np.inf])).tolist() == [1, 0, 3, 2, 4]
    assert ranks(fitness).tolist() == [1, 0, 2, 2, 2]


def cost(x: np.ndarray) -> float:
    """Least at (1, 1, 3) within the constraints, where it is 2; infeasible points are errors."""
    assert x[0] + x[1] >= 2
    return np.square(x - [0, 0, 3.2]).sum()


PROBLEM = evo.minimise(
    cost,
    evo.Reals([-4, -4, 0], [4, 4, 9], integers=[2]),
    constraints=[lambda x: 2 - x[0] - x[1], lambda x: [x[0] - 3, x[1] - 3]],
)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        *[(name, {}) for name in ALGORITHMS],
        *[
            ("ga", {"selection": each})
            for each in ("roulette", "proportional", "universal", "rank", "truncation")
        ],
    ],
)
def test_the_constrained_optimum_is_found(name: str, settings: dict) -> None:
    evolution = evo.evolution(name, PROBLEM, seed=1, generations=80, settings=settings)
    records = list(evolution)
    solution = evolution.solution
    assert solution.feasible
    assert solution.figure == pytest.approx(2.04, abs=0.3)
    assert solution.values["x2"] == 3
    assert sum(record.infeasible or 0 for record in records) > 0
    assert all(record.failures == 0 for record in records), "infeasible is not failed"
    for record in records:
        assert np.isnan(record.best) or record.best <= -2.04
        assert not record.worst < -200


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_least_infeasible_is_the_result_until_somebody_is_feasible(name: str) -> None:
    problem = evo.minimise(lambda _: 1 / 0, evo.Reals(3), constraints=lambda x: 1 + x @ x)
    evolution = evo.evolution(name, problem, seed=1, generations=40)
    records = list(evolution)
    for record in records:
        assert np.isnan([record.best, record.mean, record.median, record.best_so_far]).all()
        assert record.failures == 0
    assert sum(record.infeasible or 0 for record in records) == evolution.evaluations
    solution = evolution.solution
    assert not solution.feasible
    assert np.isnan(solution.figure)
    assert 1 <= solution.violation < 1.1
    assert "infeasible (constraints exceeded by 1" in str(solution)
    assert evolution.best_generation > 1
    assert np.isnan(evolution.best_value)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_constrained_search_resumes_to_the_bit(name: str) -> None:
    problem = evo.minimise(
        lambda x: x @ x, evo.Reals(3, -5, 5), constraints=lambda x: 8 - x[0] - x[1]
    )
    whole = evo.evolution(name, problem, seed=4, generations=8)
    states = []
    while whole.stopped is None:
        whole.step()
        states.append(copy.deepcopy(whole.state_dict()))
    for state in states:
        resumed = evo.evolution(name, problem, seed=4, generations=8)
        resumed.load_state_dict(state)
        list(resumed)
        assert same({**resumed.state_dict(), "elapsed": 0}, {**whole.state_dict(), "elapsed": 0})


def test_several_scores_within_constraints() -> None:
    problem = evo.minimise(
        lambda x: [x @ x, (x - [2, 0]) @ (x - [2, 0])],
        evo.Reals([-3, -3], [3, 3]),
        scores=["here", "there"],
        constraints=lambda x: 1 - x[1],
    )
    evolution = evo.evolution("nsga2", problem, seed=1, generations=60)
    records = list(evolution)
    assert len(evolution.solutions) > 50
    assert all(each.feasible and each.phenotype[1] >= 1 for each in evolution.solutions)
    assert np.mean([each.phenotype[1] for each in evolution.solutions]) < 1.02
    assert records[-1].metrics["front"] == len(evolution.solutions)
    assert evolution.solution.figures.keys() == {"here", "there"}


class Terrain(evo.Problem):
    """Fitness is the height; some of the plane is forbidden."""

    needs = evo.Reals([0, 0], [1, 1])
    descriptors = (evo.Descriptor("x", 0, 1), evo.Descriptor("y", 0, 1))
    forbidden = 0.5

    def evaluate(self, phenotypes, seeds):
        x, y = phenotypes.T
        results = {"x": x, "y": y, "violation": np.maximum(0.0, self.forbidden - x)}
        return evo.Evaluation(x + y, results)


class Forbidden(Terrain):
    """Nowhere is allowed."""

    forbidden = 2.0


def test_an_archive_counts_its_feasible_elites() -> None:
    evolution = evo.evolution(
        "map-elites", Terrain(), seed=1, generations=60, settings={"resolution": 10}
    )
    records = list(evolution)
    assert records[-1].metrics["elites"] == 50 == len(evolution.solutions)
    assert records[-1].metrics["coverage"] == 0.5
    assert np.isfinite(records[-1].metrics["qd_score"])
    picture = evolution.algorithm.picture(evolution.population)  # pyright: ignore[reportArgumentType]
    assert picture is not None
    assert len(picture["cells"]) == 50
    nobody = evo.evolution("map-elites", Forbidden(), seed=1, generations=5)
    records = list(nobody)
    assert records[-1].metrics == {"elites": 0, "coverage": 0.0, "qd_score": 0.0}
    assert [each.feasible for each in nobody.solutions] == [False]
    again = evo.evolution("map-elites", Forbidden(), seed=1, generations=5)
    again.load_state_dict(nobody.state_dict())


@pytest.mark.parametrize("kind", ["serial", "threads"])
def test_batches_do_not_matter(kind: str) -> None:
    genomes = np.random.default_rng(1).uniform(-4, 4, (300, 3))
    seeds = np.zeros(300, np.uint64)
    with make_evaluator(kind, PROBLEM, lambda x: x, workers=1 if kind == "serial" else 3) as place:
        result = place.evaluate(genomes, seeds)
    whole = PROBLEM.evaluate(genomes, seeds)
    assert same(result.fitness, whole.fitness)
    assert same(dict(result.results), dict(whole.results))
    assert not result.errors


def test_batch_constraints_get_all_rows() -> None:
    single = evo.minimise(lambda x: x.sum(), evo.Reals(2), constraints=lambda x: [-x[0], x[1]])
    batch = evo.minimise(
        lambda x: x.sum(axis=1),
        evo.Reals(2),
        constraints=[lambda x: -x[:, 0], lambda x: x[:, 1:]],
        batch=True,
    )
    genomes = np.random.default_rng(1).uniform(-1, 1, (50, 2))
    results = [each.evaluate(genomes, np.zeros(50, np.uint64)) for each in (single, batch)]
    assert same(results[0].fitness, results[1].fitness)
    assert same(dict(results[0].results), dict(results[1].results))
    assert 0 < np.isnan(results[0].fitness).sum() < 50


def test_constraints_hold_for_networks_too() -> None:
    problem = evo.maximise(
        lambda network: float(network.weights.sum()),
        evo.Network(2, 1),
        constraints=lambda network: float(np.abs(network.weights).max()) - 1.0,
    )
    evolution = evo.evolution("neat", problem, seed=1, generations=15)
    evolution.run()
    assert evolution.solution.feasible
    assert np.abs(evolution.solution.phenotype.weights).max() <= 1


def test_an_infinite_violation_is_as_bad_as_any_and_nan_is_a_failure() -> None:
    bad = {0: np.inf, 1: np.nan, 2: -1.0, 3: 1.0}
    problem = evo.minimise(lambda x: 0.0, evo.Reals(1), constraints=lambda x: bad[int(x[0])])
    genomes = np.arange(4.0)[:, None]
    with make_evaluator("serial", problem, lambda x: x) as place:
        result = place.evaluate(genomes, np.zeros(4, np.uint64))
    assert result.infeasible.tolist() == [True, False, False, True]
    assert set(result.errors) == {1}


def test_violations_of_another_number_are_refused() -> None:
    with pytest.raises(UsageError, match=r"shape \(2,\) for 3 individuals"):
        Evaluation(np.zeros(3), {VIOLATION: np.zeros(2)})


def test_ask_and_tell_takes_violations() -> None:
    evolution = evo.evolution("es", evo.Reals(2), seed=1)
    for _ in range(30):
        x = evolution.ask().genomes
        result = {VIOLATION: np.maximum(0.0, 1.0 - x[:, 0])}
        record = evolution.tell(Evaluation(-np.square(x).sum(axis=1), result))
    assert evolution.solution.values["x0"] == pytest.approx(1, abs=0.02)
    assert record.infeasible is not None
