"""Bodies in worlds: masses, shapes, where they begin, which parts pass through each other.

Seen when planted: capsules along z, half lengths with a cap too many, a clearance that forgets the
slope, an ellipsoid measured as a box, pairs that are not excluded.
"""

from dataclasses import replace

import mujoco
import numpy as np
import pytest
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.kernels import lowest
from evo_envs.creatures.overlap import overlapping
from evo_envs.creatures.stage import GAP, build
from evo_envs.creatures.worlds import World
from scipy.spatial.transform import Rotation

from evo.genomes.bodies.develop import develop
from tests.genomes.bodies.graphs import drawn
from tests.problems.creatures.bodies import EEL, TABLE, grown

BODIES = [body for body, _ in grown(25, 1)]
ANGLES = np.linspace(0.0, 2.0 * np.pi, 60)
HEIGHTS = np.linspace(-1.0, 1.0, 41)
SPHERE = np.stack(
    [
        np.outer(np.sqrt(1 - HEIGHTS**2), np.cos(ANGLES)).ravel(),
        np.outer(np.sqrt(1 - HEIGHTS**2), np.sin(ANGLES)).ravel(),
        np.outer(HEIGHTS, np.ones(60)).ravel(),
    ],
    axis=1,
)
CORNERS = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3)


def points(part):
    """Points on the surface of a part, along its own axes."""
    if part.shape == "box":
        return CORNERS * part.half
    if part.shape == "ellipsoid":
        return SPHERE * part.half
    ends = np.array([[part.half[0] - part.half[1], 0.0, 0.0]])
    return np.concatenate([part.half[1] * SPHERE + ends, part.half[1] * SPHERE - ends])


def placed(stage, body):
    """`(points, 3)` of all parts, where MuJoCo has them."""
    layout = stage.creatures[0]
    found = []
    for part, geom in zip(body.parts, layout.geoms, strict=True):
        rotation = stage.data.xmat[stage.model.geom_bodyid[geom]].reshape(3, 3)
        found.append(stage.data.geom_xpos[geom] + points(part) @ rotation.T)
    return np.concatenate(found)


@pytest.mark.parametrize("kind", ["land", "water", "slope", "terrain"])
def test_a_body_weighs_in_every_world_what_its_parts_do(kind):
    for body in (*BODIES[:5], EEL, TABLE):
        stage = build([body], World(kind))
        # of a capsule that is a ball, MuJoCo has 1 µm of straight part
        assert stage.masses[0] == pytest.approx(body.mass, rel=5e-5)
        masses = stage.model.body_mass[stage.model.geom_bodyid[stage.creatures[0].geoms]]
        assert masses == pytest.approx([1000.0 * part.volume for part in body.parts], rel=5e-5)


def test_volumes_are_those_of_the_shapes():
    assert Part(-1, "box", (0.3, 0.2, 0.1)).volume == pytest.approx(0.6 * 0.4 * 0.2)
    ball = 4.0 / 3.0 * np.pi * 0.2**3
    assert Part(-1, "ellipsoid", (0.2, 0.2, 0.2)).volume == pytest.approx(ball)
    assert Part(-1, "capsule", (0.2, 0.2, 0.2)).volume == pytest.approx(ball)
    long = Part(-1, "capsule", (0.5, 0.2, 0.2)).volume
    assert long == pytest.approx(ball + np.pi * 0.2**2 * 0.6)


def test_the_shapes_in_a_model_reach_as_far_as_those_of_the_body():
    """Capsules lie along x. Rays from outside meet each shape at its half sizes."""
    for shape in ("box", "capsule", "ellipsoid"):
        body = Body((Part(-1, shape, (0.4, 0.2, 0.2)), Part(0, "box", (0.05,) * 3, "hinge")))
        stage = build([body], World("water"))
        for axis, half in enumerate((0.4, 0.2, 0.2)):
            for side in (-1.0, 1.0):
                start = np.zeros(3)
                start[axis] = 5.0 * side
                away = mujoco.mj_ray(
                    stage.model, stage.data, start, -start / 5.0, None, 1, -1, np.zeros(1, np.int32)
                )
                assert away == pytest.approx(5.0 - half, abs=1e-6)


