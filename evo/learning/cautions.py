"""Signs that a learning does not do what it is meant to do, and what helps."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caution:
    """One sign.

    Attributes:
        event: its name in events.jsonl.
        words: what is wrong.
        help: what to do about it.
        figures: what it was seen by.
    """

    event: str
    words: str
    help: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do about it."""
        return f"{self.words}: {self.help}"


def loss_grew(first: float, last: float) -> Caution | None:
    """Whether the loss is larger than that of the network before it learnt.

    A tenth of it is left to chance: losses of small batches differ.

    Args:
        first: the loss before the first step.
        last: the loss of the last epoch.
    """
    if not math.isfinite(last):
        return Caution(
            "loss_not_finite",
            "the loss is not finite",
            "set a smaller optimiser.lr, or data.standardise=features",
        )
    if last <= 1.1 * first:
        return None
    return Caution(
        "loss_grew",
        f"the loss grew from {first:.4g} to {last:.4g}",
        "set a smaller optimiser.lr",
        {"first_loss": first, "loss": last},
    )


def at_chance(accuracy: float, targets: Sequence[int], trained: float) -> Caution | None:
    """Whether a network is no better than the most frequent class, by two standard errors.

    Args:
        accuracy: share of the test examples that are right.
        targets: their classes.
        trained: share of the training examples that are right.
    """
    share = max(Counter(targets).values()) / len(targets)
    error = math.sqrt(share * (1 - share) / len(targets))
    if share == 1 or accuracy > share + 2 * error:
        return None
    help = "more run.epochs or another optimiser.lr may help"
    if trained > share + 2 * error:
        help = f"of the training examples {trained:.1%} are right, more of them may help"
    return Caution(
        "at_chance",
        f"the network is at chance, {accuracy:.1%} of test examples right where the most "
        f"frequent class alone gives {share:.1%}",
        help,
        {"test_accuracy": accuracy, "chance": share},
    )


def no_better_than_the_mean(r2: float) -> Caution | None:
    """Whether a network of numbers explains nothing of the test examples."""
    if not r2 <= 0:
        return None
    return Caution(
        "no_better_than_the_mean",
        f"the network predicts no better than the mean of the targets, R² {r2:.3g}",
        "more run.epochs or another optimiser.lr may help",
        {"test_r2": r2},
    )


def missing_classes(targets: Sequence[int], classes: int) -> Caution | None:
    """Whether there are classes that no training example has, or only one class at all.

    Args:
        targets: the classes of the training examples.
        classes: how many outputs the network has.
    """
    present = set(targets)
    absent = [str(each) for each in range(classes) if each not in present]
    if len(present) == 1:
        words = f"all training examples have the class {min(present)}, so there is nothing to learn"
    elif absent:
        named = ", ".join(absent[:5]) + (" …" if len(absent) > 5 else "")
        words = f"no training example has the class {named}, which has an output all the same"
    else:
        return None
    return Caution("classes_missing", words, "number classes 0, 1, 2 … and leave none out")
