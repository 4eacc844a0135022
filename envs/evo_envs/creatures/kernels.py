"""What happens between two decisions of a creature, compiled: sense, move, measure.

The same code runs when a creature is scored, filmed and trained through Gymnasium.
"""

import math
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from evo_envs.creatures.body import CLOCK, UP
from evo_envs.creatures.native import DATA, ENERGY_OF_PLACE, ENERGY_OF_SPEED, MODEL, STEP, call
from evo_envs.creatures.stage import Layout, Views

Array = NDArray[Any]

X, Y, Z, LOW, UPRIGHT, POWER, WORK, ENERGY = range(8)
"""Columns of a track: centre of mass and the lowest point in m, the root's z axis times upwards,
mean power of all actuators in W, their work so far and the energy of the whole in J. The z axis
is the direction of the root that was upwards at first."""
CHANNELS = 8
BOX, CAPSULE, CYLINDER = 0, 1, 3
"""Codes of shapes, see `Layout`."""
LIVED, LOST, RESTLESS, BURST = range(4)
"""What became of a body: nothing bad; a number was no longer finite; it did not come to rest; it
flew apart before it moved."""
SETTLING, STILL, CALM = 150, 10, 0.003
"""Decisions within which a body comes to rest: over 10 of them its centre moves less than 3 mm."""
RISE = 0.05
"""How far the centre of a body may rise while it comes to rest, in m."""

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
_ints1, _ints2 = types.int64[::1], types.int64[:, ::1]
_floats1, _floats2 = types.float64[::1], types.float64[:, ::1]
layout_type = types.NamedTuple(
    (
        _ints1,
        _ints1,
        _ints1,
        _floats2,
        _ints2,
        _floats1,
        _ints1,
        _ints1,
        _ints1,
        _floats2,
    ),
    Layout,
)
views_type = types.NamedTuple(
    (
        _floats1,
        _floats1,
        _floats1,
        _floats1,
        _floats2,
        _floats2,
        _floats2,
        _floats2,
        _floats2,
        _floats1,
        _floats1,
        _floats1,
    ),
    Views,
)


@njit(types.void(views_type, layout_type, types.float64, _floats2, _floats1), **OPTIONS)
def sense(views: Views, layout: Layout, time: float, targets: Array, seen: Array) -> None:
    """Fill `seen` with what a creature senses.

    The clock, sine and cosine of one turn a second; the direction upwards; that of each target;
    for each joint axis its angle, as a share of its limit, and its speed; for each part whether it
    touches something. Directions are along the root's axes; speeds, in rad/s, are divided by 10.

    Args:
        views: of the physics.
        layout: the creature.
        time: in s.
        targets: `(k, 3)` places of what it sees.
        seen: room for `Body.senses` numbers.
    """
    root = layout.root[0]
    rotation = views.xmat[root]
    seen[0], seen[1] = math.sin(2.0 * math.pi * time), math.cos(2.0 * math.pi * time)
    for k in range(3):
        seen[CLOCK + k] = rotation[6 + k]
    place = CLOCK + UP
    for target in range(targets.shape[0]):
        length = 1e-9
        for k in range(3):
            away = 0.0
            for axis in range(3):
                away += rotation[3 * axis + k] * (targets[target, axis] - views.xpos[root, axis])
            seen[place + k] = away
            length += away * away
        for k in range(3):
            seen[place + k] /= math.sqrt(length)
        place += 3
    for axis in range(layout.joints.shape[0]):
        angle = views.qpos[layout.joints[axis, 0]] / layout.limits[axis]
        seen[place] = min(max(angle, -1.0), 1.0)
        seen[place + 1] = min(max(0.1 * views.qvel[layout.joints[axis, 1]], -1.0), 1.0)
        place += 2
    for part in range(layout.touch.shape[0]):
        sensor = layout.touch[part]
        seen[place] = 1.0 if sensor >= 0 and views.sensordata[sensor] > 0.0 else 0.0
        place += 1


@njit(types.float64(views_type, layout_type), **OPTIONS)
def lowest(views: Views, layout: Layout) -> float:
    """The height of a creature's lowest point, in m."""
    low = math.inf
    for part in range(layout.geoms.shape[0]):
        geom = layout.geoms[part]
        # of MuJoCo's capsules and cylinders the third axis is the long one
        x, y, z = views.geom_xmat[geom, 6], views.geom_xmat[geom, 7], views.geom_xmat[geom, 8]
        if layout.shape[part] == CAPSULE:
            radius = layout.half[part, 1]
            reach = abs(z) * (layout.half[part, 0] - radius) + radius
        elif layout.shape[part] == CYLINDER:
            reach = abs(z) * layout.half[part, 0] + layout.half[part, 1] * math.hypot(x, y)
        else:
            x, y, z = (
                x * layout.half[part, 0],
                y * layout.half[part, 1],
                z * layout.half[part, 2],
            )
            if layout.shape[part] == BOX:
                reach = abs(x) + abs(y) + abs(z)
            else:
                reach = math.sqrt(x * x + y * y + z * z)
        low = min(low, views.geom_xpos[geom, 2] - reach)
    return low


