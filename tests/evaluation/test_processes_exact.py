"""Evaluation in processes that die at bad moments loses nobody.

Seen when planted: a suspect is forgotten when the pool turns out to be broken as it is handed over;
workers that are starting when the run is interrupted are left to themselves.
"""

import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
import pytest

from evo.development import IDENTITY
from evo.evaluation import make_evaluator

from .problems import DIES, Troubled


def test_a_suspect_is_not_lost_with_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    genomes, seeds = np.zeros((12, 3)), np.arange(12, dtype=np.uint64)
    genomes[4, 0] = DIES
    original, broken = ProcessPoolExecutor.submit, []

    def submit(pool: Any, function: Any, *arguments: Any) -> Any:
        if len(arguments) == 3 and len(arguments[1]) == 1 and len(broken) < 2:
            broken.append(int(arguments[1][0]))
            raise BrokenProcessPool("a process died while it waited for work")
        return original(pool, function, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    with make_evaluator("processes", Troubled(), IDENTITY, workers=2) as evaluator:
        result = evaluator.evaluate(genomes, seeds)
    assert len(broken) == 2
    assert dict(result.errors) == {4: "its process died"}
    assert np.flatnonzero(np.isnan(result.fitness)).tolist() == [4]


def test_an_interruption_while_the_workers_start_ends_them() -> None:
    before, started = set(multiprocessing.active_children()), []

    def interrupted(future: Any, timeout: float | None = None) -> None:
        started.extend(multiprocessing.active_children())
        raise KeyboardInterrupt

    with make_evaluator("processes", Troubled(), IDENTITY, workers=3) as evaluator:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Future, "result", interrupted)
            evaluator.evaluate(np.zeros((12, 3)), np.arange(12, dtype=np.uint64))
        assert len(started) == len(before) + 3
        assert set(multiprocessing.active_children()) == before
        assert evaluator.evaluate(np.zeros((2, 3)), np.arange(2, dtype=np.uint64)).errors == {}
