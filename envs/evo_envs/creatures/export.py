"""Creatures as MJCF, for MuJoCo itself and all that reads its files."""

from evo_envs.creatures.stage import AnyBody, specified
from evo_envs.creatures.worlds import World


def mjcf_text(body: AnyBody, world: World | None = None) -> str:
    """A body in a world as an MJCF file, which MuJoCo makes the same model of.

    Numbers have six digits. Actuators are told -1 to 1, or what the body's own file says.

    Args:
        body: of the creature.
        world: where it is; land if none is given.
    """
    spec = specified([body], world or World())
    spec.modelname = "creature"
    spec.compile()
    return spec.to_xml()
