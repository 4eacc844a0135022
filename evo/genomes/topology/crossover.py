"""Crossover of NEAT genomes, aligned by innovation numbers.

Source: Stanley & Miikkulainen 2002, section 3.2 (tracking genes through historical markings) and
Fig. 4.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.genomes.topology.genomes import Genes, TopologyGenomes
from evo.jit import kernel
from evo.rng_kernels import below, bits, draw_key, stream, unit

_1 = np.uint64(1)


@kernel
def _cross(
    genes: Genes,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    key: np.uint64,
    disable: float,
    out: Genes,
) -> None:
    for child in range(len(first)):
        a, b = first[child], second[child]
        state = stream(key, child)
        at, j, end = out.connections[child], genes.connections[b], genes.connections[b + 1]
        for i in range(genes.connections[a], genes.connections[a + 1]):
            mark = genes.innovation[i]
            out.innovation[at], out.source[at], out.target[at] = (
                mark,
                genes.source[i],
                genes.target[i],
            )
            out.weight[at], out.enabled[at] = genes.weight[i], genes.enabled[i]
            if a != b:
                while j < end and genes.innovation[j] < mark:
                    j += 1
                if j < end and genes.innovation[j] == mark:
                    state, word = bits(state)
                    # A choice between two values at hand: a jump would be mispredicted every other
                    # time.
                    mine, theirs = genes.weight[i], genes.weight[j]
                    out.weight[at] = theirs if word & _1 else mine
                    if not (genes.enabled[i] and genes.enabled[j]):
                        out.enabled[at] = np.uint8(unit(word) >= disable)
            at += 1
        at, j, end = out.nodes[child], genes.nodes[b], genes.nodes[b + 1]
        for i in range(genes.nodes[a], genes.nodes[a + 1]):
            k = i
            if a != b:
                while j < end and genes.node[j] < genes.node[i]:
                    j += 1
                if j < end and genes.node[j] == genes.node[i]:
                    state, word = bits(state)
                    if below(word, 2):
                        k = j
            out.node[at], out.bias[at] = genes.node[i], genes.bias[k]
            out.activation[at], out.aggregation[at] = genes.activation[k], genes.aggregation[k]
            at += 1


def cross(
    genomes: TopologyGenomes,
    first: NDArray[Any],
    second: NDArray[Any],
    rng: np.random.Generator,
    disable: float = 0.75,
) -> TopologyGenomes:
    """Crossover by innovation numbers: matching genes from either parent, others from the fitter.

    Matching genes (equal innovation numbers) take their weight from either parent. Disjoint and
    excess genes come from the first parent. A pair of one row with itself gives a copy.

    Args:
        genomes: those of the parents.
        first: `(n,)` rows of the first parents, who have to be the fitter ones.
        second: `(n,)` rows of the second parents.
        rng: the stream of this step.
        disable: probability with which a gene that is disabled in either parent is disabled in the
            child.
    """
    out = Genes.sized(genomes.connection_counts[first], genomes.node_counts[first])
    _cross(genomes.genes, first, second, draw_key(rng), disable, out)
    return replace(genomes, genes=out)
