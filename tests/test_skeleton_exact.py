"""What the loop owes every algorithm: streams of their own, and a best that misses nobody.

Seen when planted: streams of two steps the same, streams of all generations the same, a best that
ignores survivors which were evaluated again.
"""

from typing import Any

import numpy as np
import pytest

import evo
from tests.helpers import NoisySphere

STEPS = ("initialise", "select_parents", "recombine", "mutate", "survive")
PLUS = {"parents": 4, "offspring": 6, "mixing": 2, "selection": "plus"}


@pytest.mark.parametrize("name", ["ga", "es"])
def test_each_step_of_each_generation_has_a_stream_of_its_own(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evolution = evo.evolution(name, "sphere", seed=4, generations=5)
    first_draws: dict[tuple[int, str], int] = {}

    def watch(step: str) -> None:
        kind = type(evolution.algorithm)
        original = getattr(kind, step)

        def watched(*arguments: Any) -> Any:
            rng = next(a for a in arguments if isinstance(a, np.random.Generator))
            copy = np.random.PCG64()
            copy.state = rng.bit_generator.state
            first_draws[evolution.generation, step] = int(copy.random_raw())
            return original(*arguments)

        monkeypatch.setattr(kind, step, watched)

    for step in STEPS:
        watch(step)
    evolution.run()
    assert len(first_draws) == 2 + 4 * 4, "initialise and survive, then four steps each"
    assert len(set(first_draws.values())) == len(first_draws)


def test_a_survivor_that_is_evaluated_again_can_be_the_best() -> None:
    evolution = evo.evolution("es", NoisySphere(), seed=2, settings=PLUS)
    evolution.step()
    batch = evolution.ask()
    assert len(batch) == 10, "four survivors, six offspring"
    record = evolution.tell([0.0, 0.0, 1000.0, *[0.0] * 7])
    assert evolution.best is not None
    assert evolution.best.fitness[0] == 1000.0
    assert np.array_equal(evolution.best.genomes[0], batch.genomes[2])
    assert evolution.best_generation == 2
    assert record.best == record.best_so_far == 1000.0
