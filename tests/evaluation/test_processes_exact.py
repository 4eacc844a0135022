"""Evaluation in processes that die at bad moments loses nobody.

Seen when planted: a suspect is forgotten when the pool turns out to be broken as it is handed over.
"""

from concurrent.futures import ProcessPoolExecutor
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
