"""All measures of a rule on a probe batch."""

from typing import Any

from torch import Tensor

from evo.learning.measures.alignment import alignment
from evo.learning.measures.bptt import error_against_bptt
from evo.learning.rules.base import Rule
from evo.learning.rules.ep import EP


def measure(rule: Rule, inputs: Tensor, targets: Tensor) -> dict[str, Any]:
    """The rule's closeness to backpropagation and its own measures, by name.

    Args:
        rule: left as it is, with its network and generators.
        inputs: the probe batch, `(batch, ...)`.
        targets: its classes or numbers, see `Loss`.

    Returns:
        A number for each measure; those called "family/member" are one mapping for each family.
    """
    figures: dict[str, Any] = {}
    for name, value in _flat(rule, inputs, targets).items():
        family, _, member = name.partition("/")
        if member:
            figures.setdefault(family, {})[member] = value
        else:
            figures[name] = value
    return figures


def _flat(rule: Rule, inputs: Tensor, targets: Tensor) -> dict[str, float]:
    figures = alignment(rule, inputs, targets)
    if isinstance(rule, EP) and rule.compares:
        figures["bptt_error"] = error_against_bptt(rule, inputs, targets)
    return figures
