"""Probabilities of labels: what a distribution over vectors remembers of their categories.

Source: R. Hamano, S. Saito, M. Nomura, K. Uchida, S. Shirakawa, CatCMA: Stochastic Optimization for
Mixed-Category Problems, GECCO 2024, arXiv:2405.09962: a categorical distribution beside the normal
one, with a margin below which no probability falls. Learning rates are fixed here, without the
adaptation there.
"""

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats

Probabilities = Floats
"""`(k, l)` for k categories of at most l labels; 0 where a category has fewer."""


def equal(labels: NDArray[np.int64]) -> Probabilities:
    """All labels equally likely, for `(k,)` numbers of labels."""
    return _places(labels) / labels[:, None]


def draw(probabilities: Probabilities, count: int, rng: np.random.Generator) -> Floats:
    """`(count, k)` places of labels, each category by itself."""
    edges = np.cumsum(probabilities, axis=1)
    points = rng.random((count, len(probabilities), 1)) * edges[:, -1:]
    last = (probabilities > 0).sum(axis=1) - 1
    return np.minimum((points >= edges).sum(axis=2), last).astype(np.float64)


def learnt(
    probabilities: Probabilities,
    places: Floats,
    weights: Floats,
    rate: float,
    labels: NDArray[np.int64],
) -> Probabilities:
    """The probabilities after samples: a step along the natural gradient, then the margin.

    The margin is such that, with nothing left to learn, 73 % of all samples have the foremost label
    in every category.

    Args:
        probabilities: those that the samples were drawn by.
        places: `(n, k)` labels of the samples.
        weights: `(n,)` of the samples; positive, with the sum 1.
        rate: of learning, from 0 to 1.
        labels: `(k,)` how many labels each category has.
    """
    width = probabilities.shape[1]
    drawn = places[:, :, None] == np.arange(width)
    moved = probabilities + rate * (np.tensordot(weights, drawn, axes=1) - probabilities)
    least = (1.0 - 0.73 ** (1.0 / len(labels))) / (labels - 1)
    lifted = np.maximum(moved, least[:, None]) * _places(labels)
    above = lifted - least[:, None] * _places(labels)
    excess = lifted.sum(axis=1, keepdims=True) - 1.0
    return lifted - excess * above / above.sum(axis=1, keepdims=True)


def check(probabilities: Floats | None, labels: NDArray[np.int64]) -> None:
    """Raise `ValueError` unless these, read from a file, are probabilities of these labels."""
    if probabilities is None or probabilities.shape != _places(labels).shape:
        raise ValueError("the probabilities of labels do not fit the categories")
    rows = np.allclose(probabilities.sum(axis=1), 1.0) and (probabilities >= 0).all()
    if not rows or (probabilities[~_places(labels)] != 0).any():
        raise ValueError("the probabilities of labels do not add up to 1")


def _places(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.arange(labels.max()) < labels[:, None]
