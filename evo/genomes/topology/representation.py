"""NEAT genes as a representation of networks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evo.genomes.representation import Representation
from evo.genomes.topology import traits
from evo.genomes.topology.crossover import cross
from evo.genomes.topology.distance import Coefficients, distances
from evo.genomes.topology.express import Express
from evo.genomes.topology.genomes import TopologyGenomes
from evo.genomes.topology.mutation import Rates, mutate
from evo.genomes.topology.start import minimal
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS
from evo.phenotype import Network
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

ActivationName = Annotated[str, one_of("activation", ACTIVATIONS)]
AggregationName = Annotated[str, one_of("aggregation", AGGREGATIONS)]


class Settings(BaseSettings):
    """Probabilities are per genome and generation unless said otherwise.

    Section numbers are those of Stanley & Miikkulainen 2002; "C++" is Stanley's NEAT C++ 1.2.1.
    """

    recurrent: bool = Field(False, description="whether connections may close cycles")
    initial_connection: float = Field(
        1.0,
        ge=0,
        le=1,
        description="chance of each input-output connection at the start (3.4: all)",
    )
    activations: tuple[ActivationName, ...] = Field(
        ("tanh",), min_length=1, description="activation functions of nodes; new ones get the first"
    )
    aggregations: tuple[AggregationName, ...] = Field(
        ("sum",), min_length=1, description="aggregation functions of nodes; new ones get the first"
    )

    add_node: float = Field(
        0.03, ge=0, le=1, description="chance to split a connection by a new node (4.1)"
    )
    add_connection: float = Field(
        0.05, ge=0, le=1, description="chance of a new connection (4.1; 0.3 for large populations)"
    )
    delete_node: float = Field(
        0.0, ge=0, le=1, description="chance to lose a hidden node (not in the paper)"
    )
    delete_connection: float = Field(
        0.0, ge=0, le=1, description="chance to lose a connection (not in the paper)"
    )
    toggle: float = Field(
        0.0,
        ge=0,
        le=1,
        description="chance to enable or disable a connection (C++; 0 in the paper)",
    )
    mutate_weights: float = Field(
        0.8, ge=0, le=1, description="chance that weights and biases mutate (4.1)"
    )
    perturb: float = Field(
        0.9,
        ge=0,
        le=1,
        description="chance of each of these to be perturbed; the others are replaced (4.1)",
    )
    perturb_std: float = Field(
        0.5, gt=0, description="standard deviation of a perturbation (neat-python)"
    )
    replace_std: float = Field(
        1.0, gt=0, description="standard deviation of new weights and biases (neat-python)"
    )
    weight_limit: float = Field(
        30.0, gt=0, description="largest magnitude of a weight or bias (neat-python)"
    )
    mutate_traits: float = Field(
        0.1,
        ge=0,
        le=1,
        description="chance of each trait that networks carry for their learning to be perturbed",
    )
    trait_std: float = Field(
        0.2, gt=0, description="standard deviation of that; traits lie between -1 and 1"
    )
    change_activation: float = Field(
        0.0, ge=0, le=1, description="chance of each node to get another activation function"
    )
    change_aggregation: float = Field(
        0.0, ge=0, le=1, description="chance of each node to get another aggregation function"
    )
    disable: float = Field(
        0.75,
        ge=0,
        le=1,
        description="chance that a gene disabled in either parent stays disabled (4.1)",
    )

    excess: float = Field(1.0, ge=0, description="c1, weight of excess genes in the distance (4.1)")
    disjoint: float = Field(1.0, ge=0, description="c2, weight of disjoint genes (4.1)")
    weight: float = Field(0.4, ge=0, description="c3, weight of the mean weight difference (4.1)")


class Topology(Representation[Network]):
    """NEAT genes: a genome lists the nodes and connections of a network, and evolution adds some.

    Each connection has an innovation number, by which genomes of different structure are aligned.
    The networks begin without hidden nodes.

    Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
    Evolutionary Computation 10(2), 2002, section 3.
    """

    serves = Network
    words = "NEAT genes"
    fitter_first = True
    Settings = Settings
    Operators = Settings
    Genomes = TopologyGenomes

    def __init__(self, need: Network, settings: Any = None) -> None:
        super().__init__(need, settings)
        chosen: Settings = self.settings
        self.activations = np.array([ACTIVATIONS[name] for name in chosen.activations], np.uint8)
        self.aggregations = np.array([AGGREGATIONS[name] for name in chosen.aggregations], np.uint8)
        self.coefficients = Coefficients(chosen.excess, chosen.disjoint, chosen.weight)
        self.rates = Rates(**{name: float(getattr(chosen, name)) for name in Rates._fields})

    def bytes_of_one(self) -> float:
        """How much memory a first genome takes: 21 bytes for each of its connections."""
        return 21.0 * self.need.inputs * self.need.outputs * self.settings.initial_connection

    def start(self, count: int, rng: np.random.Generator) -> TopologyGenomes:
        """Inputs connected to outputs, no hidden nodes (3.4)."""
        genomes = minimal(
            count,
            self.need.inputs,
            self.need.outputs,
            rng,
            connect=self.settings.initial_connection,
            weight_std=self.settings.replace_std,
            activation=int(self.activations[0]),
            aggregation=int(self.aggregations[0]),
        )
        return replace(genomes, traits=traits.start(genomes.genes, self.need.traits, rng))

    def cross(
        self, genomes: TopologyGenomes, rows: Rows, rng: np.random.Generator
    ) -> TopologyGenomes:
        """Genes align by innovation number; those without a partner come from the first parent."""
        first, second = rows[:, 0], rows[:, 1]
        children = cross(genomes, first, second, rng, self.settings.disable)
        return replace(children, traits=traits.cross(genomes, first, second, children.genes, rng))

    def mutate(self, genomes: TopologyGenomes, rng: np.random.Generator) -> TopologyGenomes:
        """Weights, functions and structure, and what networks carry for their learning.

        Identical new structure gets identical innovation numbers (3.1, 3.2).
        """
        chosen = self.settings
        children = mutate(
            genomes,
            self.rates,
            rng,
            recurrent=chosen.recurrent,
            activations=self.activations,
            aggregations=self.aggregations,
        )
        how = chosen.mutate_traits, chosen.trait_std
        return replace(children, traits=traits.mutate(genomes, children.genes, *how, rng))

    def distance(self, genomes: TopologyGenomes, others: TopologyGenomes) -> Floats:
        """Compatibility distances (3.3, Eq. 1)."""
        return distances(genomes, others, self.coefficients)

    def development(self) -> Callable[[Any], Any]:
        """Genomes become networks without disabled connections and nodes that are not needed."""
        return Express(self.settings.recurrent)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if (genomes.inputs, genomes.outputs) != (self.need.inputs, self.need.outputs):
            raise ValueError(
                f"genomes with {genomes.inputs} inputs and {genomes.outputs} outputs "
                f"are none for {self.need}"
            )
        counts = (0, 0, 0)
        if genomes.traits is not None:
            counts = tuple(values.shape[1] for values in genomes.traits)
        if counts != self.need.traits.counts:
            raise ValueError(
                f"genomes have {counts} traits of network, node and link, not "
                f"{self.need.traits.counts}"
            )
