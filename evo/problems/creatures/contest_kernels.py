"""A bout of two creatures for a cube, compiled."""

import math

from evo_envs.creatures import kernels as physics
from evo_envs.creatures.contest import gap, look
from evo_envs.creatures.kernels import LIVED, POWER, WORK, layout_type, views_type
from evo_envs.creatures.stage import Layout, Views
from evo_envs.creatures.worlds import TICK
from numba import types

from evo.jit import kernel
from evo.networks.brains.columns import Parts, parts_type
from evo.networks.brains.kernels import think, wake
from evo.networks.kernels import float64, floats1, floats2, int64, ints1, void
from evo.problems.creatures.kernels import LOST, Array, floats3, record, watch


@kernel(void(views_type, layout_type, layout_type, int64, int64, floats3))
def shoot(views: Views, first: Layout, second: Layout, cube: int, frame: int, poses: Array) -> None:
    """Write where the parts of both creatures are, and the cube as the last; see `record`."""
    record(views, first, frame, 0, poses)
    record(views, second, frame, len(first.geoms), poses)
    last = poses.shape[1] - 1
    for k in range(3):
        poses[frame, last, k] = views.xpos[cube, k]
    for k in range(9):
        poses[frame, last, 3 + k] = views.xmat[cube, k]


@kernel(
    types.UniTuple(int64, 2)(
        ints1,
        views_type,
        layout_type,
        parts_type,
        layout_type,
        parts_type,
        int64,
        int64,
        float64,
        float64,
        floats1,
        floats1,
        floats1,
        floats2,
        floats2,
        floats2,
        floats1,
        floats2,
        floats2,
        floats3,
    )
)
def contest(
    native: Array,
    views: Views,
    first: Layout,
    first_brain: Parts,
    second: Layout,
    second_brain: Parts,
    cube: int,
    frame: int,
    timestep: float,
    rise: float,
    limits: Array,
    kick: Array,
    other_kick: Array,
    targets: Array,
    control: Array,
    other_control: Array,
    upwards: Array,
    track: Array,
    gaps: Array,
    poses: Array,
) -> tuple[int, int]:
    """One bout, from rest; the first creature is watched for cheats.

    Args:
        native: addresses, see `physics.advance`.
        views: of the physics.
        first, first_brain: the creature that is scored.
        second, second_brain: its rival.
        cube: the number of the cube's body in the model.
        frame: steps of physics between decisions.
        timestep: of the physics, in s.
        rise: see `physics.settle`.
        limits: see `evo.problems.creatures.kernels`; speed and power count.
        kick, other_kick: `(dofs,)` speeds of the joints in rad/s with which both begin.
        targets: `(SEEN, 3)` to work in, see `look`.
        control, other_control: `(1, dofs)` to work in.
        upwards: `(3,)` to work in.
        track: `(frames + 1, CHANNELS)` of the first.
        gaps: `(frames + 1, 2)` from the cube to each creature.
        poses: `(frames + 1, parts of both and the cube, 12)` for a film; `(0, …)` for none.

    Returns:
        How it went for the first, and after how many decisions that was clear.
    """
    frames = track.shape[0] - 1
    wake(first_brain)
    wake(second_brain)
    filmed = poses.shape[0] > 0
    if filmed:
        # of a body that does not come to rest this is all there is to see
        shoot(views, first, second, cube, 0, poses)
    outcome = physics.settle(native, views, first, frame, rise, track[0])
    if outcome != LIVED:
        return outcome, 0
    physics.settle(native, views, second, frame, math.inf, track[0])
    physics.push(views, first, kick)
    physics.push(views, second, other_kick)
    physics.begin(native, views, first, upwards, track[0])
    gaps[0, 0], gaps[0, 1] = gap(views, first, cube), gap(views, second, cube)
    if filmed:
        shoot(views, first, second, cube, 0, poses)
    used = 0.0
    for now in range(frames):
        look(views, second, cube, targets)
        physics.sense(views, first, now * TICK, targets, first_brain.signals)
        think(first_brain, now * TICK, TICK, now, True, control[0])
        look(views, first, cube, targets)
        physics.sense(views, second, now * TICK, targets, second_brain.signals)
        think(second_brain, now * TICK, TICK, now, True, other_control[0])
        physics.tell(views, first, control[0])
        physics.tell(views, second, other_control[0])
        row = track[now + 1]
        physics.move(native, views, first, frame, timestep, upwards, row, track[now, WORK])
        gaps[now + 1, 0] = gap(views, first, cube)
        gaps[now + 1, 1] = gap(views, second, cube)
        if filmed:
            shoot(views, first, second, cube, now + 1, poses)
        if not physics.finite(views, first) or not math.isfinite(gaps[now + 1, 1]):
            return LOST, now + 1
        used += row[POWER]
        outcome = watch(track[now], row, used, limits, frames)
        if outcome != LIVED:
            return outcome, now + 1
    return LIVED, frames
