"""Bodies in a world as a MuJoCo model, ready to move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from evo_envs.creatures.body import Anatomy, Body, Part, Quaternion, Triple
from evo_envs.creatures.engine import mujoco
from evo_envs.creatures.film import SHAPES
from evo_envs.creatures.overlap import overlapping
from evo_envs.creatures.worlds import EXTENT, World

Ints, Floats = NDArray[np.int64], NDArray[np.float64]

STRESS = 60e3
"""Torque of an actuator of strength 1, in N m, over the 3/2th power of the cross-section in m²."""
STIFF, DAMPED, QUICK = 0.4, 0.04, 50.0
"""The error in rad at which an actuator has its full torque; the damping time of a joint in s; the
most that an unloaded joint swings, in rad/s: its rotor has the inertia for that, so that strong
joints of small parts are no quicker than the steps of the physics."""
SLACK = 0.15
"""How much further than its limits a joint turns before it is stopped, in rad."""
GAP = 1e-3
"""How far above the ground a body begins, in m."""
ARENA = 64 * 1024 * 1024
"""Bytes that MuJoCo may use in a step. More than any body takes, so that it never runs out."""
TYPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
}
ALONG_X = (0.7071067811865476, 0.0, 0.7071067811865476, 0.0)
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


class Layout(NamedTuple):
    """Where one creature is in a model.

    Attributes:
        root: `(1,)` the number of its first MuJoCo body.
        geoms: `(parts,)` numbers of its geoms.
        shape: `(parts,)` codes of their shapes, as in `SHAPES`; 3 for cylinders.
        half: `(parts, 3)` half sizes in m; of a capsule as in `film.Shape`, of a cylinder half of
            its length and twice its radius.
        joints: `(axes, 2)` places of each joint axis in qpos and in qvel.
        limits: `(axes,)` how far each turns, in rad, or slides, in m.
        part: `(axes,)` the part that it turns.
        first: `(1,)` its first actuator.
        touch: `(parts,)` places of touch sensors in sensordata; -1 without one.
        span: `(actuators, 2)` the middle of what each actuator can be told, and half the range.
    """

    root: Ints
    geoms: Ints
    shape: Ints
    half: Floats
    joints: Ints
    limits: Floats
    part: Ints
    first: Ints
    touch: Ints
    span: Floats


class Views(NamedTuple):
    """Arrays of MuJoCo's data that kernels read and write; views, not copies."""

    qpos: Floats
    qvel: Floats
    ctrl: Floats
    sensordata: Floats
    subtree_com: Floats
    xpos: Floats
    xmat: Floats
    geom_xpos: Floats
    geom_xmat: Floats
    actuator_force: Floats
    actuator_velocity: Floats
    energy: Floats


