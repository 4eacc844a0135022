"""Lives in compiled code: networks of any shape, each by itself, bit for bit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.learning.lifetimes.curriculum import Curriculum
from evo.networks.flat import Networks
from evo.networks.learning import Settling, draw_feedback, learn
from evo.networks.learning.feedback import PER_LINK, PER_NODE
from evo.population import Floats
from evo.settings import Settings

SETTLING = ("phases", "beta", "free_steps", "nudged_steps", "step")
KNOWN: dict[str, tuple[str, ...]] = {
    "bp": (),
    "fa": ("scale",),
    "frsf": ("scale",),
    "dfa": ("scale",),
    "ep": SETTLING,
}
"""The rules that kernels know, each with the settings that they know."""


def serves(rule: str, settings: Settings) -> bool:
    """Whether kernels can teach by a rule with these settings."""
    if getattr(settings, "phases", "") == "random-sign":
        return False
    defaults = type(settings)()
    return rule in KNOWN and all(
        getattr(settings, name) == getattr(defaults, name)
        for name in type(settings).model_fields
        if name not in KNOWN[rule]
    )


def teach(
    networks: Networks, curriculum: Curriculum, rule: str, settings: Any
) -> tuple[Networks, NDArray[np.bool_]]:
    """The n networks after their lives, and whether each still has finite weights.

    Args:
        networks: n of them.
        curriculum: what each learns, and how.
        rule: one of `KNOWN`.
        settings: of the rule.
    """
    feedback: Floats | None = None
    if rule in (*PER_LINK, *PER_NODE):
        scale = float(getattr(settings, "scale", 1.0))
        feedback = draw_feedback(networks, rule, curriculum.feedback_seeds, scale)
    settling = None
    if rule == "ep":
        settling = Settling(**{name: getattr(settings, name) for name in SETTLING})
    learnt = learn(
        networks,
        curriculum.inputs,
        curriculum.answers,
        curriculum.order,
        curriculum.rate,
        rule=rule,
        loss=curriculum.loss,
        momentum=curriculum.momentum,
        feedback=feedback,
        settling=settling,
    )
    return learnt.networks, np.isfinite(learnt.loss)
