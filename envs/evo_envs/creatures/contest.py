"""A contest of two creatures for a cube: how they stand, what they see, and who is ahead.

Source: K. Sims, Evolving 3D Morphology and Behavior by Competition, Artificial Life IV (1994),
section 2; sizes and distances are chosen here.
"""

import math
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from evo_envs.creatures.kernels import OPTIONS, layout_type, views_type
from evo_envs.creatures.stage import AnyBody, Layout, Place, Stage, Views, build
from evo_envs.creatures.worlds import World

Array = NDArray[Any]
CUBE = 0.15
"""Half the side of the cube in m."""
START = 0.5
"""From the cube to the nearest point of each creature at the start, in m."""
LAST = 25
"""Decisions at the end over which distances to the cube are averaged: half a second."""
SEEN = 2
"""How many things each creature sees the direction to: the cube, then its rival."""


def face(first: AnyBody, second: AnyBody, world: World, touch: bool) -> Stage:
    """Two creatures that face each other, with the cube between them.

    Args:
        first, second: their bodies; the second begins where x is positive.
        world: where they are.
        touch: whether parts feel contacts.
    """
    places = [_place(first, -1.0), _place(second, 1.0)]
    return build([first, second], world, touch=touch, places=places, cube=CUBE)


def cube_of(stage: Stage) -> int:
    """The number of the cube's body in the model."""
    return int(stage.model.body("cube").id)


def _place(body: AnyBody, side: float) -> Place:
    """Behind the start on one side of the cube, facing it."""
    centres, rotations = body.rest()
    halves = np.array([part.half for part in body.parts])
    reach = (np.abs(rotations) * halves[:, None, :]).sum(axis=2)
    ahead = float((centres[:, 0] + reach[:, 0]).max())
    angle = 0.0 if side < 0 else float(np.pi)
    return Place(side * (CUBE + START + ahead), 0.0, angle)


@njit(types.void(views_type, layout_type, types.int64, types.float64[:, ::1]), **OPTIONS)
def look(views: Views, rival: Layout, cube: int, targets: Array) -> None:
    """Where the cube and the rival are.

    Args:
        views: of the physics.
        rival: of the creature that looks.
        cube: the number of the cube's body in the model.
        targets: `(SEEN, 3)`, filled.
    """
    for k in range(3):
        targets[0, k] = views.xpos[cube, k]
        targets[1, k] = views.subtree_com[rival.root[0], k]


@njit(types.float64(views_type, layout_type, types.int64), **OPTIONS)
def gap(views: Views, layout: Layout, cube: int) -> float:
    """From the cube's centre to the nearest centre of a part, in m."""
    nearest = math.inf
    for part in range(len(layout.geoms)):
        geom, square = layout.geoms[part], 0.0
        for k in range(3):
            away = views.geom_xpos[geom, k] - views.xpos[cube, k]
            square += away * away
        nearest = min(nearest, square)
    return math.sqrt(nearest)


def advantage(gaps: Array) -> float:
    """How much nearer the first is to the cube at the end, from -1 to 1.

    Args:
        gaps: `(decisions + 1, 2)` distances of both; the last `LAST` count.
    """
    mine, theirs = gaps[-LAST:].mean(axis=0)
    return float((theirs - mine) / (theirs + mine))
