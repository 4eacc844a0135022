"""What tells bodies apart: how many parts, how heavy, how high, how symmetrical."""

import numpy as np
from evo_envs.creatures.body import Anatomy

DESCRIPTORS: dict[str, tuple[float, float]] = {
    "parts": (1.0, 13.0),
    "mass": (0.0, 300.0),
    "height": (0.0, 3.0),
    "symmetry": (0.0, 1.0),
}
"""The range of interest of each: numbers of parts, kg, m, and a share of parts."""


def described(body: Anatomy) -> dict[str, float]:
    """The descriptors of a body at rest."""
    centres, rotations = body.rest()
    halves = np.array([part.half for part in body.parts])
    reach = np.abs(rotations[:, 2, :] * halves).sum(axis=1)
    height = float((centres[:, 2] + reach).max() - (centres[:, 2] - reach).min())
    return {
        "parts": float(len(body.parts)),
        "mass": body.mass,
        "height": height,
        "symmetry": symmetry(body),
    }


def symmetry(body: Anatomy) -> float:
    """The share of parts behind the root that have a mirror image, perhaps themselves."""
    centres, _ = body.rest()
    mirrored = centres * [1.0, -1.0, 1.0]
    halves = np.array([part.half for part in body.parts])
    away = np.abs(centres[:, None] - mirrored[None]).max(axis=2)
    other = np.abs(halves[:, None] - halves[None]).max(axis=2)
    matched = ((away < 1e-6) & (other < 1e-9)).any(axis=0)
    return float(matched[1:].mean()) if len(matched) > 1 else 1.0
