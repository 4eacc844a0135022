"""NEAT, neuroevolution of augmenting topologies: networks grow from a minimal start, in species.

Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
Evolutionary Computation 10(2), 2002. Parameters follow section 4.1 where nothing else is said;
"C++" is Stanley's NEAT C++ 1.2.1.
"""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.genomes.topology.distance import speciate
from evo.genomes.topology.genomes import TopologyGenomes
from evo.genomes.topology.representation import Topology
from evo.operators.speciation import Ranking, Species, adapted_threshold, allot, shared_fitness
from evo.population import NO_ROWS, Floats, Parents, Population, Rows
from evo.records import Event
from evo.settings import Settings
from evo.skeleton import Algorithm


class NEATSettings(Settings):
    """Species and who breeds; how genomes vary is set by the representation, in `[genome]`."""

    population: int = Field(
        150, ge=2, le=100_000_000, description="individuals per generation (4.1)"
    )
    crossover: float = Field(
        0.75, ge=0, le=1, description="chance of an offspring to have two parents (4.1)"
    )
    interspecies: float = Field(
        0.001, ge=0, le=1, description="chance that the second parent is of another species (4.1)"
    )
    survival: float = Field(
        0.2, gt=0, le=1, description="fraction of a species that may breed (C++: survival_thresh)"
    )

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


@dataclass(frozen=True, eq=False)
class Lineage:
    """What the search remembers of its species.

    Attributes:
        threshold: distance below which genomes of the next generation are of one species.
        generation: number of generations completed.
        best, improved: best fitness so far, and the generation in which it last rose or the
            population was reduced to its best species.
        next_species: the id of the next species.
        species: those of the present population, those that die with it included.
        representatives: a genome of each species that breeds; None before the first generation.
    """

    threshold: float
    generation: int = 0
    best: float = -np.inf
    improved: int = 0
    next_species: int = 1
    species: Species = field(default_factory=Species.none)
    representatives: TopologyGenomes | None = None


