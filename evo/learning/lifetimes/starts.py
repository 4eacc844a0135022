"""Random weights from which lives start."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evo.networks.flat import Networks

CHILD = 3
"""The stream of a life's seed that weights are drawn from; its curriculum takes those before."""


def random_weights(networks: Networks, seeds: NDArray[np.uint64]) -> Networks:
    """The same n topologies with random weights, those of network i drawn by `seeds[i]`.

    Weights are normally distributed with the standard deviation 1 / sqrt(links into the node), and
    biases are 0.

    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, Efficient BackProp (1998), section 4.6.
    """
    links = np.diff(networks.links)
    weights = np.repeat(1.0 / np.sqrt(np.maximum(links, 1)), links)
    ends = networks.links[networks.nodes]
    for row, seed in enumerate(seeds):
        draw = np.random.SeedSequence(int(seed)).spawn(CHILD + 1)[CHILD]
        first, last = ends[row], ends[row + 1]
        weights[first:last] *= np.random.default_rng(draw).standard_normal(last - first)
    return replace(networks, weights=weights, bias=np.zeros(len(networks.bias)))
