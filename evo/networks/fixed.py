"""Fixed topology: all weights of a network, whose layers stay as they are, make one real vector.

This turns a control task into a search over numbers.

Source: D. J. Montana, L. Davis, Training Feedforward Neural Networks Using Genetic Algorithms,
IJCAI 1989.
"""

from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from evo.development import Development
from evo.networks.flat import Networks, TraitValues
from evo.networks.functions import ACTIVATIONS, Aggregation
from evo.networks.traits import folded
from evo.phenotype import NO_TRAITS, Network, Reals
from evo.population import Floats
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

ActivationName = Annotated[str, one_of("activation", ACTIVATIONS)]


class Settings(BaseSettings):
    """Layers of a fully connected feed-forward network."""

    hidden: tuple[Annotated[int, Field(ge=1, le=100_000)], ...] = Field(
        default=(8,),
        description="nodes of each hidden layer; empty for a linear policy. One layer of 8 solves "
        "the classic control tasks and"
        " keeps the search below 100 dimensions",
    )
    activation: ActivationName = Field(default="tanh", description="of hidden nodes")
    output_activation: ActivationName = Field(default="identity", description="of output nodes")


class FixedTopology(Development):
    """Turns `(n, dimensions)` vectors into `n` fully connected feed-forward networks.

    A vector holds the nodes one after the other, layer by layer, each as its bias followed by its
    weights from the layer before. Behind them stand the traits, where networks carry some: those of
    the network, of its nodes and of its links, folded into -1 … 1.
    """

    serves = Network
    takes = Reals
    layered = True
    Settings = Settings

    def __init__(self, need: Network, settings: Settings | None = None) -> None:
        self.need = need
        self.settings = Settings() if settings is None else settings
        sources, fan_in = [], []
        start, before = 0, need.inputs
        for size in (*self.settings.hidden, need.outputs):
            sources.append(np.tile(np.arange(start, start + before, dtype=np.int32), size))
            fan_in.append(np.full(size, before))
            start, before = start + before, size
        self._sources, self._link_ends = np.concatenate(sources), np.cumsum(np.concatenate(fan_in))
        self.nodes, self.links = len(self._link_ends), len(self._sources)
        self._bias = np.concatenate([[0], self._link_ends[:-1]]) + np.arange(self.nodes)
        self._weights = np.delete(np.arange(self.nodes + self.links), self._bias)
        names = [self.settings.activation] * (self.nodes - need.outputs) + [
            self.settings.output_activation
        ] * need.outputs
        self._activation = np.array([ACTIVATIONS[name] for name in names], np.uint8)
        self._output = (
            np.arange(self.nodes - need.outputs, self.nodes, dtype=np.int32) + need.inputs
        )

    @property
    def needs(self) -> Reals:
        """The vectors to search: a number for each bias, weight and trait, starting in -1 … 1."""
        return Reals(self.dimensions)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self.nodes + self.links + sum(self._trait_counts)

    @property
    def _trait_counts(self) -> tuple[int, int, int]:
        """How many traits a network, all its nodes and all its links have."""
        network, node, link = self.need.traits.counts
        return network, node * self.nodes, link * self.links

    def __call__(self, vectors: ArrayLike) -> Networks:
        """The networks of `(n, dimensions)` vectors.

        Raises `ValueError` if they have another shape.
        """
        genes = np.asarray(vectors, np.float64)
        if genes.ndim != 2 or genes.shape[1] != self.dimensions:
            raise ValueError(
                f"vectors have shape {genes.shape}; this topology takes (n, {self.dimensions})"
            )
        n = len(genes)
        ends = (np.arange(n)[:, None] * self.links + self._link_ends).ravel()
        return Networks(
            inputs=self.need.inputs,
            outputs=self.need.outputs,
            recurrent=False,
            nodes=np.arange(n + 1) * self.nodes,
            bias=genes[:, self._bias].ravel(),
            activation=np.tile(self._activation, n),
            aggregation=np.full(n * self.nodes, int(Aggregation.SUM), np.uint8),
            links=np.concatenate([[0], ends]),
            sources=np.tile(self._sources, n),
            weights=genes[:, self._weights].ravel(),
            output=np.tile(self._output, (n, 1)),
            traits=self._traits(genes),
        )

    def _traits(self, genes: Floats) -> TraitValues | None:
        """The traits of the networks of `(n, dimensions)` vectors; None if they carry none."""
        if self.need.traits == NO_TRAITS:
            return None
        network, node, _ = self._trait_counts
        values = folded(genes[:, self.nodes + self.links :])
        per_network, per_node, per_link = np.split(values, [network, network + node], axis=1)
        _, node_traits, link_traits = self.need.traits.counts
        return TraitValues(
            per_network,
            per_node.reshape(len(genes) * self.nodes, node_traits),
            per_link.reshape(len(genes) * self.links, link_traits),
        )

    def absorb(self, genomes: Floats, phenotypes: Networks) -> Floats:
        """The `(n, dimensions)` vectors of `n` networks of this topology.

        A weight or bias that is no longer finite stays what it was.

        Raises:
            ValueError: the networks have another topology.
        """
        n = len(genomes)
        if (len(phenotypes), len(phenotypes.bias), len(phenotypes.weights)) != (
            n,
            n * self.nodes,
            n * self.links,
        ):
            raise ValueError("these networks are not of this topology")
        vectors = genomes.copy()
        vectors[:, self._bias] = phenotypes.bias.reshape(n, self.nodes)
        vectors[:, self._weights] = phenotypes.weights.reshape(n, self.links)
        return np.where(np.isfinite(vectors), vectors, genomes)

    def __reduce__(self) -> Any:
        return type(self), (self.need, self.settings)
