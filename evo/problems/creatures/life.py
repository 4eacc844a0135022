"""Lives of one creature in one world: played, measured, and filmed where that is asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from evo_envs.creatures.film import SHAPES, Film, Shape
from evo_envs.creatures.kernels import LIVED, RISE
from evo_envs.creatures.kernels import track as room
from evo_envs.creatures.native import addresses
from evo_envs.creatures.stage import AnyBody, Stage, build
from evo_envs.creatures.worlds import EXTENT, TICK, World
from numpy.typing import NDArray

from evo.networks.brains.columns import Brain
from evo.problems.creatures.kernels import live

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Life:
    """What became of a creature.

    Attributes:
        outcome: how it went, see `evo.problems.creatures.kernels`.
        track: `(decisions + 1, CHANNELS)` what was measured until its end, see
            `evo_envs.creatures.kernels`.
        share: of the time that was planned.
        mass: of the creature, in kg.
        poses: `(decisions + 1, parts, 12)` places and rotations, as long as they are finite; empty
            where it was not filmed.
    """

    outcome: int
    track: Floats
    share: float
    mass: float
    poses: NDArray[np.float32]

    @property
    def complete(self) -> bool:
        """Whether it lived to the end."""
        return self.outcome == LIVED


@dataclass(frozen=True, eq=False)
class Lives:
    """A creature in a world that lives as often as it is asked to.

    Args:
        body, brain: of the creature.
        world: where it lives.
        limits: what ends a life early, see `evo.problems.creatures.kernels`.
        rests: whether it comes to rest before it moves.
        patience: seconds after which a life ends in which the creature has not moved from where it
            was; 0 for never.
    """

    body: AnyBody
    brain: Brain
    stage: Stage
    limits: Floats
    rests: bool = True
    patience: float = 0.0

    @classmethod
    def of(
        cls,
        body: AnyBody,
        brain: Brain,
        world: World,
        limits: Floats,
        *,
        rests: bool = True,
        apart: bool = True,
        touch: bool = False,
        patience: float = 0.0,
    ) -> "Lives":
        """Lives of a creature in a world that is made for it.

        Args:
            body, brain, world, limits, rests, patience: as of the class.
            apart: whether parts that overlap pass through each other.
            touch: whether it feels contacts.
        """
        stage = build([body], world, touch=touch, apart=apart)
        return cls(body, brain, stage, limits, rests, patience)

    def live(self, seconds: float, kick: Floats, targets: Floats, *, filmed: bool = False) -> Life:
        """One life.

        Args:
            seconds: how long.
            kick: `(dofs,)` speeds of the joints with which it begins, in rad/s.
            targets: `(k, 3)` places of what it sees.
            filmed: whether poses are kept.
        """
        stage, parts = self.stage, len(self.body.parts)
        layout, dofs = stage.creatures[0], self.body.degrees_of_freedom
        frames = round(seconds / TICK)
        track = room(frames)
        poses = np.zeros((frames + 1 if filmed else 0, parts, 12), np.float32)
        stage.reset()
        outcome, lived = live(
            addresses(stage.model, stage.data),
            stage.views,
            layout,
            self.brain.parts(),
            stage.world.frame,
            stage.world.step,
            RISE,
            np.require(kick, np.float64, ["C"]),
            np.require(targets, np.float64, ["C"]).reshape(-1, 3),
            self.limits,
            self.rests,
            0 if filmed else round(self.patience / TICK),
            np.zeros((3, dofs)),
            np.zeros(3),
            track,
            poses,
        )
        kept = seen(poses[: lived + 1]) if filmed else poses
        return Life(outcome, track[: lived + 1], lived / frames, stage.masses[0], kept)


def film(title: str, life: Life, body: AnyBody, world: World, every: int = 2, **scene: Any) -> Film:
    """A film of a life.

    Args:
        title: what is seen.
        life: a filmed one.
        body: of the creature.
        world: where it lived.
        every: of so many decisions one becomes a frame.
        scene: further attributes of the film, such as `lights`.
    """
    shapes = tuple(Shape(part.shape, part.half, 0, part.group) for part in body.parts)
    terrain: dict[str, Any] = {}
    if world.kind == "terrain":
        terrain = {"heights": world.heights.astype(np.float32), "extent": EXTENT}
    poses = placed(life.poses[::every], [SHAPES.index(part.shape) for part in body.parts])
    slope = world.slope if world.kind == "slope" else 0.0
    return Film(title, every * TICK, shapes, poses, world.kind, slope, **terrain, **scene)


def seen(poses: NDArray[np.float32]) -> NDArray[np.float32]:
    """The moments `(frames, parts, 12)` in which all parts were somewhere."""
    return poses[np.isfinite(poses).all(axis=(1, 2))]


def placed(poses: NDArray[np.float32], shapes: Any) -> NDArray[np.float32]:
    """`(frames, parts, 7)` places and quaternions from `(frames, parts, 12)` with matrices.

    Capsules, which lie along z in MuJoCo, are turned to lie along x.
    """
    from scipy.spatial.transform import Rotation

    matrices = poses[:, :, 3:].reshape(*poses.shape[:2], 3, 3).astype(np.float64)
    capsule = np.asarray(shapes) == SHAPES.index("capsule")
    # the columns of a rotation are the axes: z becomes x, x becomes -z
    turned = np.stack([matrices[..., 2], matrices[..., 1], -matrices[..., 0]], axis=-1)
    matrices = np.where(capsule[None, :, None, None], turned, matrices)
    quaternions = Rotation.from_matrix(matrices.reshape(-1, 3, 3)).as_quat(scalar_first=True)
    placed = np.empty((*poses.shape[:2], 7), np.float32)
    placed[..., :3] = poses[..., :3]
    placed[..., 3:] = quaternions.reshape(*poses.shape[:2], 4)
    return placed
