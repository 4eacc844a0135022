"""Evaluation in this thread."""

from evo.evaluation.base import Evaluator


class Serial(Evaluator):
    """Evaluates in this thread; a time-out cannot be enforced here."""
