"""Settings are validated once, and what is checked is what is run."""

import inspect
import sys
from collections import Counter

import pytest

from evo.algorithms.ga import GA
from evo.config import resolve
from evo.problems.functions import Function
from evo.runs.execution import execute
from evo.runs.folder import RunFolder

VALUE = 0.8125


@pytest.fixture
def built(monkeypatch):
    """How often each class was built."""
    count = Counter()

    def watch(kind):
        original = kind.__init__

        def init(self, *arguments, **options):
            count[kind.__name__] += 1
            original(self, *arguments, **options)

        monkeypatch.setattr(kind, "__init__", init)

    watch(GA)
    watch(Function)
    return count


def test_an_evolution_is_built_once(tmp_path, built, monkeypatch):
    validated = Counter()
    original = GA.Settings.model_validate.__func__

    def validate(cls, *arguments, **options):
        validated[cls.__qualname__] += 1
        return original(cls, *arguments, **options)

    monkeypatch.setattr(GA.Settings, "model_validate", classmethod(validate))
    config = resolve("ga", "sphere", assignments=["generations=2"])
    config.check()
    execute(config, RunFolder.create(tmp_path, config, "evo run"))
    assert built == {"GA": 1, "Function": 1}
    assert sum(validated.values()) == 1


def test_data_is_loaded_once_and_the_rule_built_once(tmp_path, monkeypatch):
    from evo.data.drawn import TwoMoons
    from evo.learning.rules.dfa import DFA

    count = Counter()

    def watch(kind, name):
        original = getattr(kind, name)

        def counted(self, *arguments, **options):
            count[name] += 1
            return original(self, *arguments, **options)

        monkeypatch.setattr(kind, name, counted)

    watch(TwoMoons, "read")
    watch(DFA, "__init__")
    from evo.kind import kind_of_command

    config = resolve("dfa", "two-moons", kind=kind_of_command("learn"), assignments=["epochs=1"])
    config.check()
    config.check()
    execute(config, RunFolder.create(tmp_path, config, "evo learn"))
    assert count == {"read": 1, "__init__": 1}


def test_two_runs_of_one_configuration_share_nothing(tmp_path):
    config = resolve("ga", "sphere", assignments=["generations=3"])
    assert config.take().algorithm is not config.take().algorithm
    folders = [RunFolder.create(tmp_path, config, "evo run") for _ in range(2)]
    for folder in folders:
        execute(config, folder)
    first, second = ((folder.path / "metrics.jsonl").read_bytes() for folder in folders)
    assert first == second


def holds(value, depth=0):
    """Whether the setting is in a value, however it is wrapped."""
    if isinstance(value, str):
        return str(VALUE) in value
    if isinstance(value, float):
        return value == VALUE
    if depth > 4:
        return False
    if isinstance(value, dict):
        return any(holds(item, depth + 1) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds(item, depth + 1) for item in value)
    if type(value).__module__.startswith("evo") and hasattr(value, "__dict__"):
        return any(holds(item, depth + 1) for item in vars(value).values())
    return False


@pytest.mark.parametrize(
    ("setting", "place"),
    [("algorithm.crossover_rate", "GA.__init__"), ("genome.blend_alpha", "RealVectors.__init__")],
)
def test_a_setting_passes_few_rooms_on_its_way_to_the_operator(setting, place):
    """Rooms with a function that gets the setting, from the command's words to who uses it."""
    rooms, arrived = [], []

    def follow(frame, event, _):
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("evo.") and frame.f_code.co_name != "<genexpr>":
            names = inspect.getargvalues(frame)
            if any(holds(names.locals.get(name)) for name in names.args):
                rooms.append(module)
                if frame.f_code.co_qualname == place:
                    arrived.append(len(rooms))

    sys.setprofile(follow)
    try:
        resolve("ga", "sphere", assignments=[f"{setting}={VALUE}"]).check()
    finally:
        sys.setprofile(None)
    way = list(dict.fromkeys(rooms[: arrived[0]]))
    assert len(way) <= 8, way
