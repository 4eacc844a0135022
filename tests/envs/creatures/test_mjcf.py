"""Bodies from MJCF files in place of bodies.

Seen when planted: control ranges that are not mapped, a world that stays, joints that start outside
of their limits, masses that change on the way, a body that begins in the ground, a joint of the
root that stays fixed, an actuator whose neighbour is another.
"""

import pickle
import warnings
from pathlib import Path

import gymnasium
import mujoco
import numpy as np
import pytest
from evo_envs.creatures import kernels
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.export import mjcf_text
from evo_envs.creatures.mjcf import ModelBody
from evo_envs.creatures.native import addresses
from evo_envs.creatures.quadruped import QUADRUPED
from evo_envs.creatures.stage import Place, build
from evo_envs.creatures.worlds import World

from evo.errors import UsageError
from evo.problems.creatures.settings import BodySettings, BrainSettings
from evo.problems.creatures.walk import Walk, WalkSettings

LEG = """
<body pos="{x} {y} 0"><joint name="hip{n}" axis="0 1 0" range="-40 50" damping="2"/>
  <geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.04"/>
  <body pos="0 0 -0.2"><joint name="knee{n}" axis="0 1 0" range="{knee}" damping="2"/>
    <geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.03"/></body></body>"""
LEGS = "".join(
    LEG.format(n=n, x=x, y=y, knee="-5 60" if n else "10 60")
    for n, (x, y) in enumerate([(0.25, 0.15), (0.25, -0.15), (-0.25, 0.15), (-0.25, -0.15)])
)
DOG = f"""
<mujoco model="dog">
  <compiler angle="degree"/>
  <option timestep="0.001" gravity="0 0 -1" integrator="RK4"/>
  <size nuser_geom="1"/>
  <worldbody>
    <light pos="0 0 3"/>
    <geom name="floor" type="plane" size="5 5 1"/>
    <body name="crate" pos="3 0 1"><geom type="box" size="0.5 0.5 0.5"/></body>
    <body name="dog" pos="1 2 3">
      <freejoint/>
      <geom type="box" size="0.3 0.12 0.05" user="1"/>
      <geom type="sphere" size="0.08" pos="0.38 0 0.05"/>
      <geom type="cylinder" size="0.03 0.08" pos="-0.38 0 0.03" euler="0 90 0"/>
      <camera pos="0 -2 1"/>
      {LEGS}
    </body>
  </worldbody>
  <actuator>
    <position joint="knee0" kp="80" ctrlrange="0.2 1.0" forcerange="-60 60"/>
    <position joint="hip0" kp="80" ctrlrange="-0.6 0.8" forcerange="-60 60"/>
    <position joint="hip1" kp="80" ctrlrange="-0.6 0.8" forcerange="-60 60"/>
    <position joint="knee1" kp="80" ctrlrange="-0.1 1.0" forcerange="-60 60"/>
    <position joint="hip2" kp="80" ctrlrange="-0.6 0.8" forcerange="-60 60"/>
    <motor joint="hip3" gear="20" ctrlrange="-1 1"/>
  </actuator>
  <sensor><jointpos joint="hip0"/></sensor>
  <keyframe><key qpos="0 0 1 1 0 0 0 0 0 0 0 0 0 0 0"/></keyframe>
</mujoco>"""
ASSETS = Path(gymnasium.__file__).parent / "envs/mujoco/assets"


@pytest.fixture
def dog(tmp_path):
    (tmp_path / "dog.xml").write_text(DOG)
    return ModelBody.load(tmp_path / "dog.xml")


def settled(stage):
    outcome = kernels.settle(
        addresses(stage.model, stage.data),
        stage.views,
        stage.creatures[0],
        stage.world.frame,
        kernels.RISE,
        np.zeros(3),
    )
    assert outcome == kernels.LIVED
    return stage


def test_the_body_is_taken_alone(dog) -> None:
    whole = mujoco.MjModel.from_xml_string(DOG)
    assert dog.mass == pytest.approx(whole.body("dog").subtreemass[0], rel=1e-5)
    assert dog.joint_names == ("hip0", "knee0", "hip1", "knee1", "hip2", "knee2", "hip3", "knee3")
    assert dog.actuator_names == ("knee0", "hip0", "hip1", "knee1", "hip2", "hip3")
    assert dog.upstream == (1, -1, -1, 2, -1, -1)
    assert dog.degrees_of_freedom == 6
    assert dog.senses(2) == 5 + 6 + 16 + 11
    assert [part.shape for part in dog.parts] == ["box", "ellipsoid", "box", *["capsule"] * 8]
    assert [part.half for part in dog.parts[1:4]] == [
        (0.08,) * 3,
        (0.08, 0.03, 0.03),
        (0.14, *[0.04] * 2),
    ]
    assert [part.parent for part in dog.parts[:5]] == [-1, -1, -1, 0, 3]
    assert len({part.group for part in dog.parts}) == 5
    assert pickle.loads(pickle.dumps(dog)) == dog


