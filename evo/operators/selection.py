"""Parent selection: from scores to row numbers.

Each operator is called with `score` `(n,)`, higher is better (-inf for a failed evaluation, as in
`Population.score`), the number of rows to draw, and a generator; it returns `(count,)` row numbers.
Of equal scores the first row wins.

Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015), section
5.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evo.operators.table import Table
from evo.population import Floats, Rows

Selection = Callable[[Floats, int, np.random.Generator], Rows]


def best_first(score: Floats) -> Rows:
    """`(n,)` row numbers from the best score to the worst; equal scores stay in order."""
    return np.argsort(-score, kind="stable")


@dataclass(frozen=True)
class Uniform:
    """Uniform selection: every individual is equally likely to breed, whatever its score."""

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        return rng.integers(len(score), size=count)


@dataclass(frozen=True)
class Tournament:
    """Tournament selection: the best of a few individuals drawn at random breeds.

    The more are drawn (`size`), the stronger the selection; with `replacement` an individual may
    meet itself.

    Source: D. E. Goldberg, K. Deb, A Comparative Analysis of Selection Schemes Used in Genetic
    Algorithms, FOGA 1991.
    """

    size: int = 3
    replacement: bool = True

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        n = len(score)
        if self.replacement:
            # the smallest rank wins, so that one minimum replaces a gather, an argmax and a second
            # gather
            ranks = rng.integers(n, size=(self.size, count))
            return best_first(score)[ranks.min(axis=0)]
        keys = rng.random((count, n))
        size = min(self.size, n)
        ranks = (
            np.argpartition(keys, size - 1, axis=1)[:, :size]
            if size < n
            else np.tile(np.arange(n), (count, 1))
        )
        return best_first(score)[ranks.min(axis=1)]


def proportionate(score: Floats, base: float | None = None) -> Floats:
    """`(n,)` probabilities proportional to the distance from the worst score; failed rows get 0.

    With a `base` they are proportional to the distance from that; rows below it get 0.

    The shift makes the selection independent of a constant added to all scores ("windowing"). If
    all are equal, or none of them is finite, all rows are equally likely.

    Source: J. J. Grefenstette, Optimization of Control Parameters for Genetic Algorithms, IEEE
    Trans. SMC 16 (1986), scaling window.
    """
    finite = np.isfinite(score)
    if not finite.any():
        return np.full(len(score), 1.0 / len(score))
    # halves, and shares of the largest: no difference or sum of finite scores overflows
    least = score[finite].min() if base is None else base
    share = np.where(finite, np.maximum(0.5 * score - 0.5 * least, 0.0), 0.0)
    if share.max() == 0.0:
        return finite / finite.sum()
    share /= share.max()
    return share / share.sum()


def linear_ranking(score: Floats, pressure: float) -> Floats:
    """`(n,)` probabilities that fall linearly with the rank.

    The best gets `pressure` / n, the worst (2 - `pressure`) / n.

    Source: J. E. Baker, Adaptive Selection Methods for Genetic Algorithms, ICGA 1985; Eiben & Smith
    section 5.2.2.
    """
    n = len(score)
    if n == 1:
        return np.ones(1)
    probability = np.empty(n)
    probability[best_first(score)] = (
        pressure - 2.0 * (pressure - 1.0) * np.arange(n) / (n - 1)
    ) / n
    return probability


def roulette(probability: Floats, count: int, rng: np.random.Generator) -> Rows:
    """Independent draws.

    Args:
        probability: `(n,)`, adds up to 1.
        count: how many rows to draw.
        rng: draws them.

    Returns:
        `(count,)` row numbers; each is i with `probability[i]`.
    """
    return _locate(probability, rng.random(count))


def stochastic_universal(probability: Floats, count: int, rng: np.random.Generator) -> Rows:
    """Draws with equally spaced pointers, shuffled.

    Args:
        probability: `(n,)`, adds up to 1.
        count: how many rows to draw.
        rng: draws where the first pointer is, and the order.

    Returns:
        `(count,)` row numbers; i comes floor or ceil of count · `probability[i]` times.

    Source: J. E. Baker, Reducing Bias and Inefficiency in the Selection Algorithm, ICGA 1987.
    """
    return rng.permutation(_locate(probability, (np.arange(count) + rng.random()) / count))


def _locate(probability: Floats, points: Floats) -> Rows:
    edges = np.cumsum(probability)
    rows = np.searchsorted(edges, points * edges[-1], side="right")
    return np.minimum(rows, np.flatnonzero(probability)[-1])


@dataclass(frozen=True)
class Roulette:
    """Roulette wheel: the chance to breed is proportional to fitness, each draw by itself.

    Fitness is counted from the worst individual.

    Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975).
    """

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        return roulette(proportionate(score), count, rng)


@dataclass(frozen=True)
class Proportional:
    """Fitness-proportional selection: the chance to breed is proportional to fitness itself.

    Who has no fitness above 0 does not breed, unless nobody has. A constant added to all fitness
    changes the chances: for problems whose fitness has a meaningful zero.

    Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975).
    """

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        return roulette(proportionate(score, 0.0), count, rng)


@dataclass(frozen=True)
class StochasticUniversal:
    """Stochastic universal sampling: proportional to fitness, with equally spaced draws.

    Nobody breeds more or less often than its share rounded up or down. Fitness is counted from the
    worst individual.

    Source: J. E. Baker, Reducing Bias and Inefficiency in the Selection Algorithm, ICGA 1987.
    """

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        return stochastic_universal(proportionate(score), count, rng)


@dataclass(frozen=True)
class LinearRank:
    """Linear ranking: the chance to breed falls evenly from the best individual to the worst.

    `pressure` (1 to 2) is how often the best is drawn on average, where as many are drawn as there
    are individuals.

    Source: J. E. Baker, Adaptive Selection Methods for Genetic Algorithms, ICGA 1985.
    """

    pressure: float = 1.5

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        return stochastic_universal(linear_ranking(score, self.pressure), count, rng)


@dataclass(frozen=True)
class Truncation:
    """Truncation selection: the best share of the population breeds, all in it equally often.

    Where the number of draws is no multiple of their number, some are drawn once more.

    Source: H. Mühlenbein, D. Schlierkamp-Voosen, Predictive Models for the Breeder Genetic
    Algorithm, Evol. Comp. 1 (1993).
    """

    share: float = 0.5

    def __call__(self, score: Floats, count: int, rng: np.random.Generator) -> Rows:
        best = best_first(score)[: max(1, round(self.share * len(score)))]
        full, rest = divmod(count, len(best))
        return rng.permutation(np.concatenate([np.tile(best, full), rng.permutation(best)[:rest]]))


def partly_alone(rows: Rows, share: float, rng: np.random.Generator) -> Rows:
    """The pairs, of which all but a share have the first parent twice, so that it is copied.

    Args:
        rows: `(n, 2)` pairs.
        share: probability that a pair stays one.
        rng: the stream of this step.
    """
    alone = rng.random(len(rows)) >= share
    pairs = rows.copy()
    pairs[alone, 1] = pairs[alone, 0]
    return pairs


def fitter_first(rows: Rows, score: Floats) -> Rows:
    """`(n, 2)` pairs of rows, each with the better score first; equal scores stay in order."""
    swap = score[rows[:, 1]] > score[rows[:, 0]]
    return np.where(swap[:, None], rows[:, ::-1], rows)


SELECTIONS: Table[Selection] = Table(
    {
        "tournament": lambda chosen: Tournament(chosen.settings.tournament_size),
        "roulette": lambda _: Roulette(),
        "proportional": lambda _: Proportional(),
        "universal": lambda _: StochasticUniversal(),
        "rank": lambda chosen: LinearRank(chosen.settings.rank_pressure),
        "truncation": lambda chosen: Truncation(chosen.settings.truncation_share),
        "uniform": lambda _: Uniform(),
    }
)
"""Parent selection by name, each built from the algorithm that uses it."""