@dataclass(frozen=True, eq=False)
class Stage:
    """A model with its data, and where creatures are in it.

    Attributes:
        spec: the `mujoco.MjSpec` that the model was made from.
        model, data: MuJoCo's.
        views: arrays of the data.
        creatures: the layout of each creature.
        masses: of each, in kg.
        world: the one it was built for.
        start: `(nq,)` the positions at the start.
    """

    spec: Any
    model: Any
    data: Any
    views: Views
    creatures: tuple[Layout, ...]
    masses: tuple[float, ...]
    world: World
    start: Floats

    @property
    def warnings(self) -> dict[str, int]:
        """How often MuJoCo warned of something since the data were reset, by what."""
        numbers = self.data.warning.number
        names = mujoco.mjtWarning.__members__
        return {
            name.removeprefix("mjWARN_").lower(): int(numbers[int(value)])
            for name, value in names.items()
            if int(value) < len(numbers) and numbers[int(value)]
        }

    def reset(self) -> None:
        """Back to the start, at rest."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:] = self.start
        mujoco.mj_forward(self.model, self.data)


@dataclass(frozen=True)
class Place:
    """Where a creature begins: x and y in m, and the direction that it faces in rad."""

    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0


class Builder(Anatomy, Protocol):
    """A body that puts itself into models, as those from files do."""

    def add_to(self, spec: Any, name: str, world: World, touch: bool, place: Place) -> None:
        """Add it, its names with `name` in front; the arguments are those of `build`."""
        ...

    def layout(self, model: Any, name: str) -> Layout:
        """Where it is in a model that it was added to."""
        ...

    @property
    def angles(self) -> Floats:
        """`(axes,)` positions of its joint axes at the start."""
        ...


AnyBody = Body | Builder


def build(
    bodies: Sequence[AnyBody],
    world: World,
    *,
    touch: bool = False,
    places: Sequence[Place] = (),
    cube: float = 0.0,
    apart: bool = True,
) -> Stage:
    """Bodies in a world, at rest on the ground.

    Args:
        bodies: one or several.
        world: where they live.
        touch: whether parts feel contacts.
        places: where each begins; by default in the middle.
        cube: half the side of a cube in the middle in m; 0 for none.
        apart: whether parts of a `Body` that overlap from the start pass through each other,
            instead of being driven apart.
    """
    spec = mujoco.MjSpec()
    _set_options(spec, world)
    _add_ground(spec, world)
    for number, body in enumerate(bodies):
        place, name = places[number] if places else Place(), f"c{number}"
        if not isinstance(body, Body):
            body.add_to(spec, name, world, touch, place)
            continue
        _add_body(spec, body, name, world, touch, place)
        for first, second in overlapping(body) if apart else ():
            spec.add_exclude(bodyname1=f"{name}p{first}", bodyname2=f"{name}p{second}")
    if cube:
        _add_cube(spec, cube)
    model = spec.compile()
    data = mujoco.MjData(model)
    views = Views(*(getattr(data, name) for name in Views._fields))
    start, layouts = model.qpos0.copy(), []
    for number, body in enumerate(bodies):
        if isinstance(body, Body):
            layouts.append(_layout(model, body, f"c{number}", touch))
        else:
            layouts.append(body.layout(model, f"c{number}"))
            start[layouts[-1].joints[:, 0]] = body.angles
    masses = tuple(float(model.body_subtreemass[layout.root[0]]) for layout in layouts)
    stage = Stage(spec, model, data, views, tuple(layouts), masses, world, start)
    stage.reset()
    return stage


def _set_options(spec: Any, world: World) -> None:
    spec.compiler.degree = False
    option = spec.option
    option.timestep = world.step
    # Euler treats the damping of joints implicitly. In water the implicit integrators make thrust
    # from nothing: chains of 3 and 6 parts get 7 to 19 % further at 5 ms than at a quarter of that,
    # with Euler's 0 to 3 %.
    option.integrator = mujoco.mjtIntegrator.mjINT_EULER
    option.iterations = 10
    # a state that is not finite stays so, instead of starting anew
    option.disableflags = mujoco.mjtDisableBit.mjDSBL_AUTORESET
    spec.memory = ARENA
    if world.kind in ("slope", "terrain"):
        # with pyramids for cones bodies creep downhill, up to 8 cm a second
        option.cone, option.impratio = mujoco.mjtCone.mjCONE_ELLIPTIC, 10.0
    if world.kind == "water":
        option.gravity = (0.0, 0.0, 0.0)
        option.density, option.viscosity = 1000.0, 1e-3


def _add_ground(spec: Any, world: World) -> None:
    if world.kind == "water":
        return
    ground = spec.worldbody.add_geom(name="ground", friction=(world.friction, 0.02, 0.02))
    if world.kind == "terrain":
        heights = world.heights
        spec.add_hfield(
            name="terrain",
            nrow=heights.shape[0],
            ncol=heights.shape[1],
            size=(EXTENT, EXTENT, max(world.roughness, 1e-6), 1.0),
            userdata=(heights / max(world.roughness, 1e-6)).ravel().tolist(),
        )
        ground.type, ground.hfieldname = mujoco.mjtGeom.mjGEOM_HFIELD, "terrain"
        return
    ground.type, ground.size = mujoco.mjtGeom.mjGEOM_PLANE, (0.0, 0.0, 1.0)
    if world.kind == "slope":
        half = -0.5 * np.arctan(world.slope)
        ground.quat = (np.cos(half), 0.0, np.sin(half), 0.0)


def pose(body: Anatomy, world: World, place: Place) -> tuple[Triple, Quaternion]:
    """Where the root of a body begins, its lowest point just above the ground, and how it faces.

    The centre of the root is there of a `Body`, the origin of its first body of one from a file.
    """
    height = 0.0 if world.kind == "water" else _clearance(body, world) + GAP
    turn = (float(np.cos(place.angle / 2)), 0.0, 0.0, float(np.sin(place.angle / 2)))
    return (place.x, place.y, height), turn


def _add_body(spec: Any, body: Body, name: str, world: World, touch: bool, place: Place) -> None:
    """A creature with its joints, actuators and sensors."""
    where, turn = pose(body, world, place)
    made: list[Any] = []
    for number, part in enumerate(body.parts):
        if number == 0:
            here = spec.worldbody.add_body(name=f"{name}p0", pos=where, quat=turn)
            here.add_freejoint(name=f"{name}root")
            centre = (0.0, 0.0, 0.0)
        else:
            parent = body.parts[part.parent]
            out = parent.half[0] if part.parent > 0 else 0.0
            joint = (part.anchor[0] + out, part.anchor[1], part.anchor[2])
            here = made[part.parent].add_body(
                name=f"{name}p{number}", pos=joint, quat=part.rotation
            )
            centre = (part.half[0], 0.0, 0.0)
        made.append(here)
        _add_geom(here, part, centre, world)
        if number:
            _add_joints(spec, here, part, body.parts[part.parent], f"{name}p{number}")
        if touch:
            _add_touch(spec, here, part, centre, f"{name}p{number}")


def _size(part: Part, grow: float = 0.0) -> tuple[float, float, float]:
    """Half sizes as MuJoCo has them; a capsule has its radius and half of its straight part."""
    x, y, z = (half + grow for half in part.half)
    return (y, max(x - y, 1e-6), 0.0) if part.shape == "capsule" else (x, y, z)


def _add_geom(here: Any, part: Part, centre: Any, world: World) -> None:
    geom = here.add_geom(
        type=TYPES[part.shape],
        size=_size(part),
        pos=centre,
        density=1000.0,
        # rolling costs something, so that a ball is no wheel
        condim=3 if part.shape == "box" else 6,
        friction=(world.friction, 0.02, 0.02),
    )
    if part.shape == "capsule":
        geom.quat = ALONG_X
    if world.kind == "water":
        geom.fluid_ellipsoid = 1.0


def _add_joints(spec: Any, here: Any, part: Part, parent: Part, name: str) -> None:
    area = min(part.cross_section, parent.cross_section)
    torque = STRESS * part.strength * area**1.5
    for axis, limit in zip(part.axes, part.limits, strict=False):
        sign = -1.0 if part.mirrored and axis != "y" else 1.0
        joint = f"{name}{axis}"
        here.add_joint(
            name=joint,
            type=mujoco.mjtJoint.mjJNT_HINGE,
            axis=[sign * each for each in AXES[axis]],
            # actuators hold it within its limits, and stops are for what is beyond
            range=(-limit - SLACK, limit + SLACK),
            limited=True,
            damping=DAMPED * torque / STIFF,
            armature=torque / (STIFF * QUICK**2),
        )
        stiffness = torque / STIFF
        gains, biases = np.zeros(10), np.zeros(10)
        gains[0] = stiffness * limit
        biases[1] = -stiffness
        spec.add_actuator(
            name=joint,
            target=joint,
            trntype=mujoco.mjtTrn.mjTRN_JOINT,
            biastype=mujoco.mjtBias.mjBIAS_AFFINE,
            gainprm=gains,
            biasprm=biases,
            ctrllimited=True,
            ctrlrange=(-1.0, 1.0),
            forcelimited=True,
            forcerange=(-torque, torque),
        )


def _add_touch(spec: Any, here: Any, part: Part, centre: Any, name: str) -> None:
    site = here.add_site(
        name=f"{name}touch", type=TYPES[part.shape], size=_size(part, 0.01), pos=centre
    )
    if part.shape == "capsule":
        site.quat = ALONG_X
    spec.add_sensor(
        name=f"{name}touch",
        type=mujoco.mjtSensor.mjSENS_TOUCH,
        objtype=mujoco.mjtObj.mjOBJ_SITE,
        objname=f"{name}touch",
    )


def _add_cube(spec: Any, half: float) -> None:
    cube = spec.worldbody.add_body(name="cube", pos=(0.0, 0.0, half + GAP))
    cube.add_freejoint(name="cube")
    cube.add_geom(name="cube", type=mujoco.mjtGeom.mjGEOM_BOX, size=(half,) * 3, density=300.0)


def extent(shape: str, half: Any, rotation: Any, direction: Any) -> float:
    """How far a shape reaches from its centre into a direction, in m.

    Args:
        shape: one of `SHAPES`.
        half: half sizes.
        rotation: `(3, 3)`.
        direction: `(3,)` of length 1.
    """
    along = np.abs(np.asarray(direction) @ rotation)
    if shape == "box":
        return float(along @ half)
    if shape == "ellipsoid":
        return float(np.sqrt(((along * half) ** 2).sum()))
    return float(along[0] * (half[0] - half[1]) + half[1])


def _clearance(body: Anatomy, world: World) -> float:
    """How high above the ground the root's centre is where the body just touches it."""
    centres, rotations = body.rest()
    rise = world.slope if world.kind == "slope" else 0.0
    length = float(np.hypot(rise, 1.0))
    down = np.array([rise, 0.0, -1.0]) / length
    reach = max(
        float(centre @ down) + extent(part.shape, part.half, rotation, down)
        for part, centre, rotation in zip(body.parts, centres, rotations, strict=True)
    )
    # a terrain is flat where creatures begin
    return reach * length