@pytest.mark.parametrize("kind", ["land", "slope", "terrain", "water"])
def test_it_rests_in_a_world_as_bodies_do(dog, kind: str) -> None:
    stage = build([dog], World(kind, slope=0.1), touch=True)
    layout, model = stage.creatures[0], stage.model
    assert model.opt.timestep == stage.world.step
    assert model.opt.gravity[2] == (0.0 if kind == "water" else -9.81)
    assert stage.masses[0] == pytest.approx(dog.mass)
    assert model.nsensor == len(layout.touch) == 11
    assert len(layout.joints) == len(layout.limits) == 8
    assert np.degrees(layout.limits) == pytest.approx([50, 60] * 4, abs=1e-3)
    np.testing.assert_allclose(
        layout.span[[0, 1, 5]],
        [[0.6, 0.4], [0.1, 0.7], [0, 1]],
        atol=1e-9,
    )
    assert np.degrees(stage.data.qpos[layout.joints[1, 0]]) == pytest.approx(10, abs=1e-3)
    if kind in ("land", "terrain"):
        assert kernels.lowest(stage.views, layout) == pytest.approx(1e-3, abs=1e-6)
    stage = settled(stage)
    seen = np.zeros(dog.senses(1))
    target = stage.views.xpos[layout.root[0]] + [0.0, 0.0, 5.0]
    kernels.sense(stage.views, layout, 0.25, target[None], seen)
    assert seen[0] == pytest.approx(1.0)
    np.testing.assert_allclose(seen[2:5], seen[5:8], atol=1e-6)
    assert np.abs(seen[8:24:2]).max() > 0.05
    felt, pressed = seen[24:], stage.data.contact.geom[stage.data.contact.exclude == 0]
    assert felt.any() == (kind != "water")
    # the first three geoms are of one body
    assert felt[3:].tolist() == np.isin(layout.geoms[3:], pressed).tolist()


def test_a_frame_around_it_counts_once(tmp_path) -> None:
    (tmp_path / "framed.xml").write_text("""
<mujoco><worldbody><frame pos="1 2 3" euler="0 0 90"><body euler="0 90 0"><freejoint/>
<geom type="capsule" size=".1 .5"/><body pos=".3 0 .6"><joint axis="0 1 0"/>
<geom size=".1" contype="0" conaffinity="0"/></body></body></frame></worldbody></mujoco>""")
    whole = mujoco.MjModel.from_xml_path(str(tmp_path / "framed.xml"))
    data = mujoco.MjData(whole)
    mujoco.mj_forward(whole, data)
    framed = ModelBody.load(tmp_path / "framed.xml")
    stage = build([framed], World(), places=[Place(4.0, 5.0, np.pi)])
    np.testing.assert_allclose(stage.data.xpos[1], [4.0, 5.0, 0.401], atol=1e-5)
    assert kernels.lowest(stage.views, stage.creatures[0]) == pytest.approx(1e-3, abs=1e-6)
    centres, rotations = framed.rest()
    np.testing.assert_allclose(centres, data.geom_xpos - data.xpos[1], atol=1e-5)
    # a capsule lies along x, and along z in MuJoCo
    np.testing.assert_allclose(rotations[0][:, 0], data.geom_xmat[0].reshape(3, 3)[:, 2], atol=1e-5)


def test_its_lowest_point_is_that_of_its_shapes(dog) -> None:
    stage = build([dog], World("water"))
    rng, layout = np.random.default_rng(1), stage.creatures[0]
    for _ in range(20):
        quaternion = rng.standard_normal(4)
        stage.data.qpos[3:7] = quaternion / np.linalg.norm(quaternion)
        mujoco.mj_forward(stage.model, stage.data)
        lows = []
        for geom in layout.geoms:
            size, kind = stage.model.geom_size[geom], stage.model.geom_type[geom]
            around = rng.standard_normal((4000, 3))
            around /= np.linalg.norm(around, axis=1)[:, None]
            if kind == mujoco.mjtGeom.mjGEOM_BOX:
                points = np.sign(around) * size
            elif kind == mujoco.mjtGeom.mjGEOM_SPHERE:
                points = around * size[0]
            elif kind == mujoco.mjtGeom.mjGEOM_CAPSULE:
                points = around * size[0] + [0, 0, 1] * np.sign(around) * size[1]
            else:
                flat = around[:, :2] / np.linalg.norm(around[:, :2], axis=1)[:, None]
                points = np.column_stack([flat * size[0], np.sign(around[:, 2]) * size[1]])
            world = points @ stage.data.geom_xmat[geom].reshape(3, 3).T + stage.data.geom_xpos[geom]
            lows.append(world[:, 2].min())
        assert kernels.lowest(stage.views, layout) == pytest.approx(min(lows), abs=2e-3)


