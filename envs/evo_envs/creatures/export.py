"""Creatures as MJCF, for MuJoCo itself and all that reads its files."""

from evo_envs.creatures.stage import AnyBody, build
from evo_envs.creatures.worlds import World


def mjcf_text(body: AnyBody, world: World | None = None) -> str:
    """A body in a world as an MJCF file, which MuJoCo makes the same model of.

    Numbers have six digits. Actuators are told -1 to 1, or what the body's own file says.

    Args:
        body: of the creature.
        world: where it is; land if none is given.
    """
    spec = build([body], world or World()).spec
    spec.modelname = "creature"
    return spec.to_xml()
