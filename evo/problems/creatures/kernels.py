"""The life of a creature, compiled: settle, then sense, think and move, and all is measured.

This kernel scores creatures, and plays them again for films and audits.
"""

from typing import Any

from evo_envs.creatures import kernels as physics
from evo_envs.creatures.kernels import (
    LIVED,
    LOST,
    POWER,
    UPRIGHT,
    WORK,
    X,
    finite,
    layout_type,
    settle,
    views_type,
)
from evo_envs.creatures.stage import Layout, Views
from evo_envs.creatures.worlds import TICK
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.brains.columns import Parts, parts_type
from evo.networks.brains.kernels import think, wake
from evo.networks.kernels import flag, float64, floats1, floats2, int64, ints1, void

Array = NDArray[Any]
floats3 = types.float32[:, :, ::1]

FAST, TIRED, TUMBLED, SHAKEN = range(4, 8)
"""How a life went, beside `LIVED` … `BURST`: the body was too fast; it used too much power; it
tumbled; it vibrated."""
SPEED, MEAN_POWER, TILTED, TILT, REVERSALS = range(5)
"""What `limits` has where: the speed of the centre in m/s, the mean power of the actuators in W,
the share of decisions in which the root may be tilted, the least cosine of that tilt, and how often
a second an actuator may be told to turn back, on average."""


STAYED = 0.03
"""Within how many metres of its start a centre stays that is still where it was."""


@kernel(void(views_type, layout_type, int64, int64, floats3))
def record(views: Views, layout: Layout, frame: int, first: int, poses: Array) -> None:
    """Write where the parts of a creature are, `(frames, parts, 12)`: places and rotations.

    Args:
        views, layout: of the creature.
        frame: the number of the moment.
        first: the number of its first part among all that are filmed.
        poses: `(frames, parts, 12)`.
    """
    for part in range(len(layout.geoms)):
        geom = layout.geoms[part]
        for k in range(3):
            poses[frame, first + part, k] = views.geom_xpos[geom, k]
        for k in range(9):
            poses[frame, first + part, 3 + k] = views.geom_xmat[geom, k]


@kernel(int64(floats1, floats1, float64, floats1, int64))
def watch(before: Array, row: Array, used: float, limits: Array, frames: int) -> int:
    """Whether a creature is too fast, or has used more power than it may in its whole life.

    Args:
        before, row: of its track, two decisions.
        used: the sum of `POWER` until now, in W.
        limits: see `REVERSALS`.
        frames: decisions of the life.

    Returns:
        `LIVED`, `FAST` or `TIRED`.
    """
    moved, far = 0.0, limits[SPEED] * TICK
    for k in range(3):
        away = row[X + k] - before[X + k]
        moved += away * away
    if moved > far * far:
        return FAST
    if used > limits[MEAN_POWER] * frames:
        return TIRED
    return LIVED


@kernel(
    types.UniTuple(int64, 2)(
        ints1,
        views_type,
        layout_type,
        parts_type,
        int64,
        float64,
        float64,
        floats1,
        floats2,
        floats1,
        flag,
        int64,
        floats2,
        floats1,
        floats2,
        floats3,
    )
)
def live(
    native: Array,
    views: Views,
    layout: Layout,
    brain: Parts,
    frame: int,
    timestep: float,
    rise: float,
    kick: Array,
    targets: Array,
    limits: Array,
    rests: bool,
    patience: int,
    control: Array,
    upwards: Array,
    track: Array,
    poses: Array,
) -> tuple[int, int]:
    """One life of one creature, from rest.

    Args:
        native: addresses, see `physics.advance`.
        views, layout: of the creature.
        brain: its parts.
        frame: steps of physics between decisions.
        timestep: of the physics, in s.
        rise: see `settle`.
        kick: `(dofs,)` speeds of the joints in rad/s with which it begins.
        targets: `(k, 3)` places of what it sees.
        limits: what ends a life early, see `REVERSALS`.
        rests: whether it comes to rest before it moves.
        patience: decisions after which the life of a creature ends whose centre is still where it
            was; 0 for never.
        control: `(3, dofs)` to work in.
        upwards: `(3,)` to work in.
        track: `(frames + 1, CHANNELS)` what is measured.
        poses: `(frames + 1, parts, 12)` for a film; `(0, …)` for none.

    Returns:
        How it went, and after how many decisions that was clear.
    """
    frames, dofs = track.shape[0] - 1, control.shape[1]
    told, before, trend = control[0], control[1], control[2]
    filmed = poses.shape[0] > 0
    if filmed:
        # of a body that does not come to rest this is all there is to see
        record(views, layout, 0, 0, poses)
    wake(brain)
    if rests:
        outcome = settle(native, views, layout, frame, rise, track[0])
        if outcome != LIVED:
            return outcome, 0
    physics.push(views, layout, kick)
    physics.begin(native, views, layout, upwards, track[0])
    if filmed:
        record(views, layout, 0, 0, poses)
    reach = 0.0
    used, tilted, reversals = 0.0, 0, 0
    for now in range(frames):
        physics.sense(views, layout, now * TICK, targets, brain.signals)
        think(brain, now * TICK, TICK, now, len(targets) > 0, told)
        physics.tell(views, layout, told)
        for k in range(dofs):
            change = told[k] - before[k]
            if now > 1 and change * trend[k] < 0.0:
                reversals += 1
            if change != 0.0 or now < 2:
                trend[k] = change
            before[k] = told[k]
        row = track[now + 1]
        physics.move(native, views, layout, frame, timestep, upwards, row, track[now, WORK])
        if filmed:
            record(views, layout, now + 1, 0, poses)
        if not finite(views, layout):
            return LOST, now + 1
        used += row[POWER]
        outcome = watch(track[now], row, used, limits, frames)
        if outcome != LIVED:
            return outcome, now + 1
        if row[UPRIGHT] < limits[TILT]:
            tilted += 1
            if tilted > limits[TILTED] * frames:
                return TUMBLED, now + 1
        if now < patience:
            for k in range(3):
                reach = max(reach, abs(row[X + k] - track[0, X + k]))
            if now + 1 == patience and reach < STAYED:
                return LIVED, patience
        if reversals > limits[REVERSALS] * dofs * frames * TICK:
            return SHAKEN, now + 1
    return LIVED, frames