def test_actuators_are_told_the_ends_of_their_ranges(dog) -> None:
    stage = build([dog], World())
    for end, knee in ((-1.0, 0.2), (0.0, 0.6), (1.0, 1.0)):
        kernels.tell(stage.views, stage.creatures[0], np.full(6, end))
        assert stage.data.ctrl[0] == pytest.approx(knee, abs=1e-9)
        assert stage.data.ctrl[5] == end
    kernels.tell(stage.views, stage.creatures[0], np.ones(6))
    stage.data.qvel[:] = 0.0
    for _ in range(100):
        mujoco.mj_step(stage.model, stage.data)
    angle = stage.data.qpos[stage.creatures[0].joints[1, 0]]
    assert angle == pytest.approx(1.0, abs=0.15)


def test_it_lives_beside_others(dog) -> None:
    stage = build([QUADRUPED, dog, dog], World(), touch=True, places=[Place(x) for x in (0, 3, 6)])
    assert stage.masses[1] == stage.masses[2] == pytest.approx(dog.mass)
    for layout, x in zip(stage.creatures, (0, 3, 6), strict=True):
        assert stage.views.xpos[layout.root[0], 0] == pytest.approx(x)
        for k in range(len(layout.span)):
            joint = stage.model.actuator_trnid[layout.first[0] + k, 0]
            assert stage.model.jnt_qposadr[joint] in layout.joints[:, 0]
    assert stage.creatures[2].first[0] == 8 + 6
    turned = build([dog], World(), places=[Place(angle=np.pi / 2)])
    root = turned.creatures[0].root[0]
    np.testing.assert_allclose(turned.views.xmat[root].reshape(3, 3)[:, 0], [0, 1, 0], atol=1e-6)


def test_evolution_takes_it_for_a_body(dog, tmp_path) -> None:
    settings = BodySettings(file=str(tmp_path / "dog.xml"))
    for kind in ("sine", "neat"):
        task = Walk(WalkSettings(seconds=1.0), settings, BrainSettings(kind=kind))
        assert task.body == dog
        assert task.needs is not None
    task = pickle.loads(
        pickle.dumps(Walk(WalkSettings(seconds=1.0), settings, BrainSettings(kind="cpg")))
    )
    vectors = np.random.default_rng(1).uniform(-0.5, 0.5, (3, 2 + 5 * 6))
    found = task.evaluate(vectors, np.arange(3, dtype=np.uint64))
    assert np.isfinite(found.fitness).all()
    assert len(task.film(vectors[:1], 1).shapes) == len(dog.parts)


def test_files_without_a_body_are_refused(tmp_path) -> None:
    for text, words in (
        ("<mujoco><worldbody><geom size='1'/></worldbody></mujoco>", "no body under worldbody"),
        ("<mujoco><worldbody><body/></worldbody></mujoco>", ""),
        ("<mujoco", ""),
    ):
        path = tmp_path / "bad.xml"
        path.write_text(text)
        with pytest.raises(ValueError, match=rf"bad.xml.*{words}"):
            ModelBody.load(path)
        with pytest.raises(UsageError, match=r"bad.xml"):
            Walk(None, BodySettings(file=str(path)))
    with pytest.raises(FileNotFoundError):
        ModelBody.load(tmp_path / "nowhere.xml")


