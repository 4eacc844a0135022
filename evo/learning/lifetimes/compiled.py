"""Lives in compiled code: networks of any shape, each by itself, bit for bit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.learning.lifetimes.constants import FEEDBACK
from evo.learning.lifetimes.curriculum import Curriculum
from evo.networks.flat import Networks
from evo.networks.learning import Settling, draw_feedback, learn
from evo.networks.learning.feedback import PER_NODE, WITH_FEEDBACK, scaled_feedback
from evo.phenotype import Traits
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


def serves(rule: str, settings: Settings, evolve: Sequence[str] = ()) -> bool:
    """Whether kernels can teach by a rule with these settings.

    Args:
        rule: its name.
        settings: of the rule.
        evolve: what genomes carry, see `evo.learning.lifetimes.constants`.

    Raises:
        UsageError: genomes are to carry feedback weights, which only kernels take from them.
    """
    if not _serves(rule, settings):
        if FEEDBACK in evolve:
            raise UsageError(
                f"no genome carries the feedback of {rule} with these settings",
                f"rules whose feedback evolves: {', '.join(WITH_FEEDBACK)}",
            )
        return False
    if FEEDBACK in evolve and rule not in WITH_FEEDBACK:
        raise UsageError(
            f"{rule} has no feedback weights that could evolve",
            f"rules that have: {', '.join(WITH_FEEDBACK)}; or leave feedback out",
        )
    return True


def _serves(rule: str, settings: Settings) -> bool:
    if getattr(settings, "phases", "") == "random-sign":
        return False
    defaults = type(settings)()
    return rule in KNOWN and all(
        getattr(settings, name) == getattr(defaults, name)
        for name in type(settings).model_fields
        if name not in KNOWN[rule]
    )


def feedback_traits(rule: str, outputs: int) -> Traits:
    """What networks carry whose feedback weights evolve."""
    if rule in PER_NODE:
        return Traits(node=tuple(f"feedback {k}" for k in range(outputs)))
    return Traits(link=("feedback",))


def teach(
    networks: Networks,
    curriculum: Curriculum,
    rule: str,
    settings: Any,
    constants: Mapping[str, NDArray[Any]] = {},
    carried_feedback: bool = False,
) -> tuple[Networks, NDArray[np.bool_]]:
    """The n networks after their lives, and whether each still has finite weights.

    Args:
        networks: n of them.
        curriculum: what each learns, and how.
        rule: one of `KNOWN`.
        settings: of the rule.
        constants: `(n,)` values of settings that networks carry themselves, by name.
        carried_feedback: whether networks carry the entries of their feedback weights.
    """

    def chosen(name: str) -> Any:
        return constants[name] if name in constants else getattr(settings, name)

    feedback: Floats | None = None
    if rule in WITH_FEEDBACK and carried_feedback:
        assert networks.traits is not None
        entries = networks.traits.node if rule in PER_NODE else networks.traits.link[:, 0]
        feedback = scaled_feedback(networks, rule, entries, chosen("scale"))
    elif rule in WITH_FEEDBACK:
        seeds = curriculum.feedback_seeds
        feedback = draw_feedback(networks, rule, seeds, chosen("scale"))
    settling = None
    if rule == "ep":
        settling = Settling(**{name: chosen(name) for name in SETTLING})
    learnt = learn(
        networks,
        curriculum.inputs,
        curriculum.answers,
        curriculum.order,
        constants.get("learning_rate", curriculum.rate),
        rule=rule,
        loss=curriculum.loss,
        momentum=constants.get("momentum", curriculum.momentum),
        feedback=feedback,
        settling=settling,
    )
    return learnt.networks, np.isfinite(learnt.loss)
