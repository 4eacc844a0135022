"""The body of a creature: a tree of rigid parts with joints between them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from evo_envs.creatures.film import SHAPES

Triple = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]

JOINTS: dict[str, tuple[str, ...]] = {
    "rigid": (),
    "hinge": ("y",),
    "twist": ("x",),
    "universal": ("y", "z"),
    "bend-twist": ("y", "x"),
    "twist-bend": ("x", "y"),
    "ball": ("z", "y", "x"),
}
"""The axes of a part about which each kind of joint turns it, one after the other.

The x axis of a part points away from its joint.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 3 (the kinds of joints).
"""

CLOCK, UP = 2, 3
"""Numbers that are sensed of the time, and of the direction upwards."""
MOST_PARTS = 64
SMALLEST, LARGEST = 0.01, 3.0
"""Half sizes of parts in m."""


@dataclass(frozen=True)
class Part:
    """A rigid part, and the joint by which it hangs on its parent.

    Attributes:
        parent: the number of the part that it hangs on, a smaller one than its own; -1 for the
            root, whose joint, anchor and rotation do not count.
        shape: box, capsule or ellipsoid.
        half: half sizes along its own axes in m; a capsule lies along x, see `film.Shape`.
        joint: one of `JOINTS`.
        anchor: the place of the joint on the parent, in m from the parent's centre along the
            parent's axes.
        rotation: a unit quaternion (w, x, y, z) from this part's axes to the parent's, at rest. Its
            centre is ``half[0]`` along its own x axis from the joint.
        limits: how far each of the joint's axes turns to either side, in rad.
        strength: of its actuators; 1 is usual.
        mirrored: whether it is a mirror image: its joint turns the other way about x and z.
        group: the number of the kind of part that it is a copy of.
    """

    parent: int
    shape: str
    half: Triple
    joint: str = "rigid"
    anchor: Triple = (0.0, 0.0, 0.0)
    rotation: Quaternion = (1.0, 0.0, 0.0, 0.0)
    limits: Triple = (1.0, 1.0, 1.0)
    strength: float = 1.0
    mirrored: bool = False
    group: int = 0

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of its joint."""
        return JOINTS[self.joint] if self.parent >= 0 else ()

    @property
    def volume(self) -> float:
        """In m³."""
        x, y, z = self.half
        if self.shape == "box":
            return 8.0 * x * y * z
        if self.shape == "ellipsoid":
            return 4.0 / 3.0 * np.pi * x * y * z
        return float(np.pi * y * y * (2.0 * (x - y) + 4.0 / 3.0 * y))

    @property
    def cross_section(self) -> float:
        """Its area across its x axis, in m²."""
        _, y, z = self.half
        return 4.0 * y * z if self.shape == "box" else float(np.pi * y * z)


class Anatomy(Protocol):
    """What is known of a body, be it a `Body` or one from a file of MuJoCo's (`mjcf.ModelBody`)."""

    @property
    def parts(self) -> Sequence[Part]:
        """Its shapes, as pictures show them; the first is of the root."""
        ...

    @property
    def degrees_of_freedom(self) -> int:
        """How many actuators it has."""
        ...

    @property
    def mass(self) -> float:
        """In kg."""
        ...

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Of the joint axes that it senses."""
        ...

    @property
    def actuator_names(self) -> tuple[str, ...]:
        """Of its actuators."""
        ...

    @property
    def upstream(self) -> tuple[int, ...]:
        """For each actuator, the next one on the way to the root; -1 for none."""
        ...

    def senses(self, targets: int) -> int:
        """How many numbers it senses where it sees so many targets; see `kernels.sense`."""
        ...

    def rest(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the parts are at rest; see `Body.rest`."""
        ...


