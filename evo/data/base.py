"""What data is: examples with classes, and how they are cut into training, validation and test."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import UsageError
from evo.settings import Settings as BaseSettings


class Examples(NamedTuple):
    """`inputs`: (n, ...) numbers, float32; `targets`: (n,) classes from 0 on, int64.

    Where the answers are numbers, `targets` are (n, k) of them, float32.
    """

    inputs: NDArray[np.float32]
    targets: NDArray[Any]

    def take(self, rows: Any) -> "Examples":
        """Some of the examples, by row numbers."""
        return Examples(self.inputs[rows], self.targets[rows])


class Form(NamedTuple):
    """What a network for some data takes and gives.

    `shape`: that of one input, (features,) or (channels, height, width); `classes`: how many;
    `numbers`: how many make an answer, where answers are numbers and there are no classes.
    """

    shape: tuple[int, ...]
    classes: int
    numbers: int = 0

    @property
    def outputs(self) -> int:
        """How many a network has: one for each class, or for each number."""
        return self.numbers or self.classes

    def fits(self, other: "Form") -> bool:
        """Whether a network for `other` takes examples of this form: there may be fewer classes."""
        same = self.shape == other.shape and self.numbers == other.numbers
        return same and 0 <= self.classes <= other.classes


@dataclass(frozen=True)
class DataSet:
    """Examples to learn from, to choose by and to judge by; `validation` may be empty.

    Attributes:
        classes: how many there are; 0 where answers are numbers.
        scaling: what has been done to the inputs.
        target_scaling: what has been done to answers that are numbers.
        original: the shape of one input before any flattening.
    """

    train: Examples
    validation: Examples
    test: Examples
    classes: int
    scaling: "Scaling" = field(default_factory=lambda: Scaling())
    original: tuple[int, ...] = ()
    target_scaling: "Scaling" = field(default_factory=lambda: Scaling())

    @property
    def shape(self) -> tuple[int, ...]:
        """That of one input: (features,) or (channels, height, width)."""
        return self.train.inputs.shape[1:]

    @property
    def form(self) -> Form:
        """Of every part."""
        targets = self.train.targets
        return Form(self.shape, self.classes, 0 if targets.ndim == 1 else targets.shape[1])

    def flattened(self) -> "DataSet":
        """The same with inputs `(n, features)`."""
        parts = {
            name: Examples(part.inputs.reshape(-1, math.prod(self.shape)), part.targets)
            for name, part in (
                ("train", self.train),
                ("validation", self.validation),
                ("test", self.test),
            )
        }
        return replace(self, **parts)

    def standardised(self) -> "DataSet":
        """The same with answers of mean 0 and deviation 1 on the training examples.

        So that the settings of a learning do not depend on the unit of the answers; classes stay.
        """
        if not self.form.numbers:
            return self
        aim = scaling("features", self.train.targets)
        parts = {
            name: Examples(part.inputs, aim.applied(part.targets))
            for name, part in (
                ("train", self.train),
                ("validation", self.validation),
                ("test", self.test),
            )
        }
        return replace(self, **parts, target_scaling=aim)


class DataSettings(BaseSettings):
    """How examples are divided and scaled."""

    validation: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="share of the training examples set apart for validation; 0: none",
    )
    train: int | None = Field(
        None, ge=1, description="learn from so many of the training examples; none: from all"
    )
    standardise: Literal["none", "features", "whole"] = Field(
        "none",
        description="mean 0, deviation 1 on the training examples: of each feature, or of all "
        "numbers together",
    )


class Data(ABC):
    """Examples from somewhere."""

    Settings: ClassVar[type[BaseSettings]] = DataSettings
    fetches: ClassVar[bool] = False
    """Whether the examples come from the network when they are first asked for."""

    def __init__(self, settings: Any = None) -> None:
        self.settings: Any = self.Settings() if settings is None else settings

    @abstractmethod
    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        """The examples to learn from, and those to judge by.

        Data that is generated is drawn from `rng`. Answers are classes, or numbers, see `Examples`.
        """

    def form(self) -> Form | None:
        """The form of the examples, where that is known without reading them; otherwise None.

        Raises:
            UsageError: it shows already that they cannot be read.
        """
        return None

    def load(self, rng: np.random.Generator) -> DataSet:
        """The examples, divided and scaled.

        Where data has a test set of its own, `rng` decides on validation only.
        """
        train, test = self.read(rng)
        classes = _classes(train, test)
        chosen = self.settings
        if chosen.train is not None:
            if chosen.train > len(train.targets):
                raise UsageError(
                    f"data.train = {chosen.train}: there are {len(train.targets)} training examples"
                )
            train, _ = divide(train, chosen.train, rng)
        validation, train = divide(train, round(chosen.validation * len(train.targets)), rng)
        if not len(train.targets):
            raise UsageError(
                "no training examples are left",
                "set a smaller data.validation or a larger data.train",
            )
        scale = scaling(chosen.standardise, train.inputs)
        train, validation, test = (
            Examples(scale.applied(part.inputs), part.targets) for part in (train, validation, test)
        )
        return DataSet(train, validation, test, classes, scale, train.inputs.shape[1:])


def divide(examples: Examples, count: int, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Examples in two parts, each with as many of each class as its share (to one).

    Where answers are numbers, chance alone decides.

    Args:
        examples: all of them.
        count: how many the first part has.
        rng: draws the order, and with it who is where.

    Returns:
        `count` examples and the others, both in random order.
    """
    order = rng.permutation(len(examples.targets))
    if examples.targets.ndim > 1:
        return examples.take(order[:count]), examples.take(order[count:])
    targets = examples.targets[order]
    _, inverse, sizes = np.unique(targets, return_inverse=True, return_counts=True)
    by_class = np.argsort(inverse, kind="stable")
    rank = np.empty(len(targets))
    rank[by_class] = np.arange(len(targets)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = np.argsort((rank + 0.5) / sizes[inverse], kind="stable")[:count]
    inside = np.zeros(len(targets), bool)
    inside[chosen] = True
    return examples.take(order[inside]), examples.take(order[~inside])


def _classes(train: Examples, test: Examples) -> int:
    """How many classes there are; 0 where answers are numbers.

    Raises:
        UsageError: there are answers below 0, which are no classes.
    """
    if train.targets.ndim > 1:
        return 0
    if min(train.targets.min(), test.targets.min()) < 0:
        raise UsageError("there are classes below 0", "classes are 0, 1, 2 …")
    return int(max(train.targets.max(), test.targets.max())) + 1


@dataclass(frozen=True, eq=False)
class Scaling:
    """What is taken off numbers, and what they are divided by: one for all, or for each column."""

    mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros(()))
    deviation: NDArray[np.float64] = field(default_factory=lambda: np.ones(()))

    def applied(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Numbers `(n, ...)` moved and scaled."""
        if not self.mean.any() and (self.deviation == 1).all():
            return numbers
        return ((numbers - self.mean) / self.deviation).astype(np.float32)


def scaling(how: str, numbers: NDArray[Any]) -> Scaling:
    """What gives numbers the mean 0 and the deviation 1.

    Columns that do not vary are only moved.

    Args:
        how: "features" for each column, "whole" for all numbers together, "none" for no change.
        numbers: `(n, ...)`, of the training examples.
    """
    if how == "none":
        return Scaling()
    axis = 0 if how == "features" else None
    mean = numbers.mean(axis, dtype=np.float64)
    deviation = numbers.std(axis, dtype=np.float64)
    return Scaling(np.asarray(mean), np.where(deviation > 0, deviation, 1.0))
