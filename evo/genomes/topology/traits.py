"""Traits of NEAT genomes: numbers beside weights, which networks carry for their learning.

They stay with their genes: a trait of a connection or node is crossed, inherited and lost as the
gene is. Structure and weights do not depend on them.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.genomes.topology.genomes import Genes, TopologyGenomes
from evo.jit import kernel
from evo.networks.flat import TraitValues
from evo.networks.traits import folded
from evo.phenotype import NO_TRAITS, Traits

Rows = NDArray[Any]


@kernel
def _match(
    genes: Genes,
    rows: NDArray[np.int64],
    children: Genes,
    connection: NDArray[np.int64],
    node: NDArray[np.int64],
) -> None:
    """Where each gene of child i has its counterpart among the genes of genome ``rows[i]``, or -1.

    Marks ascend within a genome, in both.
    """
    for child in range(len(rows)):
        j, end = genes.connections[rows[child]], genes.connections[rows[child] + 1]
        for i in range(children.connections[child], children.connections[child + 1]):
            while j < end and genes.innovation[j] < children.innovation[i]:
                j += 1
            same = j < end and genes.innovation[j] == children.innovation[i]
            connection[i] = j if same else -1
        j, end = genes.nodes[rows[child]], genes.nodes[rows[child] + 1]
        for i in range(children.nodes[child], children.nodes[child + 1]):
            while j < end and genes.node[j] < children.node[i]:
                j += 1
            node[i] = j if j < end and genes.node[j] == children.node[i] else -1


def start(genes: Genes, traits: Traits, rng: np.random.Generator) -> TraitValues | None:
    """Traits of first genomes, uniform from -1 to 1; None where networks carry none."""
    if traits == NO_TRAITS:
        return None
    network, node, link = traits.counts
    return TraitValues(
        rng.uniform(-1.0, 1.0, (len(genes.nodes) - 1, network)),
        rng.uniform(-1.0, 1.0, (len(genes.node), node)),
        rng.uniform(-1.0, 1.0, (len(genes.innovation), link)),
    )


def cross(
    genomes: TopologyGenomes, first: Rows, second: Rows, children: Genes, rng: np.random.Generator
) -> TraitValues | None:
    """Traits of children: of matching genes from either parent, of others from the first.

    Args:
        genomes: those of the parents.
        first, second: `(n,)` rows of the parents.
        children: the genes of the n children.
        rng: the stream of this step.
    """
    parents = genomes.traits
    if parents is None:
        return None
    mine, theirs = (
        _matches(genomes.genes, first, children),
        _matches(genomes.genes, second, children),
    )
    either = rng.random(len(first)) < 0.5
    network = np.where(either[:, None], parents.network[second], parents.network[first])
    return TraitValues(
        network,
        _either(parents.node, mine[1], theirs[1], rng),
        _either(parents.link, mine[0], theirs[0], rng),
    )


def mutate(
    genomes: TopologyGenomes, children: Genes, chance: float, std: float, rng: np.random.Generator
) -> TraitValues | None:
    """Traits of mutated genomes: those of new genes are drawn, all others may be perturbed.

    Args:
        genomes: n of them, before their mutation.
        children: the genes of the same genomes after it.
        chance: probability of each trait to be perturbed.
        std: standard deviation of a perturbation; traits are reflected at -1 and 1.
        rng: the stream of this step.
    """
    before = genomes.traits
    if before is None:
        return None
    connection, node = _matches(genomes.genes, np.arange(len(genomes)), children)
    kept = TraitValues(
        before.network, _inherited(before.node, node, rng), _inherited(before.link, connection, rng)
    )
    return TraitValues(*(_perturbed(values, chance, std, rng) for values in kept))


def _matches(genes: Genes, rows: Rows, children: Genes) -> tuple[Rows, Rows]:
    connection = np.empty(len(children.innovation), np.int64)
    node = np.empty(len(children.node), np.int64)
    _match(genes, np.asarray(rows, np.int64), children, connection, node)
    return connection, node


def _either(
    values: NDArray[np.float64], mine: Rows, theirs: Rows, rng: np.random.Generator
) -> NDArray[np.float64]:
    swap = (theirs >= 0) & (rng.random(len(mine)) < 0.5)
    return values[np.where(swap, theirs, mine)]


def _inherited(
    values: NDArray[np.float64], rows: Rows, rng: np.random.Generator
) -> NDArray[np.float64]:
    drawn = rng.uniform(-1.0, 1.0, (len(rows), values.shape[1]))
    if len(values):
        drawn[rows >= 0] = values[rows[rows >= 0]]
    return drawn


def _perturbed(
    values: NDArray[np.float64], chance: float, std: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    steps = rng.normal(0.0, std, values.shape) * (rng.random(values.shape) < chance)
    return folded(values + steps)
