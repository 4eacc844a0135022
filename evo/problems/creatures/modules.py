"""One network, a copy of it in each part: what each copy senses and moves.

So a network fits every body, and goes on fitting while the body evolves.

Source: in the manner of W. Huang, I. Mordatch, D. Pathak, One Policy to Control Them All: Shared
Modular Policies for Agent-Agnostic Control, ICML 2020; the inputs are chosen here.
"""

import numpy as np
from evo_envs.creatures.body import CLOCK, UP, Body
from numpy.typing import NDArray

AXES = 3
"""Most axes of a joint."""
MODULE_OUTPUTS = AXES
PLACE = 4
"""Constants of a part: where it is in the body at rest, and whether it is mirrored."""


def module_inputs(targets: int) -> int:
    """How many inputs a copy has.

    They are the clock, the direction upwards and to each target; angles and speeds of the part's
    joint axes, and whether it touches something; what its actuators and those of its parent were
    told last; where the part is in the body, and whether it is mirrored.
    """
    return CLOCK + UP + 3 * targets + 2 * AXES + 1 + 2 * AXES + PLACE


def wiring(
    body: Body, targets: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """How the copies are connected.

    Args:
        body: of the creature.
        targets: how many things it sees the direction to.

    Returns:
        `(copies, inputs)` signals, -1 for none; `(copies, 3)` actuators, -1 for none; `(k,)`
        constants that signals end with.
    """
    shared = CLOCK + UP + 3 * targets
    senses, dofs = body.senses(targets), body.degrees_of_freedom
    axes: list[list[int]] = []
    count = 0
    for part in body.parts:
        axes.append(list(range(count, count + len(part.axes))))
        count += len(part.axes)
    centres, _ = body.rest()
    size = max(float(np.abs(centres).max()), 1e-6)
    constants = np.column_stack([centres / size, [part.mirrored for part in body.parts]])
    inputs, outputs = [], []
    for number, part in enumerate(body.parts):
        if not axes[number]:
            continue
        told = [senses + axis for axis in axes[number]]
        above = [senses + axis for axis in axes[part.parent]] if part.parent >= 0 else []
        seen = [shared + 2 * axis + k for axis in axes[number] for k in range(2)]
        first = senses + dofs + PLACE * number
        inputs.append(
            [
                *range(shared),
                *_filled(seen, 2 * AXES),
                shared + 2 * dofs + number,
                *_filled(told, AXES),
                *_filled(above, AXES),
                *range(first, first + PLACE),
            ]
        )
        outputs.append(_filled(axes[number], AXES))
    width = module_inputs(targets)
    return (
        np.array(inputs, np.int64).reshape(-1, width),
        np.array(outputs, np.int64).reshape(-1, AXES),
        constants.ravel(),
    )


def _filled(places: list[int], length: int) -> list[int]:
    return places + [-1] * (length - len(places))
