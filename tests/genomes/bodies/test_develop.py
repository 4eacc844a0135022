"""From graphs to bodies: copies, ends, mirror images, sizes.

Seen when planted: the mirror plane across x, a mirrored joint whose x axis turns as the other's,
terminal links that count at every copy, recursion that counts links instead of copies, children
that forget their parent's scale, a second child of a pair with the lag of the first.
"""

import math
from collections import Counter
from dataclasses import replace

import mujoco
import numpy as np
import pytest
from evo_envs.creatures.body import JOINTS
from evo_envs.creatures.stage import build
from evo_envs.creatures.worlds import World

from evo.genomes.bodies.develop import LARGEST, SMALLEST, develop
from tests.genomes.bodies.graphs import (
    BEHIND,
    CAPSULE,
    FRONT,
    LEFT,
    RIGHT,
    drawn,
    graph,
    link,
    node,
)

MIRROR = np.diag([1.0, -1.0, 1.0])


def joints(body):
    return [part.joint for part in body.parts]


def test_a_graph_gives_the_same_body_each_time_and_stays_as_it_is():
    for each in drawn(40, 1):
        before = repr(each)
        assert develop(each, 10) == develop(each, 10)
        assert repr(each) == before


@pytest.mark.parametrize("most", [1, 2, 5, 10, 64])
def test_a_body_has_no_more_parts_than_allowed_and_those_nearest_to_the_root(most):
    for each in drawn(40, 2, most_nodes=8):
        whole, cut = develop(each, 64), develop(each, most)
        assert cut.body.parts == whole.body.parts[:most]
        assert cut.copies == whole.copies[:most]
        for part in cut.body.parts:
            assert all(SMALLEST <= half <= LARGEST for half in part.half)


def test_what_hangs_on_what_is_known_of_each_part():
    for each in drawn(20, 3):
        growth = develop(each, 20)
        for part, copy in zip(growth.body.parts, growth.copies, strict=True):
            assert part.parent == copy.parent
            assert part.group == each.nodes[copy.node].identity
            assert part.mirrored == copy.mirrored


@pytest.mark.parametrize("repeats", [1, 2, 5])
def test_a_node_that_leads_to_itself_has_so_many_copies(repeats):
    tail = graph(
        [node(1), node(2, repeats=repeats)],
        [link(1, 1, 2), link(2, 2, 2, scale=0.9)],
    )
    body = develop(tail, 64).body
    assert [part.parent for part in body.parts] == [-1, *range(repeats)]
    for k, part in enumerate(body.parts[1:]):
        assert part.half == pytest.approx([0.9**k * 0.2, 0.9**k * 0.1, max(0.9**k * 0.05, 0.03)])


def test_the_root_may_lead_to_itself_too():
    snake = graph([node(1, repeats=4)], [link(1, 1, 1)])
    assert [part.parent for part in develop(snake, 64).body.parts] == [-1, 0, 1, 2]


def test_a_terminal_link_counts_at_the_last_copy_only():
    arm = graph(
        [node(1), node(2, repeats=3), node(3, shape=CAPSULE, half=(0.1, 0.05, 0.05))],
        [link(1, 1, 2), link(2, 2, 2), link(3, 2, 3, face=LEFT, terminal=True)],
    )
    hands = [part.parent for part in develop(arm, 64).body.parts if part.shape == "capsule"]
    assert hands == [3]
    each = replace(arm, links=(*arm.links[:2], replace(arm.links[2], terminal=False)))
    hands = [part.parent for part in develop(each, 64).body.parts if part.shape == "capsule"]
    assert hands == [1, 2, 4]


def test_graphs_that_lead_back_end():
    """Two nodes that lead to each other, and in pairs, and each five times."""
    nodes = [node(number, repeats=5) for number in (1, 2)]
    ring = [link(1, 1, 2), link(2, 2, 1)]
    assert len(develop(graph(nodes, ring), 64).body.parts) == 10
    pairs = [
        link(2 * a + b, a, b, paired=True, face=face, turn=(0.1, 0.2, 0.3), scale=0.8)
        for a, face in ((1, FRONT), (2, BEHIND))
        for b in (1, 2)
    ]
    assert 2 < len(develop(graph(nodes, pairs), 64).body.parts) <= 64


def test_of_copies_each_node_has_no_more_than_it_repeats_on_a_way():
    for each in drawn(60, 4, most_nodes=8):
        growth = develop(each, 64)
        for copy in growth.copies:
            on_the_way = Counter()
            while copy.parent >= 0:
                on_the_way[copy.node] += 1
                copy = growth.copies[copy.parent]
            on_the_way[copy.node] += 1
            for number, count in on_the_way.items():
                assert count <= each.nodes[number].repeats


def limb(joint, shape=CAPSULE):
    """A root with a pair of limbs of two parts, of which the second is turned in all directions."""
    return graph(
        [
            node(1, (0.4, 0.3, 0.2)),
            node(2, (0.2, 0.05, 0.05), shape=shape, joint=joint),
            node(3, (0.15, 0.05, 0.06), joint=joint),
        ],
        [
            link(1, 1, 2, face=LEFT, place=(0.3, 0.6), turn=(0.3, -0.2, 0.4), paired=True),
            link(2, 2, 3, face=FRONT, place=(0.4, -0.2), turn=(-0.4, 0.5, 0.2)),
        ],
    )


