"""Where the parts of creatures are in a model.

Seen when planted: geoms and joints counted on in the order of the parts, which is not MuJoCo's;
ranges of joints that are taken for degrees.
"""

import numpy as np
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.stage import SLACK, Place, build
from evo_envs.creatures.worlds import World

LEG = {"joint": "universal", "shape": "capsule"}
BRANCHED = Body(
    (
        Part(-1, "box", (0.3, 0.2, 0.1)),
        Part(0, half=(0.21, 0.05, 0.05), anchor=(0.3, 0.2, 0.0), **LEG),
        Part(0, half=(0.22, 0.05, 0.05), anchor=(0.3, -0.2, 0.0), limits=(0.3, 0.4, 1.0), **LEG),
        Part(1, half=(0.23, 0.05, 0.05), anchor=(0.21, 0.0, 0.0), limits=(0.5, 0.6, 1.0), **LEG),
        Part(2, half=(0.24, 0.04, 0.04), anchor=(0.22, 0.0, 0.0), **LEG),
    )
)
"""Its parts lie breadth first, as evolved bodies' do."""


def test_the_layout_names_the_geom_the_joint_and_the_sensor_of_each_part() -> None:
    stage = build([BRANCHED, BRANCHED], World(), touch=True, places=[Place(), Place(3.0)])
    centres, _ = BRANCHED.rest()
    for number, layout in enumerate(stage.creatures):
        placed = stage.data.geom_xpos[layout.geoms]
        np.testing.assert_allclose(placed - placed[0], centres, atol=1e-9)
        reach = np.array([part.half[0] for part in BRANCHED.parts[1:]])
        sizes = stage.model.geom_size[layout.geoms[1:]]
        np.testing.assert_allclose(sizes[:, 0] + sizes[:, 1], reach)
        axes = [axis for part in BRANCHED.parts for axis in part.axes]
        assert len(axes) == len(layout.joints) == BRANCHED.degrees_of_freedom
        for k, (axis, (position, dof)) in enumerate(zip(axes, layout.joints, strict=True)):
            joint = stage.model.joint(f"c{number}p{layout.part[k]}{axis}")
            assert (joint.qposadr[0], joint.dofadr[0]) == (position, dof)
            assert joint.range[1] == layout.limits[k] + SLACK
            assert stage.model.actuator_trnid[layout.first[0] + k, 0] == joint.id
        assert layout.part.tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
        for part, sensor in enumerate(layout.touch):
            assert stage.model.sensor(f"c{number}p{part}touch").adr[0] == sensor
