"""Tasks of virtual creatures: walk, swim, jump, follow a light, win a cube from a rival."""

from evo.errors import MissingExtra

try:
    import mujoco  # noqa: F401
except ImportError:
    raise MissingExtra("the physics of creatures, MuJoCo,", "creatures") from None
