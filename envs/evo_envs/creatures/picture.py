"""Pictures of a creature while it is trained, drawn by MuJoCo."""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from evo_envs.creatures.engine import mujoco
from evo_envs.creatures.stage import AnyBody, Stage

WIDTH, HEIGHT = 640, 480
COLOURS = ((0.90, 0.55, 0.25), (0.35, 0.60, 0.85), (0.45, 0.75, 0.45), (0.80, 0.50, 0.75))
"""Of parts, by their group; those of a second creature begin with the third colour."""
LIGHT = (1.0, 0.85, 0.2, 1.0)
RADIUS = 0.15
"""Of the mark where a light is, in m."""


class Picture:
    """Draws bodies in a world, whose model is made once more with colours.

    Args:
        stage: the physics.
        bodies: those in it.

    Raises:
        gymnasium.error.DependencyNotInstalled: there is no OpenGL that MuJoCo can draw with.
    """

    def __init__(self, stage: Stage, bodies: Sequence[AnyBody]) -> None:
        self.model = _with_surroundings(stage.spec).compile()
        for number, (body, layout) in enumerate(zip(bodies, stage.creatures, strict=True)):
            for part, geom in zip(body.parts, layout.geoms, strict=True):
                if self.model.geom_matid[geom] < 0:
                    self.model.geom_rgba[geom, :3] = COLOURS[
                        (part.group + 2 * number) % len(COLOURS)
                    ]
        self.data = mujoco.MjData(self.model)
        try:
            self.renderer = mujoco.Renderer(self.model, HEIGHT, WIDTH)
        # what goes wrong depends on the system: missing libraries, no display, no device
        except Exception as error:
            raise gymnasium.error.DependencyNotInstalled(
                f"MuJoCo cannot draw here: {error}; without a display it needs an OpenGL library "
                "(Debian: apt install libegl1) and MUJOCO_GL=egl in the environment"
            ) from error
        self.shown = mujoco.MjvOption()
        # sites are what feels contacts, around the parts
        self.shown.sitegroup[:] = 0
        self.camera = mujoco.MjvCamera()
        self.camera.distance = 4.0 + 2.0 * float(self.model.stat.meansize)
        self.camera.azimuth, self.camera.elevation = 60.0, -20.0

    def take(
        self, data: Any, centre: NDArray[np.float64], lights: NDArray[np.float64]
    ) -> NDArray[np.uint8]:
        """`(HEIGHT, WIDTH, 3)` a picture.

        Args:
            data: MuJoCo's, of the physics.
            centre: `(3,)` what is in its middle, in m.
            lights: `(k, 3)` places of lights.
        """
        self.data.qpos[:] = data.qpos
        mujoco.mj_forward(self.model, self.data)
        self.camera.lookat[:] = centre
        self.renderer.update_scene(self.data, self.camera, self.shown)
        scene = self.renderer.scene
        for place in lights:
            mujoco.mjv_initGeom(
                scene.geoms[scene.ngeom],
                mujoco.mjtGeom.mjGEOM_SPHERE,
                np.full(3, RADIUS),
                place,
                np.eye(3).ravel(),
                np.array(LIGHT, np.float32),
            )
            scene.ngeom += 1
        return self.renderer.render()

    def close(self) -> None:
        """Give back what it draws with."""
        self.renderer.close()


def _with_surroundings(spec: Any) -> Any:
    """A copy of a model's description with a chequered ground and a sun."""
    spec = spec.copy()
    spec.add_texture(
        name="chequers",
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        rgb1=(0.82, 0.84, 0.86),
        rgb2=(0.72, 0.75, 0.78),
        width=256,
        height=256,
    )
    ground = spec.add_material(name="ground", texrepeat=(0.5, 0.5), texuniform=True)
    ground.textures[int(mujoco.mjtTextureRole.mjTEXROLE_RGB)] = "chequers"
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=(0.95, 0.97, 0.99),
        rgb2=(0.70, 0.80, 0.88),
        width=64,
        height=384,
    )
    spec.worldbody.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=(0.0, 0.0, 10.0),
        dir=(0.3, 0.4, -1.0),
        castshadow=False,
    )
    for geom in spec.worldbody.geoms:
        geom.material = "ground"
    return spec
