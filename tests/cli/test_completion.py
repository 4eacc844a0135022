"""What the Tab key offers."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from evo.cli import completion
from evo.explain.source import fields
from evo.kind import kind_of_command
from evo.registry import ALGORITHMS, PROBLEMS, REPRESENTATIONS, RULES, resolve
from tests.test_imports import ENVIRONMENT


def keys(command, method, subject, incomplete):
    kind = kind_of_command(command)
    given = dict(zip(kind.names, (method, subject), strict=True))
    return completion.keys_of(kind)(SimpleNamespace(params=given, args=[]), incomplete)


def test_names():
    assert completion.names_in(ALGORITHMS)("cm") == ["cma-es"]
    assert completion.names_in(PROBLEMS)("mountaincar-") == ["mountaincar-continuous"]
    assert "rules-depth10" in completion.studies("rules-d")
    assert {"lecture", "learning-rate", "l-drl"} <= set(completion.explained("l"))
    assert completion.listable("al") == ["algorithms"]


def test_keys_of_settings():
    assert keys("run", "neat", "cartpole", "algorithm.thr") == ["algorithm.threshold="]
    assert keys("run", "neat", "cartpole", "problem.ep") == ["problem.episodes="]
    assert keys("run", None, None, "run.gen") == ["run.generations="]
    assert keys("run", "ga", "sphere", "genome.sbx") == ["genome.sbx_eta="]
    assert keys("run", "ga", "xor", "lifetime.inh") == ["lifetime.inherit="]
    assert keys("learn", "sdtp", "digits", "rule.de") == [
        "rule.decoder_rate=",
        "rule.decoder_steps=",
    ]
    assert keys("learn", "bp", "spirals", "data.t") == [
        "data.test_examples=",
        "data.train=",
        "data.turns=",
    ]


@pytest.mark.parametrize(
    "target",
    [f"{target}.Settings" for target in [*ALGORITHMS.values(), *RULES.values()]]
    + [f"{target}.Operators" for target in REPRESENTATIONS.values()]
    + [f"{entry.target}.Settings" for entry in PROBLEMS.values()],
)
def test_fields_read_from_source_are_those_of_the_class(target):
    owner, _, name = target.rpartition(".")
    assert sorted(fields(target)) == sorted(getattr(resolve(owner), name).model_fields)


def test_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("runs/one", "runs/two", "elsewhere/three"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.toml").touch()
    assert completion.runs("") == ["runs/one", "runs/two"]
    assert completion.runs("runs/t") == ["runs/two"]
    assert completion.runs("elsewhere/") == ["elsewhere/three"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("evo run ne", "neat"),
        ("evo run neat carp", None),
        ("evo run neat cartp", "cartpole"),
        ("evo learn kol", "kolen-pollack"),
        ("evo run ga sphere --set algorithm.tourn", "algorithm.tournament_size="),
        ("evo explain bald", "baldwin-effect"),
        ("evo study rules-depth1", "rules-depth10"),
    ],
)
def test_bash_completes(line, offered):
    words = line.split()
    answer = subprocess.run(
        [sys.executable, "-m", "evo"],
        env={
            **ENVIRONMENT,
            "_EVO_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    found = answer.stdout.split()
    assert (offered in found) if offered else not found, answer.stderr


def test_completion_loads_nothing_heavy():
    asked = (
        "import sys; from evo.cli import completion; from evo.kind import kinds\n"
        "from types import SimpleNamespace\n"
        "for kind in kinds():\n"
        "    first = [next(iter(table)) for table in kind.tables]\n"
        "    given = SimpleNamespace(params=dict(zip(kind.names, first)), args=[])\n"
        "    assert completion.keys_of(kind)(given, '')\n"
        "assert completion.explained('') and completion.studies('') and completion.listable('')\n"
        "print(*sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
    )
    assert answer.stdout, answer.stderr
    assert not set(answer.stdout.split()) & {"numpy", "torch", "numba", "gymnasium", "scipy"}
