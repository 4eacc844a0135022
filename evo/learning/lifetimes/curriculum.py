"""What each individual of a population learns, in which order and how fast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats
from evo.problems.base import Lessons, Problem, lesson_stream


@dataclass(frozen=True, eq=False)
class Curriculum:
    """The lives of n individuals.

    Attributes:
        inputs: `(k, inputs)` of all lessons that somebody gets.
        answers: `(k, outputs)`.
        order: `(n, steps, batch)` which lessons each sees in each step; `(1, steps, batch)` where
            all see the same.
        feedback_seeds: `(n,)` seeds of what a rule draws.
        rate: learning rate.
        momentum: of gradient descent.
        loss: its name.
    """

    inputs: Floats
    answers: Floats
    order: NDArray[np.int32]
    feedback_seeds: NDArray[np.uint64]
    rate: float
    momentum: float
    loss: str

    @property
    def samples(self) -> int:
        """How many lessons one individual gets, each time counted."""
        return self.order.shape[1] * self.order.shape[2]


def curriculum(
    problem: Problem,
    seeds: NDArray[np.uint64],
    *,
    steps: int,
    batch: int | None,
    rate: float,
    momentum: float,
    loss: str | None,
) -> Curriculum:
    """What n individuals learn; all that is drawn for one follows from its own seed.

    Args:
        problem: gives the lessons.
        seeds: `(n,)`.
        steps: steps of a life.
        batch: lessons of a step; None for all.
        rate, momentum: of gradient descent.
        loss: its name; None for what the lessons say.
    """
    draws = [np.random.SeedSequence(int(seed)).spawn(3) for seed in seeds]
    by_seed = {seed: _lessons(problem, seed) for seed in seeds.tolist()}
    given = [by_seed[seed] for seed in seeds.tolist()]
    same = all(each is given[0] for each in given)
    lessons = given[:1] if same else given
    starts = np.cumsum([0, *(len(each.inputs) for each in lessons)])[:-1]
    orders = []
    for row, (_, order, _) in enumerate(draws):
        place = 0 if same else row
        count = len(lessons[place].inputs)
        if batch is None or batch >= count:
            if same:
                orders = [np.tile(np.arange(count), (steps, 1))]
                break
            orders.append(np.tile(np.arange(count), (steps, 1)) + starts[place])
        else:
            orders.append(_drawn(order, count, steps, batch) + starts[place])
    return Curriculum(
        np.concatenate([each.inputs for each in lessons]),
        np.concatenate([each.answers for each in lessons]),
        np.stack(orders).astype(np.int32),
        np.array([feedback.generate_state(1, np.uint64)[0] for _, _, feedback in draws]),
        rate,
        momentum,
        loss or lessons[0].loss,
    )


def _lessons(problem: Problem, seed: int) -> Lessons:
    lessons = problem.lessons(lesson_stream(seed))
    assert lessons is not None
    return lessons


def _drawn(draw: np.random.SeedSequence, count: int, steps: int, batch: int) -> NDArray[np.int64]:
    """`(steps, batch)` lessons: all of them in a random order, then in another, and so on."""
    rng, rounds = np.random.default_rng(draw), -(-steps * batch // count)
    order = np.concatenate([rng.permutation(count) for _ in range(rounds)])
    return order[: steps * batch].reshape(steps, batch)
