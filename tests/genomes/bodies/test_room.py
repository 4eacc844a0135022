"""There is room for every part of a body.

Seen when planted: a part that is not compared with the last one, boxes of full size, an axis of
fifteen left out.
"""

import numpy as np
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.overlap import boxes_meet, overlapping
from scipy.optimize import linprog
from scipy.spatial.transform import Rotation

from evo.genomes.bodies.develop import MIDDLE, develop
from tests.genomes.bodies.graphs import LEFT, drawn, graph, link, node

GRID = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, 7)] * 3), axis=-1).reshape(-1, 3)


def inside(centres, rotations, halves, a, b):
    """Whether one of many points of box a is within box b."""
    points = centres[a] + (GRID * halves[a]) @ rotations[a].T
    return bool((np.abs((points - centres[b]) @ rotations[b]) < halves[b]).all(axis=1).any())


def test_no_part_reaches_into_the_middle_of_one_that_it_does_not_hang_on():
    parts = 0
    for each in drawn(150, 5, most_nodes=8):
        body = develop(each, 20).body
        centres, rotations = body.rest()
        halves = MIDDLE * np.array([part.half for part in body.parts])
        for a in range(len(body.parts)):
            for b in range(len(body.parts)):
                if a != b and b != body.parts[a].parent and a != body.parts[b].parent:
                    assert not inside(centres, rotations, halves, a, b)
        parts += len(body.parts)
    assert parts > 450


def test_a_part_without_room_does_not_grow_and_neither_does_what_it_would_carry():
    nodes = [node(1), node(2), node(3), node(4)]
    links = [link(1, 1, 2), link(2, 1, 3), link(3, 3, 4), link(4, 1, 4, face=LEFT)]
    groups = [part.group for part in develop(graph(nodes, links), 9).body.parts]
    assert groups == [1, 2, 4]


def test_boxes_meet_where_they_have_a_point_in_common():
    rng = np.random.default_rng(6)
    found = []
    for number in range(400):
        centres = rng.uniform(-0.8, 0.8, (2, 3))
        rotations = np.ascontiguousarray(Rotation.random(2, random_state=rng).as_matrix())
        halves = rng.uniform(0.05, 0.8, (2, 3))
        if number % 2:
            # rods that pass each other closely: only edges tell
            halves[:, 1:], centres[1] = 0.1, centres[0] + rng.uniform(-0.2, 0.2, 3)
        met = boxes_meet(centres, rotations, halves, 0, 1)
        # a point is common to both if it is within six planes of each
        sides = np.concatenate([rotations[0].T, rotations[1].T])
        middles = np.concatenate([rotations[k].T @ centres[k] for k in range(2)])
        reach = halves.ravel()
        planes = np.concatenate([sides, -sides])
        bounds = np.concatenate([middles + reach, reach - middles])
        answer = linprog(np.zeros(3), A_ub=planes, b_ub=bounds, bounds=(None, None))
        assert met == (answer.status == 0)
        found.append(met)
    assert 100 < sum(found) < 300


def test_a_touch_is_no_overlap():
    def pair(gap):
        return Body(
            (
                Part(-1, "box", (0.1, 0.1, 0.1)),
                Part(0, "box", (0.1, 0.1, 0.1), "hinge", (0.1, 0.0, 0.0)),
                Part(1, "box", (0.1, 0.1, 0.1), "hinge", (0.1, 0.0, 0.0)),
                Part(0, "box", (0.1, 0.1, 0.1), "hinge", (0.1, 0.2 - gap, 0.0)),
            )
        )

    assert overlapping(pair(0.0)) == []
    assert overlapping(pair(0.05)) == [(1, 3)]