@dataclass(frozen=True)
class Body:
    """Parts, each behind the one that it hangs on; the first is the root.

    Raises:
        ValueError: they are no body; the words say why.
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= MOST_PARTS:
            raise ValueError(f"a body has 1 to {MOST_PARTS} parts, not {len(self.parts)}")
        for number, part in enumerate(self.parts):
            _check(number, part)

    @property
    def degrees_of_freedom(self) -> int:
        """How many axes its joints have together; each has an actuator."""
        return sum(len(part.axes) for part in self.parts)

    @property
    def mass(self) -> float:
        """In kg, at the density of water."""
        return 1000.0 * sum(part.volume for part in self.parts)

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Of its joint axes: "part 1 y"."""
        return tuple(
            f"part {number} {axis}" for number, part in enumerate(self.parts) for axis in part.axes
        )

    @property
    def actuator_names(self) -> tuple[str, ...]:
        """Each joint axis has an actuator of its name."""
        return self.joint_names

    @property
    def upstream(self) -> tuple[int, ...]:
        """For each actuator, the next one on the way to the root; -1 for none."""
        found: list[int] = []
        last: list[int] = []
        for part in self.parts:
            before = last[part.parent] if part.parent >= 0 else -1
            for _ in part.axes:
                found.append(before)
                before = len(found) - 1
            last.append(before)
        return tuple(found)

    def senses(self, targets: int) -> int:
        """How many numbers it senses where it sees so many targets; see `kernels.sense`."""
        return CLOCK + UP + 3 * targets + 2 * self.degrees_of_freedom + len(self.parts)

    def describe(self) -> dict[str, Any]:
        """The body as plain data."""
        return {"kind": "body", "parts": [_described(part) for part in self.parts]}

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> Self:
        """Inverse of `describe`.

        Raises:
            ValueError: the description is not that of a body.
        """
        try:
            parts = tuple(_part(each) for each in description["parts"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a body: {type(error).__name__}: {error}") from None
        return cls(parts)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The first body in a JSON file, however deep within it, as in champion.json of a run.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no JSON, or holds no body.
        """
        text = Path(path).expanduser().read_text(encoding="utf-8")
        try:
            return cls.find(json.loads(text))
        except ValueError as error:
            raise ValueError(f"{str(path)!r}: {error}") from None

    @classmethod
    def find(cls, content: Any) -> Self:
        """The first body in plain data, however deep within it.

        Raises:
            ValueError: there is none, or it is none that can be.
        """
        found = _first(content)
        if found is None:
            raise ValueError('holds no body: nothing in it has the kind "body"')
        return cls.read(found)

    def rest(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the parts are at rest: `(parts, 3)` centres in m and `(parts, 3, 3)` rotations.

        Columns of a rotation are the part's axes. The root is at the origin.
        """
        centres, rotations = np.zeros((len(self.parts), 3)), np.zeros((len(self.parts), 3, 3))
        rotations[0] = np.eye(3)
        for number, part in enumerate(self.parts[1:], 1):
            parent = centres[part.parent], rotations[part.parent]
            centres[number], rotations[number] = hung(part, *parent)
        return centres, rotations


def hung(
    part: Part, centre: NDArray[np.float64], rotation: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a part is at rest: its centre and rotation.

    Args:
        part: no root.
        centre, rotation: of its parent, `(3,)` and `(3, 3)`.
    """
    turned = rotation @ matrix(part.rotation)
    joint = centre + rotation @ np.array(part.anchor)
    return joint + turned[:, 0] * part.half[0], turned


def angle_signals(body: "Anatomy", targets: int) -> NDArray[np.int64]:
    """`(axes,)` which of what a body senses are the angles of its joint axes; see `kernels.sense`.

    Args:
        body: of the creature.
        targets: how many things it sees the direction to.
    """
    first = CLOCK + UP + 3 * targets
    return first + 2 * np.arange(body.degrees_of_freedom, dtype=np.int64)


def matrix(quaternion: Quaternion) -> NDArray[np.float64]:
    """`(3, 3)` the rotation of a unit quaternion (w, x, y, z)."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _check(number: int, part: Part) -> None:
    """Raise `ValueError` unless `part` can be part `number` of a body."""
    if part.shape not in SHAPES or part.joint not in JOINTS:
        raise ValueError(
            f"part {number} is a {part.shape!r} on a {part.joint!r} joint; shapes: "
            f"{', '.join(SHAPES)}; joints: {', '.join(JOINTS)}"
        )
    if (number == 0) != (part.parent == -1) or part.parent >= number:
        raise ValueError(f"part {number} hangs on part {part.parent}; only the first is a root")
    numbers = (*part.half, *part.anchor, *part.rotation, *part.limits, part.strength)
    if not all(np.isfinite(numbers)):
        raise ValueError(f"part {number} has a number that is not finite")
    if not all(SMALLEST <= half <= LARGEST for half in part.half):
        raise ValueError(f"part {number} has half sizes {part.half}: {SMALLEST} to {LARGEST} m")
    if part.shape == "capsule" and not part.half[0] >= part.half[1] == part.half[2]:
        raise ValueError(
            f"part {number} is a capsule of half sizes {part.half}: length, radius twice"
        )
    if abs(sum(each * each for each in part.rotation) - 1.0) > 1e-6:
        raise ValueError(f"part {number} has a rotation of length other than 1")
    if not all(0 < limit <= np.pi for limit in part.limits) or not 0 < part.strength <= 100:
        raise ValueError(f"part {number} has joint limits or a strength out of range")


def _first(content: Any) -> Mapping[str, Any] | None:
    """The first description of a body within plain data, nearest to the top."""
    waiting = [content]
    for thing in waiting:
        if isinstance(thing, Mapping):
            if thing.get("kind") == "body":
                return thing
            waiting += thing.values()
        elif isinstance(thing, list):
            waiting += [each for each in thing if isinstance(each, Mapping | list)]
    return None


def _described(part: Part) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(part).items()
    }


def _part(description: Mapping[str, Any]) -> Part:
    numbers = {"half", "anchor", "rotation", "limits"}
    values: dict[str, Any] = {}
    for name in Part.__dataclass_fields__:
        if name not in description:
            continue
        value = description[name]
        values[name] = tuple(float(each) for each in value) if name in numbers else value
    return Part(**values)
