"""Bodies from MJCF files, MuJoCo's own: they stand wherever a `Body` stands.

Of a file its first body that moves freely is taken, or the first body, which then moves freely; it
keeps its joints, actuators, tendons and contacts. The world of the file, its sensors, and the
options of its physics are left out: creatures live where their task says.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo_envs.creatures.body import CLOCK, UP, Part, matrix
from evo_envs.creatures.engine import mujoco
from evo_envs.creatures.film import SHAPES
from evo_envs.creatures.kernels import CYLINDER
from evo_envs.creatures.stage import Layout, Place, pose
from evo_envs.creatures.worlds import World

Floats = NDArray[np.float64]
GEOM, JOINT = mujoco.mjtGeom, mujoco.mjtJoint
KNOWN = {
    GEOM.mjGEOM_BOX: SHAPES.index("box"),
    GEOM.mjGEOM_CAPSULE: SHAPES.index("capsule"),
    GEOM.mjGEOM_ELLIPSOID: SHAPES.index("ellipsoid"),
    GEOM.mjGEOM_SPHERE: SHAPES.index("ellipsoid"),
    GEOM.mjGEOM_CYLINDER: CYLINDER,
}
"""The code of each kind of geom, see `Layout.shape`."""
ALONG = (SHAPES.index("capsule"), CYLINDER)
"""Codes of what lies along z in MuJoCo, and along x in a `Part`."""
FREELY = {int(JOINT.mjJNT_HINGE): np.pi, int(JOINT.mjJNT_SLIDE): 1.0}
"""What counts as the limit of a joint that has none, in rad or m; other joints go unsensed."""
GROWN = 0.01
"""How much larger than a geom the site is that feels its contacts, in m."""


@dataclass(frozen=True)
class ModelBody:
    """A body of an MJCF file.

    Its parts are its geoms. It senses its hinges and slides, in the order of the file; ball joints
    go unsensed. Each actuator is told -1 to 1, for the least and most of its control range; without
    a range it is told just that.

    Attributes:
        text: the body alone as MJCF, see `plain`.

    Raises:
        ValueError: MuJoCo cannot make a model of it.
    """

    text: str

    def __post_init__(self) -> None:
        if not len(self._geoms):
            raise ValueError("the body of an MJCF file has at least one geom; this one has none")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The body in a file.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no MJCF, or holds no body.
        """
        path = Path(path).expanduser()
        with path.open("rb"):
            pass
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return cls(plain(mujoco.MjSpec.from_file(str(path))))
        except ValueError as error:
            raise ValueError(f"{str(path)!r}: no body in MJCF: {error}") from None

    def __reduce__(self) -> Any:
        return type(self), (self.text,)

    @cached_property
    def _model(self) -> Any:
        """It alone."""
        return mujoco.MjSpec.from_string(self.text).compile()

    @cached_property
    def _geoms(self) -> NDArray[np.int64]:
        return np.arange(self._model.ngeom)

    @cached_property
    def _joints(self) -> list[int]:
        """Numbers of the joints that are sensed."""
        return [k for k in range(self._model.njnt) if int(self._model.jnt_type[k]) in FREELY]

    @cached_property
    def _shapes(self) -> tuple[NDArray[np.int64], Floats]:
        """Code and half sizes of each geom, as in a `Layout`."""
        codes = np.array([KNOWN[GEOM(kind)] for kind in self._model.geom_type], np.int64)
        halves = self._model.geom_size.copy()
        for half, code, kind in zip(halves, codes, self._model.geom_type, strict=True):
            if kind == GEOM.mjGEOM_SPHERE:
                half[:] = half[0]
            elif code in ALONG:
                radius, straight = half[0], half[1]
                half[:] = straight + (radius if code != CYLINDER else 0.0), radius, radius
        return codes, halves

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its geoms as pictures show them, a cylinder as the box around it.

        Geoms of one shape and size have one group.
        """
        return self._parts

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        codes, halves = self._shapes
        kinds: dict[Any, int] = {}
        found: list[Part] = []
        for code, half, body in zip(codes, halves, self._model.geom_bodyid, strict=True):
            group = kinds.setdefault((int(code), *np.round(half, 3)), len(kinds))
            above = self._above(int(body))
            shape = "box" if code == CYLINDER else SHAPES[code]
            x, y, z = (float(each) for each in half)
            found.append(Part(above, shape, (x, y, z), group=group))
        return tuple(found)

    def _above(self, body: int) -> int:
        """The first geom of the next body on the way to the root that has one; -1 for none."""
        while body > 1:
            body = int(self._model.body_parentid[body])
            if self._model.body_geomnum[body]:
                return int(self._model.body_geomadr[body])
        return -1

    @property
    def degrees_of_freedom(self) -> int:
        """How many actuators it has."""
        return int(self._model.nu)

    @property
    def mass(self) -> float:
        """In kg."""
        return float(self._model.body_mass.sum())

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Of the joints that it senses."""
        return tuple(self._model.joint(k).name for k in self._joints)

    @property
    def actuator_names(self) -> tuple[str, ...]:
        """Of its actuators."""
        return tuple(self._model.actuator(k).name for k in range(self._model.nu))

    @property
    def upstream(self) -> tuple[int, ...]:
        """For each actuator of a joint, the next one on the way to the root; -1 for none."""
        return self._upstream

    @cached_property
    def _upstream(self) -> tuple[int, ...]:
        model = self._model
        joints = model.actuator_trntype == mujoco.mjtTrn.mjTRN_JOINT
        driver = {int(model.actuator_trnid[k, 0]): k for k in np.flatnonzero(joints)[::-1]}
        found = np.full(model.nu, -1)
        for joint, actuator in driver.items():
            body = int(model.jnt_bodyid[joint])
            before = [k for k in driver if model.jnt_bodyid[k] == body and k < joint]
            while body > 1 and not before:
                body = int(model.body_parentid[body])
                before = [k for k in driver if model.jnt_bodyid[k] == body]
            found[actuator] = driver[max(before)] if before else -1
        return tuple(int(each) for each in found)

    def senses(self, targets: int) -> int:
        """How many numbers it senses where it sees so many targets; see `kernels.sense`."""
        return CLOCK + UP + 3 * targets + 2 * len(self._joints) + len(self._geoms)

    @property
    def angles(self) -> Floats:
        """`(axes,)` positions of its joints at the start: the file's, within their limits."""
        return self._angles

    @cached_property
    def _angles(self) -> Floats:
        model = self._model
        start = model.qpos0[model.jnt_qposadr[self._joints]]
        limited = model.jnt_limited[self._joints].astype(bool)
        low, high = model.jnt_range[self._joints].T
        return np.where(limited, np.clip(start, low, high), start)

    def rest(self) -> tuple[Floats, Floats]:
        """Where its geoms are at the start, from the root's origin; see `Body.rest`."""
        data = mujoco.MjData(self._model)
        data.qpos[self._model.jnt_qposadr[self._joints]] = self.angles
        mujoco.mj_forward(self._model, data)
        rotations = data.geom_xmat.reshape(-1, 3, 3).copy()
        along = np.isin(self._shapes[0], ALONG)[:, None, None]
        turned = np.stack([rotations[..., 2], rotations[..., 1], -rotations[..., 0]], axis=-1)
        return data.geom_xpos - data.xpos[1], np.where(along, turned, rotations)

    def add_to(self, spec: Any, name: str, world: World, touch: bool, place: Place) -> None:
        """Add it to a model that is made, its names with `name` in front, its root facing x."""
        own = mujoco.MjSpec.from_string(self.text)
        for geom in own.geoms:
            if world.kind == "water":
                geom.fluid_ellipsoid = 1.0
            if touch:
                _add_touch(own, geom)
        where, turn = pose(self, world, place)
        # its root is somewhere in the file; the frame around it is put where that comes there
        away = matrix(turn) @ self._model.body_pos[1]
        frame = spec.worldbody.add_frame(pos=np.array(where) - away, quat=turn)
        spec.attach(own, frame=frame, prefix=name)

    def layout(self, model: Any, name: str) -> Layout:
        """Where it is in a model that it was added to."""
        own = self._model
        root = model.body(name + own.body(1).name).id
        geoms = [model.geom(name + own.geom(k).name).id for k in self._geoms]
        joints = [model.joint(name + own.joint(k).name) for k in self._joints]
        told = [model.actuator(name + each) for each in self.actuator_names]
        limits = [
            float(np.abs(joint.range).max()) if own.jnt_limited[k] else FREELY[int(own.jnt_type[k])]
            for k, joint in zip(self._joints, joints, strict=True)
        ]
        spans = [
            (each.ctrlrange.mean(), np.ptp(each.ctrlrange) / 2) if each.ctrllimited[0] else (0, 1)
            for each in told
        ]
        touch = [f"{name}{own.geom(k).name} touch" for k in self._geoms]
        felt = {model.sensor(k).name: int(model.sensor_adr[k]) for k in range(model.nsensor)}
        first = {int(body): k for k, body in reversed(list(enumerate(own.geom_bodyid)))}
        codes, halves = self._shapes
        return Layout(
            np.array([root], np.int64),
            np.array(geoms, np.int64),
            codes,
            np.ascontiguousarray(halves),
            np.array([(each.qposadr[0], each.dofadr[0]) for each in joints], np.int64).reshape(
                -1, 2
            ),
            np.array(limits, np.float64),
            np.array([first.get(int(own.jnt_bodyid[k]), -1) for k in self._joints], np.int64),
            np.array([each.id for each in told[:1]] or [0], np.int64),
            np.array([felt.get(each, -1) for each in touch], np.int64),
            np.array(spans, np.float64).reshape(-1, 2),
        )