def _layout(model: Any, body: Body, name: str, touch: bool) -> Layout:
    """Where a creature of this name is in a model.

    MuJoCo numbers bodies, geoms and joints depth first, whatever the order of the parts; actuators
    and sensors have numbers in the order in which they were added.
    """
    names = [f"{name}p{number}" for number in range(len(body.parts))]
    joints = [
        (model.joint(f"{names[number]}{axis}"), number, limit)
        for number, part in enumerate(body.parts)
        for axis, limit in zip(part.axes, part.limits, strict=False)
    ]
    first = [model.actuator(joint.name).id for joint, _, _ in joints[:1]]
    return Layout(
        np.array([model.body(names[0]).id]),
        np.array([model.body(each).geomadr[0] for each in names], np.int64),
        np.array([SHAPES.index(part.shape) for part in body.parts]),
        np.array([part.half for part in body.parts], np.float64).reshape(-1, 3),
        np.array([(joint.qposadr[0], joint.dofadr[0]) for joint, _, _ in joints], np.int64).reshape(
            -1, 2
        ),
        np.array([limit for _, _, limit in joints], np.float64),
        np.array([number for _, number, _ in joints], np.int64),
        np.array(first or [0], np.int64),
        np.array(
            [model.sensor(f"{each}touch").adr[0] if touch else -1 for each in names], np.int64
        ),
        np.tile([0.0, 1.0], (len(joints), 1)),
    )
