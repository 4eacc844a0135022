"""From names and settings to an evolution."""

import sys
from pathlib import Path

import pytest

import evo
from evo.algorithms.ga import GA
from evo.compose import compose, find_problem
from evo.errors import ConfigError, UnknownName, UsageError
from evo.problems.functions import Function


def test_settings_reach_algorithm_and_problem() -> None:
    problem = evo.problem("sphere", dimensions=3)
    parts = compose("ga", problem, {"population": 7})
    assert isinstance(parts.algorithm, GA)
    assert parts.algorithm.settings.population == 7
    assert parts.algorithm.need == problem.needs
    assert parts.problem is problem


def test_a_problem_is_its_class_with_its_settings() -> None:
    assert find_problem("ackley") == (Function, {"function": "ackley"})


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Acrobot-v1", "Acrobot-v1"),
        ("gym:Pendulum-v1", "Pendulum-v1"),
        ("ALE/Pong-v5", "ALE/Pong-v5"),
        ("own_classes:MyEnv", "own_classes:MyEnv"),
        ("sub/own_classes.py:MyEnv-v0", "{folder}/sub/own_classes.py:MyEnv-v0"),
    ],
)
def test_every_gymnasium_id_is_a_problem(
    name: str, id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    for folder in (tmp_path, tmp_path / "sub"):
        (folder / "own_classes.py").write_text(
            "import gymnasium\nclass MyEnv(gymnasium.Env): ...\n"
        )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    kind, settings = find_problem(name)
    assert kind.__name__ == "Control"
    assert settings == {"id": id.format(folder=tmp_path)}


@pytest.mark.parametrize(
    ("algorithm", "problem", "words"),
    [
        ("gaa", "sphere", "unknown algorithm 'gaa' (did you mean 'ga'?)"),
        ("ga", "spere", "unknown problem 'spere' (did you mean 'sphere'?)"),
        ("", "sphere", "unknown algorithm ''"),
        ("ga", "cartpole-v", "unknown problem 'cartpole-v' (did you mean 'cartpole'?)"),
    ],
)
def test_unknown_names(algorithm: str, problem: str, words: str) -> None:
    with pytest.raises(UnknownName) as caught:
        evo.evolution(algorithm, problem)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("algorithm", "problem", "words"),
    [
        ("neat", "sphere", "neat searches NEAT genes, but this problem needs real vectors"),
        ("neat", "onemax", "neat searches NEAT genes, but this problem needs bit strings"),
        ("cma-es", "onemax", "cma-es searches real vectors, but this problem needs bit strings"),
        ("es", "onemax", "es searches real vectors"),
        ("openai-es", "onemax", "openai-es searches real vectors"),
    ],
)
def test_an_algorithm_that_cannot_search_what_the_problem_needs(
    algorithm: str, problem: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        evo.evolution(algorithm, problem)
    assert words in str(caught.value)
    assert "neat" not in str(caught.value.hint)


def test_every_mistake_in_settings_is_found_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        evo.evolution(
            "ga", "sphere", settings={"populaton": 5, "elites": -1, "crossover_rate": "often"}
        )
    problems = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 3
    assert "unknown key algorithm.populaton (did you mean 'population'?)" in problems
    assert "algorithm.elites = -1" in problems
    assert "algorithm.crossover_rate = 'often'" in problems


def test_a_wrong_setting_of_a_problem_is_named() -> None:
    with pytest.raises(ConfigError, match=r"problem\.dimensions = 0"):
        evo.problem("sphere", dimensions=0)


@pytest.mark.parametrize("algorithm", ["ga", "es", "cma-es", "openai-es"])
def test_vectors_become_weights_of_a_fixed_topology(algorithm: str) -> None:
    parts = compose(algorithm, evo.problem("xor"), network={"hidden": [3]})
    phenotypes = parts.development(
        evo.evolution(algorithm, "xor", network={"hidden": [3]}).ask().genomes
    )
    assert phenotypes.inputs == 2
    assert phenotypes.outputs == 1
