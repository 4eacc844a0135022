"""Minimal starting genomes: every input to every output, no hidden nodes.

Source: Stanley & Miikkulainen 2002, section 3.4 (minimizing dimensionality through incremental
growth from minimal structure).
"""

import numpy as np

from evo.genomes.topology.genomes import Genes, TopologyGenomes


def minimal(
    n: int,
    inputs: int,
    outputs: int,
    rng: np.random.Generator,
    *,
    connect: float = 1.0,
    weight_std: float = 1.0,
    activation: int = 0,
    aggregation: int = 0,
) -> TopologyGenomes:
    """Genomes without hidden nodes, with random weights and biases.

    Connection (i, o) has innovation number ``o * inputs + i`` in all genomes, node genes of outputs
    have ids ``inputs .. inputs + outputs - 1``.

    Args:
        n: number of genomes.
        inputs: number of input nodes.
        outputs: number of output nodes.
        rng: draws connections, weights and biases.
        connect: probability of each of the inputs × outputs connections.
        weight_std: standard deviation of weights and biases, which are normal with mean 0.
        activation: code of the activation function of all outputs.
        aggregation: code of their aggregation function.
    """
    total = inputs * outputs
    present = np.ones((n, total), bool) if connect >= 1 else rng.random((n, total)) < connect
    genes = Genes.sized(present.sum(axis=1), np.full(n, outputs))
    genes.innovation[:] = np.broadcast_to(np.arange(total, dtype=np.int32), (n, total))[present]
    genes.source[:] = genes.innovation % inputs
    genes.target[:] = inputs + genes.innovation // inputs
    genes.weight[:] = rng.normal(0.0, weight_std, len(genes.weight))
    genes.enabled[:] = 1
    genes.node.reshape(n, outputs)[:] = inputs + np.arange(outputs)
    genes.bias[:] = rng.normal(0.0, weight_std, len(genes.bias))
    genes.activation[:] = activation
    genes.aggregation[:] = aggregation
    return TopologyGenomes(inputs, outputs, genes)