class NEAT(Algorithm):
    """Networks whose weights and structure evolve from a minimal start, protected by species."""

    searches: ClassVar = (Topology,)
    Settings: ClassVar = NEATSettings
    Memory: ClassVar = Lineage
    representation: Topology
    settings: NEATSettings

    def initialise(self, rng: np.random.Generator) -> Population:
        """Inputs connected to outputs, no hidden nodes (3.4)."""
        genomes = self.representation.start(self.settings.population, rng)
        return Population.unevaluated(genomes, Lineage(self.settings.threshold))

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Each species breeds as often as its shared fitness allows, among its best (3.3)."""
        s, species = self.settings, population.memory.species
        ranking = Ranking.placed(population.columns["place"], self._sizes(population))
        elites = self._sizes(population, self.carried(population))
        breeding = np.repeat(np.arange(len(species)), species.offspring - elites)
        breeders = np.ceil(s.survival * ranking.size).astype(np.int64)
        chance = rng.random((5, len(breeding)))
        first, second = ranking.order[
            ranking.start[breeding] + (chance[:2] * breeders[breeding]).astype(np.int64)
        ]
        foreign = (chance[2] < s.interspecies) & (len(species) > 1)
        other = (breeding + 1 + (chance[3] * (len(species) - 1)).astype(np.int64)) % len(species)
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
        rows = np.where(swap[:, None], parents.rows[:, ::-1], parents.rows)
        genomes = self.representation.cross(population.genomes, rows, rng)
        return Population.unevaluated(genomes, population.memory)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Weights, functions and structure (3.1)."""
        genomes = self.representation.mutate(offspring.genomes, rng)
        return Population.unevaluated(genomes, offspring.memory)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """Offspring replace all but the elites.

        Then species form anew and fitness sharing decides what each may breed (3.3).
        """
        survivors = population.concat(offspring) if len(population) else offspring
        lineage = replace(offspring.memory, generation=offspring.memory.generation + 1)
        labels, lineage = self._speciate(survivors.genomes, lineage)
        species, score = lineage.species, survivors.score
        ranking = Ranking.of(labels, score, len(species))
        champions = ranking.champions
        best = np.where(ranking.size > 0, score[champions], -np.inf)
        if best.max() > lineage.best:
            lineage = replace(lineage, best=float(best.max()), improved=lineage.generation)
        species = species.improving(best, lineage.generation)
        breeds, improved = self._breeding(species, best, lineage)
        species = species.breeding(self._offspring(breeds, labels, score))

        alive = species.offspring > 0
        elite = alive & (ranking.size > self.settings.elite_species)
        elite[np.argmax(best)] = True
        marks = np.zeros(len(survivors), bool)
        marks[champions[elite]] = True
        # A random member stands for its species when the next generation is assigned (3.3).
        chance = rng.random(len(species))
        members = ranking.order[(ranking.start + chance * ranking.size).astype(np.int64)[alive]]
        lineage = replace(
            lineage,
            improved=improved,
            species=species,
            representatives=survivors.genomes.take(members),
        )
        columns = {"species": species.ids[labels], "elite": marks, "place": ranking.places}
        return survivors.with_columns(**columns).with_memory(lineage)

    def carried(self, population: Population) -> Rows:
        """The champions that survive unchanged."""
        return np.flatnonzero(population.columns["elite"])

    def _speciate(
        self, genomes: TopologyGenomes, lineage: Lineage
    ) -> tuple[NDArray[np.int64], Lineage]:
        """Species number of each genome.

        The lineage then has the species that bred last time, followed by those founded now.
        """
        s, bred = self.settings, lineage.species.take(lineage.species.offspring > 0)
        representatives = lineage.representatives
        if representatives is None:
            representatives = genomes.take(NO_ROWS)
        # Without a cap the outliers of a large population found species faster than any threshold
        # can follow.
        limit = min(s.population // 2, s.target_species or s.population)
        threshold = lineage.threshold
        labels, founders = speciate(
            genomes, representatives, threshold, self.representation.coefficients, limit
        )
        if s.target_species:
            threshold = adapted_threshold(threshold, len(np.unique(labels)), s.target_species)
        return labels, replace(
            lineage,
            threshold=threshold,
            next_species=lineage.next_species + len(founders),
            species=bred.founding(len(founders), lineage.next_species, lineage.generation),
        )

    def _breeding(
        self, species: Species, best: Floats, lineage: Lineage
    ) -> tuple[NDArray[np.bool_], int]:
        """Which species may breed, and since when the whole population counts as stagnating."""
        s, present, improved = self.settings, best > -np.inf, lineage.improved
        leaders = np.argsort(-best, kind="stable")
        breeds = present & (lineage.generation - species.improved <= s.stagnation)
        breeds[leaders[: s.species_elitism]] = True
        if lineage.generation - improved > s.population_stagnation:
            breeds[leaders[2:]] = False
            improved = lineage.generation
        return breeds & present, improved

    def _offspring(
        self, breeds: NDArray[np.bool_], labels: NDArray[np.int64], score: Floats
    ) -> NDArray[np.int64]:
        """How many individuals each species has in the next generation."""
        out = np.zeros(len(breeds), np.int64)
        shares = shared_fitness(labels, score, len(breeds))[breeds]
        out[breeds] = allot(shares, self.settings.population, self.settings.minimum_species)
        return out

    def events(self, population: Population) -> list[Event]:
        """Species that were founded, stagnated (may not breed) or were lost (have no members)."""
        lineage = population.memory
        species, generation = lineage.species, lineage.generation
        empty = self._sizes(population) == 0
        happened = {
            "species_founded": species.founded == generation,
            "species_stagnated": (species.offspring == 0) & ~empty,
            "species_lost": empty,
        }
        return [
            {"event": event, "species": int(i)}
            for event, which in happened.items()
            for i in species.ids[which]
        ]

    def metrics(self, population: Population) -> dict[str, Any]:
        """Number and sizes of species, the next threshold, and mean sizes of genomes."""
        genomes: TopologyGenomes = population.genomes
        ids, size = population.memory.species.ids, self._sizes(population)
        return {
            "species": int(np.count_nonzero(size)),
            "threshold": population.memory.threshold,
            "connections": float(genomes.connection_counts.mean()),
            "hidden_nodes": float(genomes.node_counts.mean()) - genomes.outputs,
            "species_sizes": {str(i): int(n) for i, n in zip(ids, size, strict=True) if n},
        }

    def _sizes(self, population: Population, rows: Any = slice(None)) -> NDArray[np.int64]:
        """How many individuals each species of the lineage has."""
        ids = population.memory.species.ids
        labels = np.searchsorted(ids, population.columns["species"][rows])
        return np.bincount(labels, minlength=len(ids))

    def check(self, population: Population) -> None:
        super().check(population)
        lineage, columns = population.memory, population.columns
        if lineage.representatives is None:
            raise ValueError("the representatives of the species are missing")
        lineage.species.check()
        self.representation.check(lineage.representatives)
        if len(lineage.representatives) != np.count_nonzero(lineage.species.offspring):
            raise ValueError("there is not one representative for each species that breeds")
        if not {"species", "elite", "place"} <= set(columns):
            raise ValueError("the individuals lack their species")
        if columns["elite"].dtype != np.bool_ or columns["species"].dtype.kind != "i":
            raise ValueError("species are no whole numbers, or elites no truth values")
        ids, offspring = lineage.species.ids, lineage.species.offspring
        if lineage.next_species <= ids.max(initial=0):
            raise ValueError("the id of the next species is one that a species has")
        if (offspring > len(population)).any() or offspring.sum() != len(population):
            raise ValueError("the species have not as many offspring as there are individuals")
        if not np.isin(columns["species"], ids).all():
            raise ValueError("an individual is of a species that is not in the state")
        if (
            columns["place"].dtype.kind != "i"
            or (np.sort(columns["place"]) != np.arange(len(population))).any()
        ):
            raise ValueError("the places of the individuals are none of a ranking")
        if (np.diff(columns["species"][np.argsort(columns["place"])]) < 0).any():
            raise ValueError("the places of the individuals are not grouped by species")
        elites = np.searchsorted(ids, columns["species"][columns["elite"]])
        if (np.bincount(elites, minlength=len(ids)) > offspring).any():
            raise ValueError("a species has more elites than individuals")
