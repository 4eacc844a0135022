"""Bodies as a representation: graphs of parts that vary as Karl Sims' do.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, sections 3 to 6.
"""

from typing import Any, Literal

import numpy as np
from evo_envs.creatures.body import MOST_PARTS
from pydantic import Field

from evo.development import Development
from evo.genomes.bodies.ancestor import read
from evo.genomes.bodies.circuits import neurons
from evo.genomes.bodies.creatures import Creature, Creatures, oscillators
from evo.genomes.bodies.crossover import crossed, grafted
from evo.genomes.bodies.develop import Growth, develop
from evo.genomes.bodies.distance import distance
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.graph import Graph
from evo.genomes.bodies.loss import without
from evo.genomes.bodies.mutation import OF_BODIES, OF_OSCILLATORS, OF_STEERING, mutate
from evo.genomes.bodies.neuron_mutation import (
    OF_NEURONS,
    difference,
    equipped,
    with_central,
    without_drivers,
)
from evo.genomes.bodies.start import random_graph
from evo.genomes.representation import Representation
from evo.networks.brains.columns import Brain
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings


class Settings(BaseSettings):
    """How large bodies get."""

    max_parts: int = Field(
        10, ge=1, le=MOST_PARTS, description="most parts of a body; those nearest to the root stay"
    )
    start_nodes: int = Field(
        3, ge=2, le=20, description="most kinds of parts of a first genome; Sims does not say"
    )
    ancestor: str | None = Field(
        None,
        description="the folder of a run of creatures whose champion the first genomes are mutants "
        "of; none: they are drawn at random",
    )

    lost: int | None = Field(
        None,
        ge=1,
        lt=MOST_PARTS,
        description="a part, by its number, that creatures lose once they have grown, with all "
        "that hangs on it; of a body with fewer parts the last; none: they lose nothing",
    )


class Operators(Settings):
    """How bodies are varied."""

    grafting_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="share of matings that graft; Sims crosses as many as he grafts",
    )
    changes: float = Field(
        2.0, ge=1, le=100, description="mean number of changes of a mutation; Sims has about one"
    )
    evolve: Literal["both", "body", "brain"] = Field(
        "both", description="what mutation changes; mating exchanges bodies with their brains"
    )


class Grow(Development):
    """Bodies from graphs, with the brains that grow in them.

    Args:
        need: which brains, and what they see.
        max_parts: of a body.
        lost: the part that creatures lose once they have grown; None for none.
    """

    def __init__(self, need: Creature, max_parts: int, lost: int | None = None) -> None:
        self.need, self.max_parts, self.lost = need, max_parts, lost

    def __call__(self, genomes: BodyGenomes) -> Creatures:
        grown = [self._grown(graph) for graph in genomes.graphs]
        return Creatures(tuple(each for each, _ in grown), tuple(each for _, each in grown))

    def _grown(self, graph: Graph) -> tuple[Growth, Brain | None]:
        """A body, and the brain in it."""
        growth = develop(graph, self.max_parts)
        brain = self._brain(graph, growth)
        if self.lost is None:
            return growth, brain
        return without(self.lost, graph, growth, brain, self.need.targets)

    def _brain(self, graph: Graph, growth: Growth) -> Brain | None:
        kind, targets = self.need.brain, self.need.targets
        if kind == "none":
            return None
        if kind == "neurons":
            return neurons(graph, growth, targets)
        return oscillators(graph, growth, targets, kind == "cpg")


class Bodies(Representation[Creature]):
    """Bodies as directed graphs of kinds of parts, after Karl Sims, with the brains that they bear.

    A node is a kind of part with its joint; links say where copies of it sit, how large, whether
    mirrored or in pairs, and may lead back, so that a few nodes make limbs of many segments.
    Mutation changes numbers, kinds and links; mating crosses or grafts.
    """

    serves = Creature
    words = "graphs of bodies"
    Settings = Settings
    Operators = Operators
    Genomes = BodyGenomes

    def __init__(self, need: Creature, settings: Any = None) -> None:
        super().__init__(need, settings)
        oscillating = OF_OSCILLATORS + (OF_STEERING if need.targets else ())
        brain = {"sine": oscillating, "cpg": oscillating, "neurons": OF_NEURONS}.get(need.brain, ())
        evolve = getattr(self.settings, "evolve", "both")
        parts = {"both": (*OF_BODIES, *brain), "body": OF_BODIES, "brain": brain or OF_BODIES}
        self.changes = parts[evolve]

    def start(self, count: int, rng: np.random.Generator) -> BodyGenomes:
        if self.settings.ancestor is not None:
            first = (read(self.settings.ancestor),)
            if self.need.brain == "neurons":
                # where its own brain was another one, it has none of these yet
                first = (equipped(first[0], rng),)
            copies = self.mutate(BodyGenomes(first * (count - 1)), rng)
            return BodyGenomes((*first, *copies.graphs))
        most = self.settings.start_nodes
        graphs = []
        for each in rng.spawn(count):
            graph = random_graph(each, most)
            if self.need.brain == "neurons":
                graph = with_central(equipped(graph, each), each)
            graphs.append(graph)
        return BodyGenomes(tuple(graphs))

    def cross(self, genomes: BodyGenomes, rows: Rows, rng: np.random.Generator) -> BodyGenomes:
        """Crossover or grafting of each pair; a parent alone is copied."""
        children = []
        for (a, b), each in zip(rows, rng.spawn(len(rows)), strict=True):
            first, second = genomes.graphs[a], genomes.graphs[b]
            if a == b:
                children.append(first)
            elif each.random() < self.settings.grafting_share:
                children.append(grafted(first, second, each))
            else:
                children.append(crossed(first, second, each))
        return BodyGenomes(tuple(children))

    def mutate(self, genomes: BodyGenomes, rng: np.random.Generator) -> BodyGenomes:
        mean = self.settings.changes
        graphs = []
        for graph, each in zip(genomes.graphs, rng.spawn(len(genomes)), strict=True):
            mutant = mutate(graph, self.changes, mean, each)
            # a kind of part that is new has no neurons yet
            graphs.append(equipped(mutant, each) if self.need.brain == "neurons" else mutant)
        return BodyGenomes(tuple(graphs))

    def distance(self, genomes: BodyGenomes, others: BodyGenomes) -> Floats:
        bare = [[without_drivers(graph) for graph in each.graphs] for each in (genomes, others)]
        far = np.array([[distance(mine, theirs) for theirs in bare[1]] for mine in bare[0]])
        far = far.reshape(len(genomes), len(others))
        if self.need.brain != "neurons":
            return far
        apart = [[difference(mine, theirs) for theirs in others.graphs] for mine in genomes.graphs]
        return far + np.array(apart).reshape(far.shape)

    def development(self) -> Grow:
        return Grow(self.need, self.settings.max_parts, self.settings.lost)
