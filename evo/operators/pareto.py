"""Several scores at once: who dominates whom, and who stands alone.

Fitness is `(n, m)`, every column maximised. A row with NaN has failed: everybody dominates it.
"""

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats, Rows


def ranks(fitness: Floats, violation: Floats | None = None) -> NDArray[np.int64]:
    """Nondominated sorting: which front each individual is in, 0 for those whom nobody dominates.

    Infeasible ones are in fronts behind those of feasible ones, the less they violate the further
    in front; those that failed are in the front behind the last one.

    Args:
        fitness: `(n, m)`.
        violation: `(n,)`, see `Population.violation`; None where there are no constraints.

    Returns:
        `(n,)` numbers of fronts.

    Source: K. Deb et al., A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II, IEEE Trans.
    EC 6 (2002), sections III-A and VI (constrained domination); computed by moocore.
    """
    import moocore

    out = np.zeros(len(fitness), np.int64)
    valid = ~np.isnan(fitness).any(axis=1)
    behind = 0
    if valid.any():
        out[valid] = moocore.pareto_rank(fitness[valid], maximise=True)
        behind = int(out[valid].max()) + 1
    how_far = np.full(len(fitness), np.inf) if violation is None else violation
    out[~valid] = behind + np.unique(how_far[~valid], return_inverse=True)[1]
    return out


def crowding(fitness: Floats, rank: NDArray[np.int64]) -> Floats:
    """Crowding distance: how far off an individual's neighbours on its front are.

    It is infinite at the ends of a front.

    Args:
        fitness: `(n, m)`.
        rank: `(n,)` as `ranks` gives them.

    Source: Deb et al. (2002), section III-B.
    """
    distance = np.zeros(len(fitness))
    values = np.where(np.isnan(fitness), 0.0, fitness)
    for column in values.T:
        order = np.lexsort((column, rank))
        value, front = column[order], rank[order]
        starts = np.flatnonzero(np.diff(front, prepend=-1))
        ends = np.append(starts[1:], len(front)) - 1
        width = np.repeat(value[ends] - value[starts], ends - starts + 1)
        gap = np.full(len(value), np.inf)
        gap[1:-1] = value[2:] - value[:-2]
        gap = np.divide(gap, width, out=np.zeros_like(gap), where=width > 0)
        gap[starts] = gap[ends] = np.inf
        distance[order] += gap
    return distance


def crowded_first(rank: NDArray[np.int64], distance: Floats) -> Rows:
    """`(n,)` rows from the best to the worst: lower fronts first, within one the lonelier first.

    Source: Deb et al. (2002), section III-B, the crowded-comparison operator.
    """
    return np.lexsort((-distance, rank))


def hypervolume(fitness: Floats, reference: Floats) -> float:
    """Hypervolume: the volume that a front dominates above a reference point.

    Args:
        fitness: `(n, m)`.
        reference: `(m,)`.

    Source: E. Zitzler, L. Thiele, Multiobjective Optimization Using Evolutionary Algorithms – A
    Comparative Case Study, PPSN V (1998); computed by moocore.
    """
    import moocore

    valid = fitness[~np.isnan(fitness).any(axis=1)]
    if not len(valid):
        return 0.0
    return float(moocore.hypervolume(valid, ref=reference, maximise=True))