@pytest.mark.parametrize("shape", range(3))
@pytest.mark.parametrize("joint", range(len(JOINTS)))
def test_a_pair_is_a_mirror_image_at_rest_and_when_joints_turn(joint, shape):
    body = develop(limb(joint, shape), 10).body
    assert [part.parent for part in body.parts] == [-1, 0, 0, 1, 2]
    assert [part.mirrored for part in body.parts] == [False, False, True, False, True]
    centres, rotations = body.rest()
    check_mirrored(centres, rotations)
    assert centres[1, 1] > 0.3
    assert centres[2, 1] < -0.3

    stage = build([body], World("water"))
    layout = stage.creatures[0]
    angles = {1: (0.3, -0.5, 0.7), 3: (-0.6, 0.2, 0.4)}
    seen = Counter()
    for part, (position, _) in zip(layout.part, layout.joints, strict=True):
        original = int(part) if part in angles else int(part) - 1
        stage.data.qpos[position] = angles[original][seen[part]]
        seen[part] += 1
    mujoco.mj_forward(stage.model, stage.data)
    bodies = stage.model.geom_bodyid[layout.geoms]
    moved = stage.data.geom_xpos[layout.geoms]
    check_mirrored(moved, stage.data.xmat[bodies].reshape(-1, 3, 3))
    assert (np.abs(moved - centres)[1:].max() > 0.01) == (len(JOINTS[joints(body)[1]]) > 0)


def check_mirrored(centres, rotations):
    """Parts 2 and 4 mirror parts 1 and 3 across the plane y = 0."""
    for one, other in ((1, 2), (3, 4)):
        np.testing.assert_allclose(centres[other], MIRROR @ centres[one], atol=1e-12)
        mirrored = MIRROR @ rotations[one] @ MIRROR
        np.testing.assert_allclose(rotations[other], mirrored, atol=1e-12)


def test_a_mirrored_link_mirrors_all_that_it_leads_to_and_twice_is_as_before():
    usual = limb(6)
    single = replace(usual, links=(replace(usual.links[0], paired=False), usual.links[1]))
    mirrored = replace(single, links=(replace(single.links[0], mirrored=True), single.links[1]))
    back = replace(mirrored, links=(mirrored.links[0], replace(single.links[1], mirrored=True)))
    centres = [develop(each, 10).body.rest()[0] for each in (single, mirrored, back)]
    np.testing.assert_allclose(centres[1], centres[0] @ MIRROR, atol=1e-12)
    np.testing.assert_allclose(centres[2][1], centres[1][1], atol=1e-12)
    assert not np.allclose(centres[2][2], centres[1][2])
    flags = [[part.mirrored for part in develop(each, 10).body.parts] for each in (mirrored, back)]
    assert flags == [[False, True, True], [False, True, False]]


def test_the_second_of_a_pair_is_late_by_half_a_turn_where_the_link_says_so():
    for opposed in (False, True):
        usual = limb(1)
        first = replace(usual.links[0], opposed=opposed, lag=0.5)
        growth = develop(replace(usual, links=(first, replace(usual.links[1], lag=0.25))), 10)
        late = math.pi if opposed else 0.0
        lags = [copy.lag for copy in growth.copies]
        assert lags == pytest.approx([0.0, 0.5, 0.5 + late, 0.75, 0.75 + late])


def test_a_scale_holds_for_all_that_is_carried():
    chain = graph([node(1), node(2), node(3)], [link(1, 1, 2, scale=1.4), link(2, 2, 3, scale=0.8)])
    halves = [part.half for part in develop(chain, 10).body.parts]
    assert halves[1] == pytest.approx((0.28, 0.14, 0.07))
    assert halves[2] == pytest.approx([1.4 * 0.8 * each for each in (0.2, 0.1, 0.05)])


@pytest.mark.parametrize(
    ("face", "direction"),
    list(enumerate([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)])),
)
def test_a_child_points_away_from_the_face_that_it_sits_on(face, direction):
    pair = graph([node(1, (0.3, 0.2, 0.1)), node(2)], [link(1, 1, 2, face=face)])
    centres, rotations = develop(pair, 10).body.rest()
    away = np.array(direction, float)
    np.testing.assert_allclose(rotations[1][:, 0], away, atol=1e-12)
    np.testing.assert_allclose(centres[1], (abs(away) @ [0.3, 0.2, 0.1] + 0.2) * away, atol=1e-12)


def test_capsules_are_at_least_as_long_as_they_are_thick():
    for half in ((0.1, 0.3, 0.2), (0.2, 0.1, 0.4), (0.3, 0.1, 0.1)):
        (root,) = develop(graph([node(1, half, shape=CAPSULE)], []), 10).body.parts
        assert root.half[0] >= root.half[1] == root.half[2]


def test_a_pair_in_the_middle_of_its_parent_has_no_room_for_the_second():
    """Both would be in the same place; on the left it has."""
    nodes = [node(1), node(2)]
    for face, parts in ((FRONT, 2), (LEFT, 3), (RIGHT, 3)):
        assert len(
            develop(graph(nodes, [link(1, 1, 2, face=face, paired=True)]), 9).body.parts
        ) == (parts)
