"""Layers of settings: precedence, provenance, and every mistake at once."""

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evo.config import resolve
from evo.config.sources import typed
from evo.config.write import documented, resolved
from evo.errors import ConfigError


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def mistakes(*arguments, **options):
    with pytest.raises(ConfigError) as caught:
        resolve(*arguments, **options)
    return caught.value.problems


def test_later_layers_win_and_are_named(tmp_path):
    path = write(tmp_path, "[run]\nseed = 3\ngenerations = 7\n[algorithm]\npopulation = 30\n")
    config = resolve(
        "ga",
        "sphere",
        file=path,
        assignments=["algorithm.population=40"],
        flags={"run": {"seed": 5}},
    )
    assert (config.run.seed, config.run.generations, config.values("algorithm")["population"]) == (
        5,
        7,
        40,
    )
    sources = config.sources["run"]
    assert sources["seed"] == "command line"
    assert sources["generations"] == str(path)
    assert sources["champion_episodes"] == "default"


def test_packaged_settings_lie_between_defaults_and_the_users(tmp_path, monkeypatch):
    monkeypatch.setattr("evo.config.sources.files", lambda package: tmp_path)
    (tmp_path / "configs" / "ga").mkdir(parents=True)
    (tmp_path / "configs" / "ga" / "sphere.toml").write_text(
        "[algorithm]\npopulation = 70\nelites = 3\n"
    )
    config = resolve("ga", "sphere", assignments=["algorithm.elites=4"])
    assert config.values("algorithm")["population"] == 70
    assert config.values("algorithm")["elites"] == 4
    assert config.sources["algorithm"]["population"] == "configs/ga/sphere.toml"
    assert resolve("ga", "sphere", use_packaged=False).values("algorithm")["population"] != 70


@pytest.mark.parametrize("name", ["cartpole", "CartPole-v1", "gym:CartPole-v1"])
def test_a_gymnasium_id_means_the_same_settings_as_its_short_name(name):
    assert resolve("neat", name).values("problem")["episodes"] == 20


def test_names_may_come_from_the_file(tmp_path):
    path = write(tmp_path, '[algorithm]\nname = "ga"\n[problem]\nname = "sphere"\ndimensions = 4\n')
    config = resolve(file=path)
    assert (config.method, config.subject, config.task.needs.dimensions) == ("ga", "sphere", 4)
    assert "is for the algorithm 'ga', not for 'es'" in mistakes("es", "sphere", file=path)[0]


def test_a_resolved_config_gives_the_same_config(tmp_path):
    first = resolve(
        "ga", "sphere", assignments=["seed=9", "problem.target=1e-5", "run.wall_time=none"]
    )
    path = write(tmp_path, resolved(first))
    second = resolve(file=path, use_packaged=False)
    for section in first.models:
        assert first.values(section) == second.values(section)
    assert "# command line" in resolved(first)


def test_a_documented_config_is_valid_and_tells_bounds(tmp_path):
    text = documented(resolve("ga", "sphere"))
    assert "at least 2" in text
    assert resolve(file=write(tmp_path, text)).values("algorithm") == resolve(
        "ga", "sphere"
    ).values("algorithm")


def test_all_mistakes_of_all_sections_are_reported_at_once(tmp_path):
    path = write(tmp_path, "[run]\nsead = 1\n[evaluation]\nworkers = 0\n[algoritm]\nx = 1\n")
    assignments = [
        "population=3",
        "algorithm.elites=many",
        "problem.dimensions=true",
        "nonsense",
        "foo.bar=1",
    ]
    found = "\n".join(mistakes("ga", "sphere", file=path, assignments=assignments))
    for expected in (
        "unknown key run.sead (did you mean 'run.seed'?)",
        "evaluation.workers = 0",
        "unknown section [algoritm] (did you mean 'algorithm'?)",
        "unknown key run.population (did you mean 'algorithm.population'?)",
        "algorithm.elites = 'many'",
        "problem.dimensions = True: must be a number",
        "--set nonsense: expected key=value",
        "unknown section 'foo'",
    ):
        assert expected in found


def test_a_time_out_that_nothing_can_keep_is_refused():
    with pytest.raises(ConfigError, match=r"evaluation\.timeout = 1e-300"):
        resolve("ga", "sphere", assignments=["evaluation.timeout=1e-300"])


def test_unknown_names_and_keys_are_reported_together():
    found = "\n".join(mistakes("gaa", "spere", assignments=["run.seed=-1"]))
    assert "did you mean 'ga'?" in found
    assert "did you mean 'sphere'?" in found
    assert "run.seed = -1" in found


def test_a_missing_name_says_how_to_give_it():
    assert "no problem is named" in mistakes("ga")[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[run]\nseed = \n", "2 | seed ="),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"seed = 1\n", "write it under [run]"),
        (b"run = 1\n", "must be a section"),
        (b"[run]\nx = " + b"[" * 10_000, "deep"),
        (b"[algorithm]\nname = 3\n", "must be text"),
        (b"[network]\nhidden = [3]\n", "[network] has no meaning"),
    ],
)
def test_broken_files_say_where(tmp_path, content, expected):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert expected in "\n".join(mistakes("ga", "sphere", file=path))


def test_unreadable_files(tmp_path):
    assert "No such file" in mistakes("ga", "sphere", file=tmp_path / "missing.toml")[0]
    assert "directory" in mistakes("ga", "sphere", file=tmp_path)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ("[8, 8]", [8, 8]),
        ("tanh", "tanh"),
        ("1\nx = 2", "1\nx = 2"),
        ('"3"', "3"),
        ("", ""),
    ],
)
def test_values_are_typed_as_in_toml(text, value):
    assert typed(text) == value


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
keys = st.sampled_from(
    ["seed", "generations", "target", "population", "name", "workers", "timeout", "elites"]
) | st.text(max_size=6)
sections = st.sampled_from(["run", "algorithm", "problem", "evaluation", "network"])


@given(st.dictionaries(sections, st.dictionaries(keys, values, max_size=4), max_size=4))
@settings(max_examples=150, deadline=None)
def test_garbage_values_are_refused_or_kept_exactly(flags):
    try:
        config = resolve("ga", "sphere", flags=flags)
    except ConfigError:
        return
    assert tomllib.loads(resolved(config))["run"]["seed"] == config.run.seed


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["[run]\n", "seed=", "1", "[", "]", '"', "\n", "=", "algorithm", "."])
    ).map("".join)
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_garbage_files_are_refused_in_words(tmp_path, text):
    path = tmp_path / "garbage.toml"
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        resolve("ga", "sphere", file=path)
    except ConfigError as error:
        assert error.problems


@given(
    st.lists(
        st.text(max_size=20)
        | st.builds(lambda k, v: f"algorithm.{k}={v}", keys, st.text(max_size=8)),
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_garbage_assignments_are_refused_in_words(assignments):
    try:
        resolve("ga", "sphere", assignments=assignments)
    except ConfigError as error:
        assert error.problems


def test_a_table_may_stand_for_a_section():
    config = resolve("ga", "xor", assignments=["lifetime={}", "algorithm={population = 12}"])
    assert config.values("lifetime")["inherit"] == "lamarck"
    assert config.values("algorithm")["population"] == 12
    assert "lifetime" not in resolve("ga", "xor").models
