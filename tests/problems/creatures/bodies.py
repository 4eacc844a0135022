"""Bodies and brains that are built by hand or drawn, for tests of creatures."""

from dataclasses import replace
from typing import Any

import numpy as np
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.stage import Stage

from evo.genomes.bodies.creatures import Creatures, oscillators
from evo.genomes.bodies.develop import Growth, develop
from evo.networks.brains.columns import OSCILLATORS, Brain, Oscillators
from evo.problems.creatures.life import Lives
from tests.genomes.bodies.graphs import drawn

NOTHING = np.zeros((0, 3))
"""What creatures see that see nothing."""


def brain(body: Any, amplitude=0.0, frequency=1.0, phase=(), offset=0.0, targets: int = 0) -> Brain:
    """A free oscillator for each joint axis; it moves nothing unless it has an amplitude."""
    dofs = body.degrees_of_freedom
    numbers = np.zeros((dofs, 5))
    numbers[:, 0], numbers[:, 1] = amplitude, offset
    numbers[: len(phase), 2] = phase
    rhythm = np.array([frequency, 0.0])
    built = Oscillators(numbers, np.full(dofs, -1, np.int64), rhythm)
    return Brain(OSCILLATORS, body.senses(targets), dofs, built)


def batch(*creatures: tuple[Body, Brain]) -> Creatures:
    """Creatures that grew from no genome."""
    return Creatures(
        tuple(Growth(body, ()) for body, _ in creatures), tuple(brain for _, brain in creatures)
    )


def evaluated(task: Any, *creatures: tuple[Body, Brain], seed: int = 1) -> Any:
    """What a task finds of creatures that all begin in the same way."""
    return task.evaluate(batch(*creatures), np.full(len(creatures), seed, np.uint64))


def grown(count: int, seed: int, parts: int = 8) -> list[tuple[Body, Brain]]:
    """Creatures from random graphs, each with a joint that moves."""
    found = []
    for graph in drawn(20 * count, seed):
        growth = develop(graph, parts)
        if growth.body.degrees_of_freedom:
            found.append((growth.body, oscillators(graph, growth, 0, coupled=False)))
    return found[:count]


def passive(creature: tuple[Body, Brain]) -> tuple[Body, Brain]:
    """The creature with a brain that tells every joint to stay straight."""
    return creature[0], brain(creature[0])


EEL = Body(
    (
        Part(-1, "ellipsoid", (0.2, 0.08, 0.12)),
        Part(0, "box", (0.15, 0.02, 0.12), "universal", (-0.2, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)),
        Part(1, "box", (0.15, 0.02, 0.12), "universal", (0.15, 0.0, 0.0)),
    )
)
"""Swims by waving its tail from side to side."""
WAVES = brain(EEL, (0.0, 0.8, 0.0, 0.8), 1.5, (0.0, 0.0, 0.0, 1.5))

TURNED = np.sqrt(0.5)
TABLE = Body(
    (
        Part(-1, "box", (0.3, 0.2, 0.05)),
        *(
            Part(
                0,
                "capsule",
                (0.2, 0.05, 0.05),
                "hinge",
                (x, y, -0.05),
                (TURNED, 0.0, TURNED, 0.0),
            )
            for x in (-0.25, 0.25)
            for y in (-0.15, 0.15)
        ),
    )
)
"""Stands on four legs."""

BALL = Body(
    (
        Part(-1, "ellipsoid", (0.3, 0.3, 0.3)),
        Part(0, "ellipsoid", (0.05, 0.05, 0.05), "hinge", (0.0, 0.0, 0.0)),
    )
)
"""Rolls; what moves is inside of it."""


class Pushed(Stage):
    """A stage where a force pushes the root of the first creature all the time."""

    force = (0.0, 0.0, 0.0)

    def reset(self) -> None:
        super().reset()
        self.data.xfrc_applied[self.creatures[0].root[0], :3] = self.force


def pushed(lives: Lives, force: tuple[float, float, float]) -> Lives:
    """The same lives, but with a force in N, and without coming to rest before."""
    stage = type("OfForce", (Pushed,), {"force": force})(**vars(lives.stage))
    return replace(lives, stage=stage, rests=False)
