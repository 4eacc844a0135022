import time

import numpy as np
import pytest

from evo.development import IDENTITY
from evo.errors import EvoError, UsageError
from evo.evaluation import make_evaluator
from evo.evaluation.base import Pace

from .problems import DIES, HANGS, NAN, RAISES, REFUSES, Short, Troubled

N = 40


def batch(**trouble: int) -> tuple[np.ndarray, np.ndarray]:
    genomes = np.random.default_rng(1).random((N, 3))
    genomes[:, 0] = 0
    for row, kind in trouble.items():
        genomes[int(row[1:]), 0] = kind
    return genomes, np.random.default_rng(2).integers(0, 2**64, N, dtype=np.uint64)


def evaluate(
    kind: str, workers: int, genomes: np.ndarray, seeds: np.ndarray, timeout: float | None = None
):
    with make_evaluator(kind, Troubled(), IDENTITY, workers=workers, timeout=timeout) as evaluator:
        return evaluator.evaluate(genomes, seeds)


@pytest.mark.parametrize(
    ("kind", "workers"),
    [("serial", 1), ("threads", 1), ("threads", 3), ("processes", 1), ("processes", 2)],
)
def test_all_evaluators_give_the_same(kind: str, workers: int) -> None:
    genomes, seeds = batch(r3=RAISES, r7=NAN, r8=RAISES)
    result = evaluate(kind, workers, genomes, seeds)
    whole = Troubled().evaluate(np.where(genomes[:, :1] > 0, [0, *[0, 0]], genomes), seeds).fitness
    good = np.setdiff1d(np.arange(N), [3, 7, 8])
    assert np.array_equal(result.fitness[good], whole[good])
    assert np.isnan(result.fitness[[3, 7, 8]]).all()
    assert dict(result.errors) == {
        3: "ValueError: this one raises",
        7: "fitness is not a finite number",
        8: "ValueError: this one raises",
    }
    assert (result.results["sevens"][good] == 7).all()
    assert (result.spent["steps"][good] == 3).all()
    assert (result.spent["steps"][[3, 8]] == 0).all()


def test_a_hung_or_dead_process_costs_its_individual_only() -> None:
    genomes, seeds = batch(r2=DIES, r11=HANGS, r30=RAISES)
    started = time.monotonic()
    result = evaluate("processes", 2, genomes, seeds, timeout=1.0)
    assert time.monotonic() - started < 60
    assert dict(result.errors) == {
        2: "its process died",
        11: "took longer than 1 s",
        30: "ValueError: this one raises",
    }
    good = np.setdiff1d(np.arange(N), [2, 11, 30])
    assert np.array_equal(
        result.fitness[good], evaluate("serial", 1, *batch(r2=NAN, r11=NAN, r30=NAN)).fitness[good]
    )


@pytest.mark.parametrize("kind", ["serial", "threads", "processes"])
def test_an_error_about_the_request_passes_through(kind: str) -> None:
    with pytest.raises(UsageError, match="no such thing") as caught:
        evaluate(kind, 1, *batch(r5=REFUSES))
    assert caught.value.hint == "ask for another"


def test_too_few_values_are_refused() -> None:
    with pytest.raises(EvoError, match=r"Short\.evaluate returned 7 fitness values for 8"):
        make_evaluator("serial", Short(), IDENTITY).evaluate(*batch())


def test_auto_suits_the_problem() -> None:
    problem, names = Troubled(), []
    for compiled, workers, timeout in (
        (False, 1, None),
        (False, 2, None),
        (True, 2, None),
        (True, 1, 5.0),
    ):
        problem.compiled = compiled
        names.append(
            type(
                make_evaluator("auto", problem, IDENTITY, workers=workers, timeout=timeout)
            ).__name__
        )
    assert names == ["Serial", "Processes", "Threads", "Processes"]


@pytest.mark.parametrize(
    ("kind", "workers", "timeout", "words"),
    [
        ("thread", 1, None, "did you mean 'threads'"),
        ("serial", 0, None, "at least one"),
        ("serial", 2, None, "one worker, not 2"),
        ("threads", 2, 1.0, "no time-out"),
        ("processes", 2, 0.0, "positive"),
    ],
)
def test_bad_requests_say_what_to_do(
    kind: str, workers: int, timeout: float | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        make_evaluator(kind, Troubled(), IDENTITY, workers=workers, timeout=timeout)


def test_batches_aim_at_a_tenth_of_a_second() -> None:
    pace = Pace(workers=2)
    pace.took(1.0, 100)
    assert pace.rows(5, 1000) == slice(5, 15)
    assert pace.rows(995, 1000) == slice(995, 1000)
    pace.took(50.0, 10)
    assert pace.rows(0, 1000) == slice(0, 1)


def test_progress_is_told_after_each_batch() -> None:
    told: list[tuple[int, int]] = []
    evaluator = make_evaluator("serial", Troubled(), IDENTITY)
    evaluator.progress = lambda done, n: told.append((done, n))
    evaluator.evaluate(*batch())
    assert told[-1] == (N, N)
    assert len(told) > 1
    assert [done for done, _ in told] == sorted(done for done, _ in told)
