"""What is too big is said beforehand."""

import pytest

import evo
from evo import memory
from evo.compose import compose
from evo.config import resolve
from evo.errors import UsageError


@pytest.mark.parametrize(
    ("size", "words"),
    [(12, "12 bytes"), (1500, "1.5 kB"), (4.73e12, "4.73 TB"), (2.5e9, "2.5 GB"), (3e16, "3e+04")],
)
def test_bytes_in_words(size, words):
    assert memory.in_words(size).startswith(words)


def test_there_is_memory():
    assert memory.available() > 1e6


def test_a_container_s_limit_counts(tmp_path, monkeypatch):
    for name, text in (("_LIMIT", "3000000"), ("_USED", "1000000")):
        path = tmp_path / name
        path.write_text(text)
        monkeypatch.setattr(memory, name, path)
    assert memory.available() == 2_000_000
    (tmp_path / "_LIMIT").write_text("max")
    assert memory.available() > 2_000_000


@pytest.mark.parametrize(
    ("algorithm", "dimensions", "population"),
    [("cma-es", 30_000, 10), ("ga", 1000, 400_000), ("openai-es", 1_000_000, 800)],
)
def test_a_population_that_does_not_fit_is_refused(algorithm, dimensions, population, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 5_000_000_000)
    problem = evo.problem("sphere", dimensions=dimensions)
    with pytest.raises(UsageError, match=rf"{algorithm} .* needs \S+ GB of memory; 5 GB are free"):
        compose(algorithm, problem, {"population": population})
    compose(algorithm, problem if algorithm != "cma-es" else evo.problem("sphere"))


def test_networks_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 100_000_000)
    pixels = evo.minimise(lambda network: 0.0, evo.Network(210 * 160 * 3, 18))
    with pytest.raises(UsageError, match=r"neat .* needs .* GB of memory; 100 MB are free"):
        compose("neat", pixels)
    with pytest.raises(UsageError, match=r"cma-es .* needs .* TB of memory"):
        compose("cma-es", pixels)
    learn = resolve(
        "bp",
        "two-moons",
        kind=evo.kind.kind_of_command("learn"),
        assignments=["network.hidden=[9000,9000]"],
    )
    with pytest.raises(UsageError, match=r"9000.* needs 324 MB of memory; 100 MB are free"):
        learn.check()