def test_a_mesh_becomes_the_box_around_it(tmp_path) -> None:
    (tmp_path / "rod.xml").write_text("""
<mujoco><asset><mesh name="wedge"
  vertex="0 0 0  .4 0 0  0 .2 0  0 0 .1  .4 .2 .1  0 .2 .1"/></asset>
<worldbody><body name="rod"><geom type="mesh" mesh="wedge"/>
<geom type="mesh" mesh="wedge" contype="0" conaffinity="0" mass="0"/>
<body pos=".5 0 0"><joint name="bend" axis="0 1 0"/><geom size=".1"/></body></body></worldbody>
<actuator><motor joint="bend"/></actuator></mujoco>""")
    rod = ModelBody.load(tmp_path / "rod.xml")
    assert [part.shape for part in rod.parts] == ["box", "ellipsoid"]
    whole = mujoco.MjModel.from_xml_path(str(tmp_path / "rod.xml"))
    assert rod.mass == pytest.approx(whole.body_mass.sum(), rel=1e-5)
    centres, _ = rod.rest()
    aligned = sorted(rod.parts[0].half)
    assert aligned == pytest.approx(sorted(whole.geom_aabb[0, 3:]), rel=1e-4)
    assert np.abs(centres[0]).max() < 0.4
    stage = build([rod], World())
    assert stage.creatures[0].span.tolist() == [[0.0, 1.0]]
    assert stage.creatures[0].limits.tolist() == [np.pi]


@pytest.mark.parametrize("name", ["ant", "half_cheetah", "humanoid", "walker2d_v5"])
@pytest.mark.skipif(not ASSETS.is_dir(), reason="Gymnasium's models are not there")
def test_the_models_of_gymnasium(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = ASSETS / f"{name}.xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of an old attribute in one of the files
        whole = mujoco.MjModel.from_xml_path(str(path))
    env = gymnasium.make("evo_envs:evo/Walk-v0", body=path).unwrapped
    assert env.body.mass == pytest.approx(whole.body_mass.sum(), rel=1e-5)
    assert env.action_space.shape == (whole.nu,)
    hinges = np.isin(whole.jnt_type, [int(mujoco.mjtJoint.mjJNT_HINGE)])
    root = whole.jnt_bodyid == 1
    assert len(env.body.joint_names) == (hinges & ~root).sum()
    env.reset(seed=1)
    for _ in range(20):
        seen, reward, *_ = env.step(env.action_space.sample() * 0.3)
        assert env.observation_space.contains(seen)
    assert abs(reward) > 0.0
    # where MuJoCo writes its warnings, as of attributes of two models that are attached
    assert name == "half_cheetah" or not Path("MUJOCO_LOG.TXT").exists()


SKEWED = Body(
    (
        Part(-1, "ellipsoid", (0.3, 0.2, 0.1)),
        Part(0, "capsule", (0.2, 0.05, 0.05), "universal", (0.3, 0.1, 0.0), limits=(0.5, 0.7, 1)),
        Part(0, "box", (0.2, 0.05, 0.1), "ball", (0.3, -0.1, 0.0), mirrored=True, strength=2.0),
        Part(1, "box", (0.1, 0.05, 0.1), "twist", (0.2, 0.0, 0.0)),
    )
)


@pytest.mark.parametrize("kind", ["land", "slope", "terrain", "water"])
def test_what_is_exported_is_the_same_model(kind: str, dog) -> None:
    world = World(kind)
    for body in (SKEWED, QUADRUPED, dog):
        model = mujoco.MjModel.from_xml_string(mjcf_text(body, world))
        stage = build([body], world)
        assert model.nu == body.degrees_of_freedom
        assert sum(model.body_mass) == pytest.approx(body.mass, rel=1e-5)
        for name in (
            *("body_mass", "body_inertia", "body_pos", "body_quat", "jnt_type", "jnt_range"),
            *("jnt_axis", "dof_damping", "geom_size", "geom_friction", "geom_condim", "geom_fluid"),
            *("actuator_gainprm", "actuator_biasprm", "actuator_forcerange", "actuator_ctrlrange"),
            *("actuator_trnid", "exclude_signature", "hfield_data"),
        ):
            expected, found = getattr(stage.model, name), getattr(model, name)
            np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6, err_msg=name)
        for name in ("timestep", "integrator", "gravity", "density", "viscosity", "disableflags"):
            assert np.array_equal(getattr(model.opt, name), getattr(stage.model.opt, name))


def test_an_exported_creature_is_a_body_again(tmp_path) -> None:
    (tmp_path / "again.xml").write_text(mjcf_text(SKEWED))
    again = ModelBody.load(tmp_path / "again.xml")
    assert again.mass == pytest.approx(SKEWED.mass, rel=1e-5)
    assert again.degrees_of_freedom == SKEWED.degrees_of_freedom
    # a file lists its parts depth first
    order = [0, 1, 3, 2]
    assert [part.shape for part in again.parts] == [SKEWED.parts[k].shape for k in order]
    centres, _ = SKEWED.rest()
    np.testing.assert_allclose(again.rest()[0], centres[order], atol=1e-5)
