"""Environments in a file or module of one's own: what is imported, and what is made of it.

Seen when planted: a file is imported anew each time, the folder of a file is not searched, the
current folder is not searched, a class takes the place of the registered environment of that name,
an error inside an imported file is not put in words, workers cannot make the environment.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.networks.fixed import FixedTopology
from evo.own_code import place_of
from evo.problems.environments import import_environment, make

HOVER = """
import gymnasium
import numpy as np
from {neighbour} import PRIZE

class Hover(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-2, 2, (2,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-0.5, 0.5, 2).astype(np.float32)
        return self.state, {{}}

    def step(self, action):
        return self.state, PRIZE * (1 + action), False, False, {{}}

class Other(Hover):
    pass

class CartPole(Hover):
    pass

with open({log!r}, "a") as log:
    log.write("imported ")
gymnasium.register("{name}-v1", Hover, max_episode_steps=5)
gymnasium.register("{name}-v3", f"{{__name__}}:Hover", max_episode_steps=7)
"""
count = 0


class Own:
    """A folder with a module `stem` that registers `name`-v1 and -v3, and a neighbour of it."""

    def __init__(self, folder: Path):
        global count
        count += 1
        self.folder, self.name, self.stem = folder, f"Hover{count}", f"hover_file_{count}"
        self.file, self.log = folder / f"{self.stem}.py", folder / "log"
        neighbour = f"hover_neighbour_{count}"
        (folder / f"{neighbour}.py").write_text("PRIZE = 3.0\n")
        self.file.write_text(HOVER.format(neighbour=neighbour, log=str(self.log), name=self.name))

    def imports(self) -> int:
        return len(self.log.read_text().split()) if self.log.exists() else 0


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Own]:
    """An own environment in `sub`, a folder that is not the current one."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    known = dict(gymnasium.registry)
    yield Own(tmp_path / "sub")
    for id in set(gymnasium.registry) - set(known):
        del gymnasium.registry[id]


def steps_of(id: str) -> int | None:
    spec = gymnasium.spec(id)
    return spec.max_episode_steps


@pytest.mark.parametrize("id", ["CartPole-v1", "ALE/Pong-v5", "Nothing-v0", ""])
def test_plain_ids_stay_as_they_are_and_import_nothing(id: str) -> None:
    modules = set(sys.modules)
    assert import_environment(id) == id
    assert place_of(id) is None
    assert set(sys.modules) == modules


def test_a_file_is_imported_once_and_only_when_asked_for(own: Own) -> None:
    id = f"sub/{own.stem}.py:{own.name}-v1"
    assert place_of(id) == f"sub/{own.stem}.py"
    assert own.imports() == 0
    assert import_environment(id) == f"{own.name}-v1"
    assert import_environment(f"{own.file}:{own.name}-v3") == f"{own.name}-v3"
    assert own.imports() == 1
    assert (steps_of(f"{own.name}-v1"), steps_of(f"{own.name}-v3")) == (5, 7)
    assert make(f"{own.name}-v3").reset(seed=0)[0].shape == (2,)


def test_a_module_is_searched_in_the_current_folder(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=f"there is no module '{own.stem}'"):
        import_environment(f"{own.stem}:{own.name}-v1")
    monkeypatch.chdir(own.folder)
    assert import_environment(f"{own.stem}:{own.name}-v1") == f"{own.name}-v1"
    assert own.imports() == 1


def test_what_was_installed_is_not_hidden_by_the_current_folder(own: Own) -> None:
    before = list(sys.path)
    import_environment(f"sub/{own.stem}.py:{own.name}-v1")
    assert sys.path[: len(before)] == before


def test_a_name_without_version_is_the_latest_registered(own: Own) -> None:
    assert import_environment(f"{own.file}:{own.name}") == f"{own.name}-v3"


@pytest.mark.parametrize(
    ("name", "id"),
    [("Other", "Other-v0"), ("Other-v2", "Other-v2"), ("CartPole-v1", "CartPole-v1")],
)
def test_a_class_is_registered_beside_what_there_is(own: Own, name: str, id: str) -> None:
    made = import_environment(f"{own.file}:{name}")
    assert made == f"{own.stem}/{id}"
    assert import_environment(f"{own.file}:{name}") == made
    assert type(make(made).unwrapped).__name__ == name.partition("-")[0]
    assert type(make("CartPole-v1").unwrapped).__name__ == "CartPoleEnv"


def test_an_environment_of_gymnasium_can_stand_behind_a_module(own: Own) -> None:
    assert import_environment(f"{own.file}:MountainCar-v0") == "MountainCar-v0"


def test_evolutions_run_on_it_also_in_processes(own: Own) -> None:
    problem = evo.problem(f"{own.file}:{own.name}-v3", episodes=2)
    assert problem.max_steps == 7
    topology = FixedTopology(problem.needs)
    networks = topology(np.zeros((1, topology.needs.dimensions)))
    assert problem.evaluate(networks, np.zeros(1, np.uint64)).fitness.tolist() == [21.0]
    runs = [
        list(evo.evolution("es", problem, seed=1, generations=2, **place))
        for place in ({}, {"evaluator": "processes", "workers": 1})
    ]
    assert runs[0] == runs[1]
    assert own.imports() == 2, "once here, once in the worker"


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("sub/none.py:X-v0", "there is no file sub/none.py"),
        ("{stem}_gone:X-v0", "there is no module '{stem}_gone'"),
        ("evo.nowhere:X-v0", "there is no module 'evo.nowhere'"),
        ("a:b:c-v0", "there is no module 'a:b'"),
        (".relative:X-v0", "cannot be imported: TypeError"),
        ("sub/{stem}.py", "does not say which environment"),
        ("sub/{stem}.py:", "names no environment behind the colon"),
        (":X-v0", "names no file or module before the colon"),
        ("sub/{stem}.py:Hovel{n}-v1", r"no environment 'Hovel\d+-v1' \(did you mean '{name}-v1'"),
        ("sub/{stem}.py:{name}-v2", "no environment '{name}-v2'"),
        ("sub/raises.py:X-v0", "sub/raises.py cannot be imported: ZeroDivisionError"),
        ("sub/wrong.py:X-v0", "sub/wrong.py cannot be imported: SyntaxError"),
        ("sub/leaves.py:X-v0", "sub/leaves.py cannot be imported: SystemExit"),
        ("sub/needs.py:X-v0", "cannot be imported: ModuleNotFoundError: No module named 'not_h"),
        ("needs_{n}:X-v0", "cannot be imported: ModuleNotFoundError: No module named 'not_here"),
        ("sub/empty.py:X-v0", "sub/empty.py has no environment 'X-v0'"),
    ],
)
def test_what_is_wrong_is_said_in_words(own: Own, id: str, words: str) -> None:
    for name, text in {
        "raises": "1 / 0",
        "wrong": "def",
        "leaves": "raise SystemExit(3)",
        "needs": "import not_here_at_all",
        "empty": "",
    }.items():
        (own.folder / f"{name}.py").write_text(text + "\n")
    Path(f"needs_{own.name[5:]}.py").write_text("import not_here_at_all\n")
    values: dict[str, Any] = {"stem": own.stem, "name": own.name, "n": own.name[5:]}
    with pytest.raises(UsageError, match=words.format(**values)) as error:
        import_environment(id.format(**values))
    assert error.value.hint
    assert id.format(**values) in str(error.value)


def test_a_mended_file_can_be_imported_after_it_failed(own: Own) -> None:
    text = own.file.read_text()
    own.file.write_text("1 / 0\n")
    with pytest.raises(UsageError, match="ZeroDivisionError"):
        import_environment(f"{own.file}:{own.name}-v1")
    own.file.write_text(text)
    assert import_environment(f"{own.file}:{own.name}-v1") == f"{own.name}-v1"
