"""How long a life is, what individuals are worth before it, and what is refused in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.errors import ConfigError, UsageError
from evo.evaluation import make_evaluator
from evo.learning.lifetimes.lifetime import Lifetime
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.phenotype import Network

SEEDS = np.arange(5, dtype=np.uint64)


def lifetime(problem: str = "xor", **settings: Any) -> Lifetime:
    return Lifetime(evo.problem(problem).seeded(0), settings)


def topology(inputs: int = 2, outputs: int = 1, **settings: Any) -> FixedTopology:
    chosen = FixedTopology.Settings(hidden=(4,), **settings)  # pyright: ignore[reportArgumentType]
    return FixedTopology(Network(inputs, outputs), chosen)


def networks(fixed: FixedTopology | None = None) -> Networks:
    fixed = fixed or topology()
    return fixed(np.random.default_rng(1).uniform(-1, 1, (5, fixed.needs.dimensions)))


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ({}, 20),
        ({"steps": 7}, 7),
        ({"samples": 4}, 1),
        ({"samples": 11}, 2),  # xor has four lessons
        ({"samples": 11, "batch": 3}, 3),
        ({"samples": 11, "batch": 100}, 2),
        ({"samples": 11, "inherit": "darwin"}, 0),
    ],
)
def test_samples_are_whole_batches_of_lessons(settings: dict[str, Any], steps: int) -> None:
    learner = lifetime(**settings)
    assert learner.steps == steps
    per_step = min(settings.get("batch", 4), 4)
    spent = learner.evaluate(networks(), SEEDS).spent["samples"]
    assert spent.tolist() == [steps * per_step] * 5


def test_a_life_in_samples_is_the_one_in_steps() -> None:
    by_steps, by_samples = lifetime(steps=3, batch=3), lifetime(samples=10, batch=3)
    first, second = (each.educated(networks(), SEEDS) for each in (by_steps, by_samples))
    assert np.array_equal(first.weights, second.weights)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"samples": 40, "steps": 10}, "steps and samples both say how long a life is"),
        ({"steps": 0}, r"nobody learns in 0 steps; set inherit=darwin"),
        ({"steps": 0, "inherit": "baldwin"}, "nobody learns in 0 steps"),
        ({"samples": 0}, r"lifetime\.samples = 0: .*greater than or equal to 1"),
        ({"samples": 3}, r"lifetime\.samples = 3: a step takes 4 lessons"),
        ({"samples": 1, "batch": 2}, r"samples = 1: a step takes 2 lessons"),
    ],
)
def test_budgets_that_are_none_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises((ConfigError, UsageError), match=words):
        lifetime(**settings)


def test_darwin_takes_no_steps() -> None:
    assert not lifetime(steps=0, inherit="darwin").settings.learns


@pytest.mark.parametrize("rule", ["bp", "usf"])
def test_the_innate_score_is_that_of_who_has_not_learnt(rule: str) -> None:
    told, silent = lifetime(rule=rule, innate=True), lifetime(rule=rule)
    evaluation, without = (each.evaluate(networks(), SEEDS) for each in (told, silent))
    born = evo.problem("xor").evaluate(networks(), SEEDS).fitness
    assert np.array_equal(evaluation.results["innate"], born)
    assert (evaluation.fitness > born).all()
    assert np.array_equal(evaluation.fitness, without.fitness)
    assert "innate" not in without.results
    assert {unit: list(n) for unit, n in evaluation.spent.items()} == {"samples": [80] * 5}


def test_the_innate_score_of_learners_from_data_is_on_the_same_examples() -> None:
    learner = lifetime("two-moons", innate=True, inherit="baldwin")
    born = networks(topology(2, 2))
    evaluation = learner.evaluate(born, SEEDS)
    expected = learner.inner.evaluate(born, SEEDS)
    assert np.array_equal(evaluation.results["innate"], expected.fitness)
    assert evaluation.spent["examples"].tolist() == expected.spent["examples"].tolist()


def test_metrics_have_the_innate_score(tmp_path: Path) -> None:
    words = ["run", "ga", "two-moons", "--out", str(tmp_path), "-q", "--generations", "3"]
    for setting in ("lifetime.innate=true", "lifetime.inherit=baldwin", "algorithm.population=8"):
        words += ["--set", setting]
    answer = CliRunner().invoke(app, [*words, "--set", "run.target=none"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    (folder,) = tmp_path.glob("*_s*")
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    # the figure is a loss: less is better, and learning brings it down
    assert all(line["innate_mean"] > line["mean"] > 0 for line in lines)
    assert all(line["innate_best"] > line["best_so_far"] > 0 for line in lines)


def test_plasticity_has_no_innate_score() -> None:
    with pytest.raises(UsageError, match="learn while they are scored"):
        Lifetime(evo.problem("cartpole"), {"rule": "abcd", "innate": True})


@pytest.mark.parametrize("rule", ["bp", "usf"])
@pytest.mark.parametrize(
    ("genome", "words"),
    [
        ({"recurrent": True}, "recurrent networks cannot learn"),
        ({"aggregations": ["max"]}, "aggregates by something else than a sum"),
    ],
)
def test_networks_that_cannot_learn_are_refused(
    rule: str, genome: dict[str, object], words: str
) -> None:
    search = evo.evolution(
        "neat", "xor", genome=genome, wrappers={"lifetime": {"rule": rule}}, generations=1
    )
    if rule == "bp" and "aggregations" in genome:
        search.step()  # kernels teach every aggregation
        return
    with pytest.raises(UsageError, match=words) as caught:
        search.step()
    assert caught.value.hint


@pytest.mark.parametrize("activation", ["gauss", "square", "hat"])
def test_functions_that_a_rule_cannot_teach_are_refused(activation: str) -> None:
    fixed = topology(activation=activation)
    with pytest.raises(UsageError, match=f"no rule can teach nodes with activation {activation}"):
        lifetime(rule="sdtp").educated(networks(fixed), SEEDS)


def test_a_refusal_ends_the_evaluation_of_all() -> None:
    """It is about the request: no individual has failed."""
    fixed = topology()
    with make_evaluator("serial", lifetime(rule="eqspike"), fixed) as place:
        vectors = np.zeros((5, fixed.needs.dimensions))
        with pytest.raises(UsageError, match="eqspike has no meaning on an evolved network"):
            place.evaluate(vectors, SEEDS)


def test_nothing_is_inherited_without_a_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(FixedTopology, "absorb")
    with pytest.raises(UsageError, match=r"nothing that .* learn can be inherited") as caught:
        evo.evolution("ga", "xor", wrappers={"lifetime": {"inherit": "lamarck"}})
    assert "lifetime.inherit=baldwin" in str(caught.value.hint)
    evo.evolution("ga", "xor", wrappers={"lifetime": {"inherit": "baldwin"}}, generations=1).run()


@pytest.mark.parametrize("rule", ["ifa", "sdtp", "l-drl"])
@pytest.mark.parametrize("inherit", ["lamarck", "afterwards"])
def test_a_rule_of_layers_is_refused_before_neat_begins(rule: str, inherit: str) -> None:
    values = {"rule": rule, "inherit": inherit}
    with pytest.raises(UsageError, match=f"lifetime.rule={rule} teaches layers") as caught:
        evo.evolution("neat", "two-moons", wrappers={"lifetime": values})
    assert "dfa" in str(caught.value.hint)
    evo.evolution("neat", "two-moons", wrappers={"lifetime": {"rule": rule, "inherit": "darwin"}})
    evo.evolution("ga", "two-moons", wrappers={"lifetime": values})
