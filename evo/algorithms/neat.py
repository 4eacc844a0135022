"""NEAT: NeuroEvolution of Augmenting Topologies.

Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
Evolutionary Computation 10(2), 2002. Parameters follow section 4.1 where nothing else is said;
"C++" is Stanley's NEAT C++ 1.2.1.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import UsageError
from evo.genomes.topology import TopologyGenomes
from evo.genomes.topology.crossover import cross
from evo.genomes.topology.distance import Coefficients, speciate
from evo.genomes.topology.express import Express
from evo.genomes.topology.mutation import Rates, mutate
from evo.genomes.topology.start import minimal
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS
from evo.operators.speciation import Ranking, Species, adapted_threshold, allot, shared_fitness
from evo.phenotype import Need, Network
from evo.population import Floats, Parents, Population, Rows
from evo.settings import Settings, one_of
from evo.skeleton import Algorithm, Event

Activation = Annotated[str, one_of("activation", ACTIVATIONS)]
Aggregation = Annotated[str, one_of("aggregation", AGGREGATIONS)]


class NEATSettings(Settings):
    """Settings of NEAT; probabilities are per genome and generation unless said otherwise."""

    population: int = Field(150, ge=2, description="individuals per generation (4.1)")
    recurrent: bool = Field(False, description="whether connections may close cycles")
    initial_connection: float = Field(
        1.0,
        ge=0,
        le=1,
        description="chance of each input-output connection at the start (3.4: all)",
    )
    activations: tuple[Activation, ...] = Field(
        ("tanh",), min_length=1, description="activation functions of nodes; new ones get the first"
    )
    aggregations: tuple[Aggregation, ...] = Field(
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
    change_activation: float = Field(
        0.0, ge=0, le=1, description="chance of each node to get another activation function"
    )
    change_aggregation: float = Field(
        0.0, ge=0, le=1, description="chance of each node to get another aggregation function"
    )

    crossover: float = Field(
        0.75, ge=0, le=1, description="chance of an offspring to have two parents (4.1)"
    )
    interspecies: float = Field(
        0.001, ge=0, le=1, description="chance that the second parent is of another species (4.1)"
    )
    disable: float = Field(
        0.75,
        ge=0,
        le=1,
        description="chance that a gene disabled in either parent stays disabled (4.1)",
    )
    survival: float = Field(
        0.2, gt=0, le=1, description="fraction of a species that may breed (C++: survival_thresh)"
    )

    excess: float = Field(1.0, ge=0, description="c1, weight of excess genes in the distance (4.1)")
    disjoint: float = Field(1.0, ge=0, description="c2, weight of disjoint genes (4.1)")
    weight: float = Field(0.4, ge=0, description="c3, weight of the mean weight difference (4.1)")
    threshold: float = Field(
        3.0, gt=0, description="compatibility threshold, at the start if it is dynamic (4.1)"
    )
    target_species: int = Field(
        10,
        ge=0,
        le=8192,
        description="species at most; the threshold follows so that there are as many; 0 keeps it "
        "fixed",
    )
    stagnation: int = Field(
        15, ge=1, description="generations without improvement after which a species dies (4.1)"
    )
    population_stagnation: int = Field(
        20, ge=1, description="generations after which only the two best species breed (4.1)"
    )
    species_elitism: int = Field(
        2, ge=1, description="best species that never die of stagnation (neat-python)"
    )
    minimum_species: int = Field(
        2, ge=1, description="least offspring of a species that lives (neat-python)"
    )
    elite_species: int = Field(
        5, ge=0, description="the champion of a species with more members than this survives (4.1)"
    )


class NEAT(Algorithm):
    """Networks whose weights and structure evolve from a minimal start, protected by species."""

    searches: ClassVar = (Network,)
    Settings: ClassVar = NEATSettings
    need: Network
    settings: NEATSettings

    def __init__(self, need: Need, settings: NEATSettings | None = None):
        super().__init__(need, settings)
        s = self.settings
        self._activations = np.array([ACTIVATIONS[name] for name in s.activations], np.uint8)
        self._aggregations = np.array([AGGREGATIONS[name] for name in s.aggregations], np.uint8)
        self._coefficients = Coefficients(s.excess, s.disjoint, s.weight)
        self._rates = Rates(**{name: float(getattr(s, name)) for name in Rates._fields})
        self._generation = 0
        self._innovations = self.need.inputs * self.need.outputs
        self._nodes = self.need.inputs + self.need.outputs
        self._threshold = s.threshold
        self._best, self._improved = -np.inf, 0
        self._next_species = 1
        self._species = Species.none()
        self._representatives: TopologyGenomes | None = None
        self._events: list[Event] = []
        self._ranked: tuple[Population, Ranking] | None = None

    def initialise(self, rng: np.random.Generator) -> Population:
        """Inputs connected to outputs, no hidden nodes (3.4)."""
        s, need = self.settings, self.need
        genomes = minimal(
            s.population,
            need.inputs,
            need.outputs,
            rng,
            connect=s.initial_connection,
            weight_std=s.replace_std,
            activation=int(self._activations[0]),
            aggregation=int(self._aggregations[0]),
        )
        return Population.unevaluated(genomes)

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Each species breeds as often as its shared fitness allows, among its best (3.3)."""
        s, ranking = self.settings, self._ranking(population)
        ids = population.columns["species"][self.carried(population)]
        elites = np.bincount(np.searchsorted(self._species.ids, ids), minlength=len(self._species))
        species = np.repeat(np.arange(len(self._species)), self._species.offspring - elites)
        breeders = np.ceil(s.survival * ranking.size).astype(np.int64)
        chance = rng.random((5, len(species)))
        first, second = ranking.order[
            ranking.start[species] + (chance[:2] * breeders[species]).astype(np.int64)
        ]
        foreign = (chance[2] < s.interspecies) & (len(self._species) > 1)
        other = (species + 1 + (chance[3] * (len(self._species) - 1)).astype(np.int64)) % len(
            self._species
        )
        second = np.where(foreign, ranking.champions[other], second)
        second = np.where(chance[4] < s.crossover, second, first)
        return Parents(population, np.stack([first, second], axis=1))

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """Genes align by innovation number.

        Disjoint and excess ones come from the fitter parent, of equals the smaller (3.2).
        """
        population, (first, second) = parents.population, parents.rows.T
        score, size = population.score, population.genomes.connection_counts
        swap = (score[second] > score[first]) | (
            (score[second] == score[first]) & (size[second] < size[first])
        )
        fitter, other = np.where(swap, second, first), np.where(swap, first, second)
        return Population.unevaluated(
            cross(population.genomes, fitter, other, rng, self.settings.disable)
        )

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Weights, functions and structure.

        Identical new structure gets identical innovation numbers (3.1, 3.2).
        """
        genomes, self._innovations, self._nodes = mutate(
            offspring.genomes,
            self._rates,
            rng,
            innovations=self._innovations,
            nodes=self._nodes,
            recurrent=self.settings.recurrent,
            activations=self._activations,
            aggregations=self._aggregations,
        )
        return Population.unevaluated(genomes)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """Offspring replace all but the elites.

        Then species form anew and fitness sharing decides what each may breed (3.3).
        """
        self._generation += 1
        elites = self.carried(population)
        survivors = population.take(elites).concat(offspring) if len(elites) else offspring
        labels, species = self._speciate(survivors.genomes)
        ranking = Ranking.of(labels, survivors.score, len(species))
        champions = ranking.champions
        best = np.where(ranking.size > 0, survivors.score[champions], -np.inf)
        species = species.improving(best, self._generation)
        species = species.breeding(self._offspring(species, best, labels, survivors.score))

        alive = species.offspring > 0
        elite = alive & (ranking.size > self.settings.elite_species)
        elite[np.argmax(best)] = True
        marks = np.zeros(len(survivors), bool)
        marks[champions[elite]] = True
        self._events = self._changes(species, ranking, alive)
        # A random member stands for its species when the next generation is assigned (3.3).
        chance = rng.random(len(species))
        members = ranking.order[(ranking.start + chance * ranking.size).astype(np.int64)[alive]]
        self._representatives = survivors.genomes.take(members)
        self._species = species
        survivors = survivors.with_columns(species=species.ids[labels], elite=marks)
        self._ranked = survivors, ranking
        return survivors

    def carried(self, population: Population) -> Rows:
        """The champions that survive unchanged."""
        return (
            np.flatnonzero(population.columns["elite"])
            if "elite" in population.columns
            else np.empty(0, np.intp)
        )

    def development(self) -> Express:
        """Networks without what is disabled or not needed."""
        return Express(self.settings.recurrent)

    def _ranking(self, population: Population) -> Ranking:
        """The ranking of a population that `survive` returned, now or before its state was saved."""
        if self._ranked is not None and self._ranked[0] is population:
            return self._ranked[1]
        ids, found = self._species.ids, population.columns.get("species")
        if found is None or not np.isin(found, ids).all():
            raise UsageError(
                "this population does not belong to the state of this NEAT",
                "load both from one checkpoint",
            )
        return Ranking.of(np.searchsorted(ids, found), population.score, len(ids))

    def _speciate(self, genomes: TopologyGenomes) -> tuple[NDArray[np.int64], Species]:
        """Species number of each genome, and the species that bred last time followed by those founded now."""
        s, known = self.settings, self._species.take(self._species.offspring > 0)
        representatives = (
            genomes.take([]) if self._representatives is None else self._representatives
        )
        # Without a cap the outliers of a large population found species faster than any threshold
        # can follow.
        limit = min(s.population // 2, s.target_species or s.population)
        labels, founders = speciate(
            genomes, representatives, self._threshold, self._coefficients, limit
        )
        species = known.founding(len(founders), self._next_species, self._generation)
        self._next_species += len(founders)
        if s.target_species:
            self._threshold = adapted_threshold(
                self._threshold, len(np.unique(labels)), s.target_species
            )
        return labels, species

    def _offspring(
        self, species: Species, best: Floats, labels: NDArray[np.int64], score: Floats
    ) -> NDArray[np.int64]:
        """How many individuals each species has in the next generation."""
        s, present = self.settings, best > -np.inf
        if best.max() > self._best:
            self._best, self._improved = float(best.max()), self._generation
        leaders = np.argsort(-best, kind="stable")
        breeds = present & (self._generation - species.improved <= s.stagnation)
        breeds[leaders[: s.species_elitism]] = True
        if self._generation - self._improved > s.population_stagnation:
            breeds[leaders[2:]] = False
            self._improved = self._generation
        breeds &= present
        out = np.zeros(len(species), np.int64)
        out[breeds] = allot(
            shared_fitness(labels, score, len(species))[breeds], s.population, s.minimum_species
        )
        return out

    def _changes(self, species: Species, ranking: Ranking, alive: NDArray[np.bool_]) -> list[Event]:
        founded = [
            {"event": "species_founded", "species": int(i)}
            for i in species.ids[species.founded == self._generation]
        ]
        stale = ~alive & (ranking.size > 0)
        died = [{"event": "species_stagnated", "species": int(i)} for i in species.ids[stale]]
        empty = [
            {"event": "species_lost", "species": int(i)} for i in species.ids[ranking.size == 0]
        ]
        return [*founded, *died, *empty]

    def events(self) -> list[Event]:
        """Species founded, stagnated (they may not breed) and lost (no individual was close to them)."""
        return self._events

    def metrics(self, population: Population) -> dict[str, Any]:
        """Species and their sizes, the threshold that separated the next ones, and mean sizes of genomes."""
        genomes: TopologyGenomes = population.genomes
        ids, sizes = np.unique(population.columns["species"], return_counts=True)
        return {
            "species": len(ids),
            "threshold": self._threshold,
            "connections": float(genomes.connection_counts.mean()),
            "hidden_nodes": float(genomes.node_counts.mean()) - genomes.outputs,
            "species_sizes": {str(i): int(n) for i, n in zip(ids, sizes, strict=True)},
        }

    def state_dict(self) -> dict[str, Any]:
        """Counters, species, and the genomes that represent the species that breed."""
        return {
            "generation": self._generation,
            "innovations": self._innovations,
            "nodes": self._nodes,
            "threshold": self._threshold,
            "best": self._best,
            "improved": self._improved,
            "next_species": self._next_species,
            "species": self._species.columns(),
            "representatives": None
            if self._representatives is None
            else self._representatives.to_arrays(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Inverse of `state_dict`."""
        species = Species.from_columns(state["species"])
        arrays = state["representatives"]
        representatives = None if arrays is None else TopologyGenomes.from_arrays(arrays)
        if representatives is not None:
            if (representatives.inputs, representatives.outputs) != (
                self.need.inputs,
                self.need.outputs,
            ):
                raise ValueError(
                    "the representatives have other inputs or outputs than this problem needs"
                )
            if len(representatives) != np.count_nonzero(species.offspring):
                raise ValueError("there is not one representative for each species that breeds")
        self._species, self._representatives = species, representatives
        self._generation, self._improved = int(state["generation"]), int(state["improved"])
        self._innovations, self._nodes = int(state["innovations"]), int(state["nodes"])
        self._threshold, self._best = float(state["threshold"]), float(state["best"])
        self._next_species = int(state["next_species"])
