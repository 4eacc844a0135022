"""From the graph of a creature to its body.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 3: recursion limits, terminal
links, reflection and scale.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from evo_envs.creatures.body import JOINTS, Body, Part, Quaternion, Triple, hung
from evo_envs.creatures.film import SHAPES
from evo_envs.creatures.overlap import boxes_meet

from evo.genomes.bodies.graph import Graph, Link, Node

JOINT_NAMES = tuple(JOINTS)
FACES: tuple[Quaternion, ...] = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
    (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)),
    (math.sqrt(0.5), 0.0, 0.0, -math.sqrt(0.5)),
    (math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0),
    (math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0),
)
"""Rotations that take the x axis in front, behind, to the left, right, above and below."""
NORMALS = ((0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1))
"""The axis that each face is across, and its side."""
SMALLEST, LARGEST = 0.03, 0.8
"""Half sizes of developed parts in m."""
MIDDLE = 0.75
"""The share of a part's size that no other part reaches into when it grows."""


@dataclass(frozen=True)
class Copy:
    """Where a part comes from.

    Attributes:
        node: the number of its node in the graph.
        parent: the part that it hangs on; -1 for the root.
        lag: by what its oscillators are late, in rad.
        mirrored: whether it is a mirror image.
    """

    node: int
    parent: int
    lag: float
    mirrored: bool


@dataclass(frozen=True)
class Growth:
    """A body, and where its parts come from."""

    body: Body
    copies: tuple[Copy, ...]


@dataclass
class _Bud:
    """A part that is about to be added."""

    node: int
    parent: int
    link: Link | None
    scale: float
    mirrored: bool
    lag: float
    path: dict[int, int] = field(default_factory=dict)


def develop(graph: Graph, max_parts: int) -> Growth:
    """The body that a graph describes, nearest parts first.

    A part for which there is no room does not grow, nor does what it would carry: its middle would
    reach into a part that it does not hang on. So no body begins folded into itself.

    Args:
        graph: of the creature.
        max_parts: of more parts, those nearest to the root are there.
    """
    places = {node.identity: number for number, node in enumerate(graph.nodes)}
    parts: list[Part] = []
    copies: list[Copy] = []
    room = _Room(max_parts)
    waiting = deque([_Bud(0, -1, None, 1.0, False, 0.0)])
    while waiting and len(parts) < max_parts:
        bud = waiting.popleft()
        node = graph.nodes[bud.node]
        number = len(parts)
        part = _part(node, bud, parts)
        if not room.takes(part, number):
            continue
        parts.append(part)
        copies.append(Copy(bud.node, bud.parent, bud.lag, bud.mirrored))
        path = {**bud.path, node.identity: bud.path.get(node.identity, 0) + 1}
        ends = path[node.identity] >= node.repeats
        for link in graph.links:
            if link.source != node.identity or (link.terminal and not ends):
                continue
            target = graph.nodes[places[link.target]]
            if path.get(link.target, 0) >= target.repeats:
                continue
            for second in (False, True) if link.paired else (False,):
                waiting.append(
                    _Bud(
                        places[link.target],
                        number,
                        link,
                        bud.scale * link.scale,
                        bud.mirrored != (link.mirrored != second),
                        bud.lag + link.lag + (math.pi if second and link.opposed else 0.0),
                        path,
                    )
                )
    return Growth(Body(tuple(parts)), tuple(copies))


class _Room:
    """Where the parts of a growing body are at rest, as boxes that are smaller than they are."""

    def __init__(self, most: int) -> None:
        self.centres, self.halves = np.zeros((most, 3)), np.zeros((most, 3))
        self.rotations = np.zeros((most, 3, 3))

    def takes(self, part: Part, number: int) -> bool:
        """Whether there is room for a part; it is there from now on if there is."""
        self.halves[number] = MIDDLE * np.array(part.half)
        if part.parent < 0:
            self.rotations[number] = np.eye(3)
            return True
        parent = self.centres[part.parent], self.rotations[part.parent]
        self.centres[number], self.rotations[number] = hung(part, *parent)
        return not any(
            boxes_meet(self.centres, self.rotations, self.halves, other, number)
            for other in range(number)
            if other != part.parent
        )


def _part(node: Node, bud: _Bud, parts: list[Part]) -> Part:
    shape = SHAPES[node.shape]
    half = _sizes(shape, node.half, bud.scale)
    if bud.link is None:
        return Part(-1, shape, half, group=node.identity)
    link, parent = bud.link, parts[bud.parent]
    anchor, rotation = _anchor(link, parent), multiply(_turned(link.turn), FACES[link.face])
    if bud.mirrored:
        anchor = (anchor[0], -anchor[1], anchor[2])
        w, x, y, z = rotation
        rotation = (w, -x, y, -z)
    return Part(
        bud.parent,
        shape,
        half,
        JOINT_NAMES[node.joint],
        anchor,
        rotation,
        node.limits,
        node.strength,
        bud.mirrored,
        node.identity,
    )


def _sizes(shape: str, half: Triple, scale: float) -> Triple:
    """Half sizes within bounds; a capsule is at least as long as it is thick."""
    x, y, z = (min(max(scale * each, SMALLEST), LARGEST) for each in half)
    if shape == "capsule":
        y = z = min(y, x)
    return x, y, z


def _anchor(link: Link, parent: Part) -> Triple:
    """The joint on the parent: on a face of a box, and on the surface of what is round."""
    axis, side = NORMALS[link.face]
    place = [0.0, 0.0, 0.0]
    place[axis] = float(side)
    u, v = link.place
    place[(axis + 1) % 3], place[(axis + 2) % 3] = u, v
    if parent.shape != "box":
        length = math.sqrt(sum(each * each for each in place))
        place = [each / length for each in place]
    x, y, z = (each * half for each, half in zip(place, parent.half, strict=True))
    return x, y, z


def _turned(turn: Triple) -> Quaternion:
    """The rotation about x, then y, then z."""
    whole: Quaternion = (1.0, 0.0, 0.0, 0.0)
    for axis, angle in enumerate(turn):
        about = [math.cos(angle / 2), 0.0, 0.0, 0.0]
        about[1 + axis] = math.sin(angle / 2)
        whole = multiply((about[0], about[1], about[2], about[3]), whole)
    return whole


def multiply(a: Quaternion, b: Quaternion) -> Quaternion:
    """The rotation `b`, then `a`."""
    w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]
    x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2]
    y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1]
    z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]
    length = math.sqrt(w * w + x * x + y * y + z * z)
    return w / length, x / length, y / length, z / length
