"""The body of creatures for which none is given: four legs of two parts each."""

import math

from evo_envs.creatures.body import Body, Part, Quaternion

TORSO = (0.34, 0.18, 0.06)
THIGH, SHIN = (0.12, 0.05, 0.05), (0.13, 0.05, 0.05)
STRENGTH = 2.0


def _about_y(angle: float) -> Quaternion:
    return (math.cos(angle / 2), 0.0, math.sin(angle / 2), 0.0)


def _legs() -> list[Part]:
    """Knees point to the middle; each part is followed by what hangs on it."""
    parts: list[Part] = []
    for forwards in (1, -1):
        for side in (1, -1):
            hip = (forwards * 0.29, side * 0.19, -0.04)
            thigh = Part(
                0,
                "capsule",
                THIGH,
                "hinge",
                hip,
                _about_y(math.radians(115 if forwards > 0 else 65)),
                (0.8, 0.8, 0.8),
                STRENGTH,
                mirrored=side < 0,
                group=1,
            )
            shin = Part(
                len(parts) + 1,
                "capsule",
                SHIN,
                "hinge",
                (THIGH[0], 0.0, 0.0),
                _about_y(math.radians(-50 if forwards > 0 else 50)),
                (0.8, 0.8, 0.8),
                STRENGTH,
                mirrored=side < 0,
                group=2,
            )
            parts += [thigh, shin]
    return parts


QUADRUPED = Body((Part(-1, "box", TORSO), *_legs()))
"""About 43 kg; hips and knees are hinges, so that it has eight of them."""
