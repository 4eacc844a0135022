"""Cells against a baseline: how probable an improvement is, and whether the runs show one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from evo.errors import UsageError, did_you_mean
from evo.studies.rows import Row
from evo.studies.statistics import BATCH, RESAMPLES, SEED, finite

SIGNIFICANT = 0.05
MOST_NAMES = 12
MOST_PAIRS = 10_000
"""Pairs of runs up to which the p value of runs without ties is exact."""
MOST_PERMUTATIONS = 20_000
"""Ways to divide the runs into two cells up to which the p value of runs with ties is exact."""


@dataclass(frozen=True)
class Comparison:
    """One cell against its baseline.

    Attributes:
        baseline: the name of the baseline.
        improvement: the probability that a run of the cell is better than one of the baseline.
        low, high: the ends of its 95 % interval; NaN where there is none.
        p: of the two-sided Mann–Whitney test that a run of either is as often the better one.
        corrected: the same for all comparisons of the table together.
        least: the smallest p that so many runs can have.
    """

    baseline: str
    improvement: float
    low: float
    high: float
    p: float
    corrected: float
    least: float

    @property
    def verdict(self) -> int:
        """1 where the runs show that the cell is better, -1 worse, 0 where they show nothing."""
        if self.corrected > SIGNIFICANT:
            return 0
        return 1 if self.improvement > 0.5 else -1


def compare(rows: Sequence[Row], baseline: str | None = None) -> dict[str, Comparison]:
    """Every cell against its baseline, by the name of the cell.

    Cells are compared on the same problem or data, with the same settings, and where a grid varies
    several cells, at the same point of it. A baseline that is named with its place on the grid is
    that of all cells on its problem or data. What has no baseline, or not two runs, is left out.

    Args:
        rows: the cells and their runs.
        baseline: the name of a cell, with or without its place on the grid; None for the first.
    """
    found: dict[str, Comparison] = {}
    for row in rows:
        against = baseline_of(row, rows, baseline)
        if against is None or against is row:
            continue
        if min(row.statistics.n, against.statistics.n) < 2:
            continue
        found[row.name] = _against(row, against)
    corrected = holm([comparison.p for comparison in found.values()])
    return {
        name: replace(comparison, corrected=p)
        for (name, comparison), p in zip(found.items(), corrected, strict=True)
    }


class Named(Protocol):
    """A cell of a study, or its row."""

    @property
    def name(self) -> str: ...

    @property
    def group(self) -> str: ...


def named_baseline(baseline: str | None, cells: Sequence[Named]) -> str | None:
    """The name of a baseline, unchanged, if one of the cells is called so.

    Raises `UsageError` if none is.
    """
    groups = dict.fromkeys(cell.group for cell in cells)
    names = list(
        dict.fromkeys([cell.name for cell in cells] + list(groups if len(groups) > 1 else ()))
    )
    if baseline is None or baseline in names:
        return baseline
    rest = f"; {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    raise UsageError(
        f"the baseline {baseline!r} is no cell{did_you_mean(baseline, names)}",
        f"cells: {'; '.join(names[:MOST_NAMES])}{rest}",
    )


def baseline_of(row: Row, rows: Sequence[Row], baseline: str | None) -> Row | None:
    """What a cell is compared with, perhaps itself; None for nothing.

    Args:
        row: the cell.
        rows: all cells.
        baseline: the name of a cell, with or without its place on the grid; None for the first.
    """
    several = len({other.group for other in rows}) > 1
    for other in rows:
        if other.subject != row.subject or baseline not in (None, other.name, other.group):
            continue
        if other.name == baseline:
            return other
        if other.task == row.task and (not several or other.point == row.point):
            return other
    return None


def _against(row: Row, baseline: Row) -> Comparison:
    values, others = finite(row.values), finite(baseline.values)
    if row.lower:
        values, others = -values, -others
    low, high = improvement_interval(values, others)
    p = p_value(values, others)
    share = float(_improvement(values, others))
    return Comparison(baseline.name, share, low, high, p, p, least_p(len(values), len(others)))


def _improvement(values: np.ndarray, others: np.ndarray, axis: int = -1) -> np.ndarray:
    """P(X > Y) + ½ P(X = Y) of values and others along the last axis."""
    pairs = values[..., :, None], others[..., None, :]
    twice = np.sum(np.greater(*pairs), (-2, -1)) + np.sum(np.greater_equal(*pairs), (-2, -1))
    return twice / (2 * values.shape[-1] * others.shape[-1])


def improvement_interval(values: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    """The bootstrap 95 % interval of the probability that a value is above one of the others.

    Ties count half.

    Returns:
        Both ends. NaN for fewer than two numbers on a side, and where every value is above, or
        below, all others: no resample would say otherwise, however few there are.

    Source: R. Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice
    (2021), section 4.3 and appendix A.
    """
    from scipy.stats import bootstrap

    if min(len(values), len(others)) < 2 or float(_improvement(values, others)) in (0.0, 1.0):
        return math.nan, math.nan
    if len({*values, *others}) == 1:
        return 0.5, 0.5
    found = bootstrap(
        (np.sort(values), np.sort(others)),
        _improvement,
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // (len(values) * len(others))),
        method="percentile",
        rng=np.random.Generator(np.random.PCG64(SEED)),
    ).confidence_interval
    return float(found.low), float(found.high)


def p_value(values: np.ndarray, others: np.ndarray) -> float:
    """The two-sided p value of the Mann–Whitney test.

    It is exact for few numbers, by all ways to divide them where there are ties, and by the normal
    approximation for many.

    Source: H. B. Mann, D. R. Whitney, On a Test of Whether one of Two Random Variables is
    Stochastically Larger than the Other (1947); `scipy.stats.mannwhitneyu`.
    """
    from scipy.stats import PermutationMethod, mannwhitneyu

    n, m = len(values), len(others)
    together = np.concatenate([values, others])
    distinct = len(np.unique(together))
    if distinct == 1:
        return 1.0
    if distinct == n + m and n * m <= MOST_PAIRS:
        method = "exact"
    elif distinct < n + m and math.comb(n + m, n) <= MOST_PERMUTATIONS:
        method = PermutationMethod(n_resamples=MOST_PERMUTATIONS)
    else:
        method = "asymptotic"
    return float(mannwhitneyu(values, others, method=method).pvalue)  # pyright: ignore[reportArgumentType]


def holm(values: Sequence[float]) -> list[float]:
    """P values for all tests together, each at most 1.

    Source: S. Holm, A Simple Sequentially Rejective Multiple Test Procedure (1979).
    """
    order = np.argsort(values)
    factors = np.arange(len(order), 0, -1)
    ascending = np.maximum.accumulate(np.asarray(values, np.float64)[order] * factors)
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(ascending, 1)
    return corrected.tolist()


def least_p(n: int, m: int) -> float:
    """The smallest two-sided p value that n runs against m can have."""
    return min(1.0, 2 / math.comb(n + m, n))


def runs_needed(comparisons: int) -> int:
    """How many runs a cell it takes for one of so many comparisons to show a difference."""
    n = 1
    while comparisons * least_p(n, n) > SIGNIFICANT:
        n += 1
    return n