def plain(spec: Any) -> str:
    """The body of a file alone, as MJCF; `spec` is changed.

    Its masses are written down, as they are in the file's own model. A mesh becomes the box around
    it, or nothing if it collides with nothing.

    Args:
        spec: a `mujoco.MjSpec` of the file.

    Raises:
        ValueError: there is no body, or MuJoCo cannot make a model of it.
    """
    bodies = [body for body in spec.worldbody.bodies if not body.mocap]
    if not bodies:
        raise ValueError("there is no body under worldbody")
    free = [body for body in bodies if any(each.type == JOINT.mjJNT_FREE for each in body.joints)]
    root = (free or bodies)[0]
    _name(spec)
    _strip(spec)
    _forget_options(spec)
    model = spec.compile()
    _write_masses(spec, model)
    _outline_meshes(spec, model)
    _drop(spec, root)
    if not free:
        _set_free(spec, root)
    spec.compile()
    return spec.to_xml()


def _name(spec: Any) -> None:
    """Give names to what has none; an actuator has that of the joint that it moves."""
    for kind, things in (("body", spec.bodies[1:]), ("geom", spec.geoms), ("joint", spec.joints)):
        for number, thing in enumerate(things):
            thing.name = thing.name or f"{kind} {number}"
    taken = {actuator.name for actuator in spec.actuators}
    for number, actuator in enumerate(spec.actuators):
        moves = actuator.target if actuator.trntype == mujoco.mjtTrn.mjTRN_JOINT else ""
        if not actuator.name:
            actuator.name = f"actuator {number}" if moves in {*taken, ""} else moves
            taken.add(actuator.name)


