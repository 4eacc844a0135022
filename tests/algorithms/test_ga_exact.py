"""The genetic algorithm: pairs are drawn one parent after the other.

Seen when planted: both parents of a pair are the same row.
"""

import numpy as np
from scipy import stats

import evo

CROSSOVER_RATE = 0.9
"""The default."""


def test_pairs_are_independent_draws() -> None:
    """A child of two parents is far from both; a child of one is its copy but for mutation."""
    size, length, copies, children = 40, 300, 0, 0
    for seed in range(40):
        search = evo.evolution(
            "ga",
            evo.problem("onemax", length=length),
            seed=seed,
            settings={"population": size, "elites": 0, "selection": "uniform"},
        )
        parents = search.ask().genomes
        search.tell(np.zeros(size))
        offspring = search.ask().genomes
        nearest = (offspring[:, None] != parents).sum(axis=2).min(axis=1)
        assert not ((nearest > 15) & (nearest < 35)).any(), "neither a copy nor a mixture"
        copies += int((nearest <= 15).sum())
        children += size
    alone = 1.0 - CROSSOVER_RATE * (1.0 - 1.0 / size)
    assert stats.binomtest(copies, children, alone).pvalue > 1e-4, (copies, children * alone)