def test_parts_are_where_the_body_says():
    for body in BODIES:
        stage = build([body], World("water"))
        centres, rotations = body.rest()
        layout = stage.creatures[0]
        found = stage.data.geom_xpos[layout.geoms]
        np.testing.assert_allclose(found - found[0], centres, atol=1e-9)
        bodies = stage.model.geom_bodyid[layout.geoms]
        np.testing.assert_allclose(stage.data.xmat[bodies].reshape(-1, 3, 3), rotations, atol=1e-9)


@pytest.mark.parametrize("kind", ["land", "slope", "terrain"])
def test_the_lowest_point_begins_just_above_the_ground(kind):
    world = World(kind, slope=0.5 if kind == "slope" else 0.25)
    rise = world.slope if kind == "slope" else 0.0
    for body in BODIES:
        stage = build([body], world)
        where = placed(stage, body)
        # above the ground, along z; points of round shapes miss the lowest one by a little
        gap = float((where[:, 2] - rise * where[:, 0]).min())
        assert GAP - 1e-9 <= gap <= GAP + 5e-3
        if kind == "land":
            assert lowest(stage.views, stage.creatures[0]) == pytest.approx(GAP, abs=1e-9)
        assert not (stage.data.contact.geom == 0).any(), "it touches the ground"


def test_the_lowest_point_is_found_in_any_pose():
    rng = np.random.default_rng(2)
    seen = set()
    for body in BODIES:
        stage = build([body], World("water"))
        for rotation in Rotation.random(4, random_state=rng).as_quat():
            stage.data.qpos[3:7] = rotation
            stage.data.qpos[7:] = rng.uniform(-1.0, 1.0, len(stage.data.qpos) - 7)
            mujoco.mj_forward(stage.model, stage.data)
            found = lowest(stage.views, stage.creatures[0])
            sampled = float(placed(stage, body)[:, 2].min())
            # no sampled point is lower, and one is nearly as low
            assert found <= sampled + 1e-9
            assert found >= sampled - 5e-3
        seen |= {part.shape for part in body.parts}
    assert seen == {"box", "capsule", "ellipsoid"}


def test_parts_that_overlap_at_the_start_pass_through_each_other():
    count = 0
    for graph in drawn(60, 3):
        body = develop(graph, 10).body
        stage = build([body], World())
        model = stage.model
        excluded = set()
        for signature in model.exclude_signature:
            pair = (int(signature) >> 16, int(signature) & 0xFFFF)
            excluded.add(tuple(sorted(model.body(each).name for each in pair)))
        wanted = {tuple(sorted((f"c0p{a}", f"c0p{b}"))) for a, b in overlapping(body)}
        assert excluded == wanted
        count += len(wanted)
        assert build([body], World(), apart=False).model.nexclude == 0
    assert count > 10


def test_a_reset_forgets_everything():
    """Also what the solver starts from, forces, and what it was told."""
    body = BODIES[0]
    for kind in ("land", "water"):
        stage = build([body], World(kind))
        states = []
        for _ in range(2):
            stage.reset()
            stage.data.ctrl[:] = 0.5
            for _ in range(50):
                mujoco.mj_step(stage.model, stage.data)
            states.append([stage.data.qpos.tobytes(), stage.data.qvel.tobytes()])
            stage.data.xfrc_applied[:] = 3.0
            stage.data.qacc_warmstart[:] = 100.0
        assert states[0] == states[1]


def test_finer_steps_divide_a_decision():
    for refined in (1, 2, 4):
        world = replace(World(), refined=refined)
        assert world.step * world.frame == pytest.approx(0.02)
        assert build([TABLE], world).model.opt.timestep == world.step


def test_hills_have_their_height_and_are_flat_where_creatures_begin():
    world = World("terrain", roughness=0.4, seed=3)
    heights = world.heights
    assert heights.min() == 0.0
    assert 0.3 < heights.max() <= 0.4
    middle = len(heights) // 2
    assert (heights[middle - 2 : middle + 3, middle - 2 : middle + 3] == 0.0).all()
    assert (World("terrain", roughness=0.4, seed=3).heights == heights).all()
    assert (World("terrain", roughness=0.4, seed=4).heights != heights).any()