@njit(types.void(_ints1, views_type, layout_type, _floats1, _floats1), **OPTIONS)
def measure(native: Array, views: Views, layout: Layout, upwards: Array, row: Array) -> None:
    """Write where a creature is and its energy into a row of its track; see `X` … `ENERGY`.

    Args:
        native: as in `advance`.
        views, layout: of the creature.
        upwards: `(3,)` the direction along the root's axes that was upwards at first.
        row: `(CHANNELS,)`.
    """
    root = layout.root[0]
    for k in range(3):
        row[X + k] = views.subtree_com[root, k]
    row[LOW] = lowest(views, layout)
    row[UPRIGHT] = 0.0
    for k in range(3):
        row[UPRIGHT] += views.xmat[root, 6 + k] * upwards[k]
    call(native[ENERGY_OF_PLACE], native[MODEL], native[DATA])
    call(native[ENERGY_OF_SPEED], native[MODEL], native[DATA])
    row[ENERGY] = views.energy[0] + views.energy[1]


@njit(types.void(views_type, layout_type, _floats1), **OPTIONS)
def push(views: Views, layout: Layout, speeds: Array) -> None:
    """Add speeds to those of a creature's joint axes, in rad/s; more than it has axes are left."""
    for k in range(min(len(speeds), len(layout.joints))):
        views.qvel[layout.joints[k, 1]] += speeds[k]


@njit(types.void(_ints1, views_type, layout_type, _floats1, _floats1), **OPTIONS)
def begin(native: Array, views: Views, layout: Layout, upwards: Array, row: Array) -> None:
    """Note which direction is upwards for a creature, and write the first row of its track.

    Args:
        native: as in `advance`.
        views, layout: of the creature.
        upwards: filled, see `measure`.
        row: `(CHANNELS,)`.
    """
    for k in range(3):
        upwards[k] = views.xmat[layout.root[0], 6 + k]
    measure(native, views, layout, upwards, row)
    row[POWER] = 0.0
    row[WORK] = 0.0


@njit(types.void(_ints1, types.int64), **OPTIONS)
def advance(native: Array, count: int) -> None:
    """Let `count` steps of physics pass.

    Args:
        native: addresses, see `native.addresses`.
        count: of steps.
    """
    for _ in range(count):
        call(native[STEP], native[MODEL], native[DATA])


@njit(types.boolean(views_type, layout_type), **OPTIONS)
def finite(views: Views, layout: Layout) -> bool:
    """Whether a creature is still somewhere."""
    root = layout.root[0]
    total = views.subtree_com[root, 0] + views.subtree_com[root, 1] + views.subtree_com[root, 2]
    return math.isfinite(total)


@njit(
    types.int64(_ints1, views_type, layout_type, types.int64, types.float64, _floats1),
    **OPTIONS,
)
def settle(
    native: Array,
    views: Views,
    layout: Layout,
    frame: int,
    rise: float,
    where: Array,
) -> int:
    """Let a body come to rest, its actuators told 0.

    Args:
        native: as in `advance`.
        views, layout: of the creature.
        frame: steps of physics between decisions.
        rise: how far its centre may rise meanwhile, in m.
        where: `(3,)` to work in.

    Returns:
        `LIVED` once it rests, or what went wrong.
    """
    root = layout.root[0]
    for k in range(layout.span.shape[0]):
        views.ctrl[layout.first[0] + k] = layout.span[k, 0]
    start = views.subtree_com[root, Z]
    for k in range(3):
        where[k] = views.subtree_com[root, k]
    for count in range(1, SETTLING + 1):
        advance(native, frame)
        if not finite(views, layout):
            return LOST
        if views.subtree_com[root, Z] > start + rise:
            return BURST
        if count % STILL == 0:
            moved = 0.0
            for k in range(3):
                away = views.subtree_com[root, k] - where[k]
                moved += away * away
                where[k] = views.subtree_com[root, k]
            if moved < CALM * CALM:
                return LIVED
    return RESTLESS


@njit(types.void(views_type, layout_type, _floats1), **OPTIONS)
def tell(views: Views, layout: Layout, told: Array) -> None:
    """Tell the actuators of a creature what to do until the next decision.

    Args:
        views, layout: of the creature.
        told: `(actuators,)` from -1 to 1, for the least and the most that each can be told.
    """
    for k in range(layout.span.shape[0]):
        views.ctrl[layout.first[0] + k] = layout.span[k, 0] + layout.span[k, 1] * told[k]


@njit(
    types.void(
        _ints1,
        views_type,
        layout_type,
        types.int64,
        types.float64,
        _floats1,
        _floats1,
        types.float64,
    ),
    **OPTIONS,
)
def move(
    native: Array,
    views: Views,
    layout: Layout,
    count: int,
    timestep: float,
    upwards: Array,
    row: Array,
    work: float,
) -> None:
    """Let `count` steps of physics pass, and write a row of a creature's track.

    Args:
        native, count: as in `advance`.
        views, layout: of the creature.
        timestep: of the physics, in s.
        upwards: as in `measure`.
        row: of the track.
        work: what its actuators have done before, in J.
    """
    first, count_of_actuators = layout.first[0], layout.span.shape[0]
    effort = 0.0
    for _ in range(count):
        call(native[STEP], native[MODEL], native[DATA])
        for k in range(first, first + count_of_actuators):
            power = views.actuator_force[k] * views.actuator_velocity[k]
            effort += abs(power)
            work += power * timestep
    measure(native, views, layout, upwards, row)
    row[POWER] = effort / count
    row[WORK] = work


def track(frames: int) -> NDArray[np.float64]:
    """Room for the track of a creature over `frames` decisions, and before the first."""
    return np.zeros((frames + 1, CHANNELS))
