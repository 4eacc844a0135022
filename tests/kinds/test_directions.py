"""Which way is better, by the kind of a run."""

import pytest

from evo.kinds.evolution import EVOLUTION
from evo.kinds.learning import LEARNING


@pytest.mark.parametrize(
    ("minimise", "measure", "lower"),
    [
        ([True], "champion.mean", True),
        ([False], "champion.mean", False),
        ([True], "best", True),
        ([True, False], "champion.mean", None),
        ([True, False], "champion.mean.score0", True),
        ([True, False], "champion.mean.score1", False),
        ([True, False], "best.score1", False),
        ([True, True], "measures.hypervolume", False),
        ([False], "measures.coverage", False),
        ([False], "evaluations", True),
        ([False], "spent.steps", True),
        ([True], "wall_s", True),
        ([True], "champion.episodes", None),
        ([True], "measures.sigma", None),
    ],
)
def test_of_an_evolution_its_scores_say(minimise, measure, lower):
    """Seen to fail with higher and lower swapped."""
    scores = [{"name": f"score{n}", "minimise": each} for n, each in enumerate(minimise)]
    assert EVOLUTION.lower_is_better({"scores": scores}, measure) is lower


def test_a_champion_that_is_judged_by_another_figure_goes_by_that() -> None:
    """Seen to fail when accuracy was called better where it is lower, as the loss is."""
    loss = {"name": "cross-entropy", "minimise": True, "target": None}
    facts = {"scores": [loss], "judged": {"name": "accuracy", "minimise": False, "target": None}}
    assert EVOLUTION.lower_is_better(facts, "champion.mean") is False
    assert EVOLUTION.lower_is_better(facts, "best") is True


@pytest.mark.parametrize(
    ("measure", "lower"),
    [
        ("test_accuracy", False),
        ("validation_loss", True),
        ("measures.bptt_error", True),
        ("wall_s", True),
        ("parameters", None),
    ],
)
def test_of_a_learning_the_name_says(measure, lower):
    assert LEARNING.lower_is_better({}, measure) is lower
