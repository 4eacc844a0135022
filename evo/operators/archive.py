"""Archives: the best of every cell of a grid over descriptors.

Source: J.-B. Mouret, J. Clune, Illuminating Search Spaces by Mapping Elites, arXiv:1504.04909
(2015), section 3.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.population import Floats, Population, Rows
from evo.scores import Descriptor


def descriptors_of(population: Population, descriptors: Sequence[Descriptor]) -> Floats:
    """`(n, k)` values of k descriptors.

    Raises:
        UsageError: the evaluation did not return one of them.
    """
    names = [descriptor.name for descriptor in descriptors]
    missing = [name for name in names if name not in population.results]
    if missing:
        raise UsageError(
            f"the evaluation has no results called {', '.join(missing)}",
            "each descriptor that a problem declares is one of Evaluation.results",
        )
    return np.stack([population.results[name] for name in names], axis=1)


def grid_cells(
    values: Floats, descriptors: Sequence[Descriptor], resolution: int
) -> NDArray[np.int64]:
    """`(n,)` numbers of the cells that individuals belong to, -1 where a value is not finite.

    What lies outside a descriptor's range belongs to the cell at its border.

    Args:
        values: `(n, k)` values of k descriptors.
        descriptors: the k of them; the first one changes slowest from cell to cell.
        resolution: cells per descriptor.
    """
    lower = np.array([descriptor.lower for descriptor in descriptors])
    upper = np.array([descriptor.upper for descriptor in descriptors])
    finite = np.isfinite(values)
    share = (np.where(finite, values, lower) - lower) / (upper - lower)
    places = np.clip(np.floor(share * resolution), 0, resolution - 1).astype(np.int64)
    weights = resolution ** np.arange(len(descriptors) - 1, -1, -1, dtype=np.int64)
    return np.where(np.all(finite, axis=1), places @ weights, -1)


def elites(cells: NDArray[np.int64], score: Floats) -> Rows:
    """The elites of a grid archive: the best individual of each cell.

    They come in ascending order of cells; of equal scores the first row is the elite. Rows without
    a cell (-1), and those that failed (-inf), are nobody's elite.

    Args:
        cells: `(n,)`.
        score: `(n,)`.
    """
    order = np.lexsort((-score, cells))
    order = order[(cells[order] >= 0) & (score[order] > -np.inf)]
    _, first = np.unique(cells[order], return_index=True)
    return order[first]