def _forget_options(spec: Any) -> None:
    """Set what is of a whole model, and not of a body, to what it is in an empty one."""
    default = mujoco.MjSpec()
    visual = [name for name in dir(default.visual) if not name.startswith("_")]
    settings = [(getattr(spec.visual, name), getattr(default.visual, name)) for name in visual]
    for own, usual in [(spec.option, default.option), *settings]:
        for name in (each for each in dir(usual) if not each.startswith("_")):
            setattr(own, name, getattr(usual, name))
    for things in (spec.bodies, spec.geoms, spec.joints, spec.sites, spec.tendons, spec.actuators):
        for thing in things:
            thing.userdata = []
    for name in (each for each in dir(default) if each.startswith(("nuser", "nkey"))):
        setattr(spec, name, getattr(default, name))
    spec.memory = default.memory


def _write_masses(spec: Any, model: Any) -> None:
    """Masses as in the model, whatever the geoms weigh."""
    spec.compiler.settotalmass = -1.0
    spec.compiler.inertiafromgeom = mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_AUTO
    for body in spec.bodies[1:]:
        if model.body_mass[body.id] > 0.0:
            body.explicitinertial = True
            body.mass, body.inertia = model.body_mass[body.id], model.body_inertia[body.id]
            body.ipos, body.iquat = model.body_ipos[body.id], model.body_iquat[body.id]


def _outline_meshes(spec: Any, model: Any) -> None:
    """A box for each mesh and whatever else has no shape that is known."""
    # numbers are others once one is deleted
    for geom, number in [(each, each.id) for each in spec.geoms]:
        if GEOM(model.geom_type[number]) in KNOWN or geom.parent.name == "world":
            continue
        if not (model.geom_contype[number] or model.geom_conaffinity[number]):
            spec.delete(geom)
            continue
        middle, offset = model.geom_aabb[number, :3], np.zeros(3)
        mujoco.mju_rotVecQuat(offset, middle, model.geom_quat[number])
        geom.type, geom.meshname = GEOM.mjGEOM_BOX, ""
        geom.pos, geom.quat = model.geom_pos[number] + offset, model.geom_quat[number]
        geom.size = model.geom_aabb[number, 3:]


def _strip(spec: Any) -> None:
    """Delete what is no part of a body and does not bear on its mass or shape."""
    for material in spec.materials:
        for role in range(len(material.textures)):
            material.textures[role] = ""
    looks = [*spec.textures, *spec.skins, *spec.lights, *spec.cameras]
    told = [*spec.sensors, *spec.keys, *spec.numerics, *spec.texts, *spec.tuples]
    for thing in (*told, *looks):
        spec.delete(thing)


def _drop(spec: Any, root: Any) -> None:
    """Delete the world around the body, and what its shapes came from."""
    world = spec.worldbody
    others = [body for body in world.bodies if body.name != root.name]
    for thing in (*spec.meshes, *spec.hfields, *world.geoms, *world.sites, *others):
        spec.delete(thing)


def _set_free(spec: Any, root: Any) -> None:
    """Give the root a free joint in place of those that it has, and of what moves these."""
    had = {joint.name for joint in root.joints}
    for actuator in list(spec.actuators):
        if actuator.trntype == mujoco.mjtTrn.mjTRN_JOINT and actuator.target in had:
            spec.delete(actuator)
    for joint in list(root.joints):
        spec.delete(joint)
    root.add_freejoint(name="root")


def _add_touch(spec: Any, geom: Any) -> None:
    """What feels the contacts of a geom."""
    name = f"{geom.name} touch"
    size = [each + GROWN for each in geom.size]
    geom.parent.add_site(name=name, type=geom.type, size=size, pos=geom.pos, quat=geom.quat)
    spec.add_sensor(
        name=name,
        type=mujoco.mjtSensor.mjSENS_TOUCH,
        objtype=mujoco.mjtObj.mjOBJ_SITE,
        objname=name,
    )
