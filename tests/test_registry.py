"""What is available by name."""

import importlib.util
import subprocess
import sys

import pytest

import evo
from evo import registry
from evo.errors import UnknownName, UsageError
from evo.problems.base import Problem
from evo.skeleton import Algorithm


@pytest.fixture(autouse=True)
def tables_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALGORITHMS", "PROBLEMS", "REPRESENTATIONS", "DEVELOPMENTS"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))


@pytest.mark.parametrize("name", sorted(registry.ALGORITHMS))
def test_every_algorithm_is_one(name: str) -> None:
    kind = registry.resolve(registry.ALGORITHMS[name])
    assert issubclass(kind, Algorithm)
    assert kind.searches


@pytest.mark.parametrize("name", sorted(registry.PROBLEMS))
def test_every_problem_is_one_and_its_settings_are_known(name: str) -> None:
    entry = registry.PROBLEMS[name]
    kind = registry.resolve(entry.target)
    assert issubclass(kind, Problem)
    kind.Settings(**entry.settings)


@pytest.mark.parametrize("name", sorted(registry.ALGORITHMS))
def test_every_setting_has_a_description_and_a_default(name: str) -> None:
    kind = registry.resolve(registry.ALGORITHMS[name]).Settings
    kind()
    for field, info in kind.model_fields.items():
        assert info.description, field


def test_registering_an_algorithm_and_a_problem() -> None:
    evo.register("algorithm", "my-ga", "evo.algorithms.ga:GA")
    evo.register(
        "problem", "flat", "evo.problems.functions:Function", function="sphere", dimensions=2
    )
    assert evo.evolution("my-ga", "flat", generations=2).run().genomes.shape == (1, 2)


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("algorithm", "evo.algorithms.ga", "cannot register 'evo.algorithms.ga'"),
        ("animal", "a:b", "cannot register a 'animal'"),
    ],
)
def test_what_cannot_be_registered(kind: str, target: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        evo.register(kind, "x", target)
    assert caught.value.hint


def test_an_unknown_name_gets_the_closest_known_one() -> None:
    with pytest.raises(
        UnknownName, match=r"unknown algorithm 'cmaes' \(did you mean 'cma-es'\?\)"
    ) as caught:
        registry.load(registry.ALGORITHMS, "algorithm", "cmaes")
    assert "openai-es" in str(caught.value)


def test_importing_evo_is_cheap() -> None:
    heavy = (
        "numba",
        "scipy",
        "gymnasium",
        "matplotlib",
        "pydantic",
        "torch",
        "mujoco",
        "neat",
        "deap",
        "dask",
    )
    code = f"import sys, evo; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_listing_names_imports_nothing() -> None:
    code = "import sys; from evo import registry; list(registry.PROBLEMS); "
    code += "print('evo.problems' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_public_names_are_there() -> None:
    for name in evo.__all__:
        assert getattr(evo, name) is not None
    assert set(evo.__all__) <= set(dir(evo))
    with pytest.raises(AttributeError, match="no attribute 'evolve'"):
        _ = evo.evolve


def test_every_target_names_a_module_that_exists() -> None:
    targets = [
        *registry.ALGORITHMS.values(),
        *registry.REPRESENTATIONS.values(),
        *registry.DEVELOPMENTS.values(),
        *registry.WRAPPERS.values(),
        *(e.target for e in registry.PROBLEMS.values()),
    ]
    assert all(importlib.util.find_spec(target.partition(":")[0]) for target in targets)


def test_rules_and_data_can_be_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in (registry.RULES, registry.DATA):
        monkeypatch.setitem(table, "mine", None)
    evo.register("rule", "mine", "evo.learning.rules.bp:BP")
    evo.register("data", "mine", "evo.data.drawn:Parity", bits=3)
    assert registry.RULES["mine"] == "evo.learning.rules.bp:BP"
    assert registry.DATA["mine"] == registry.Entry("evo.data.drawn:Parity", {"bits": 3})
