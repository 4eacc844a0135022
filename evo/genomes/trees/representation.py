"""Programs as a representation: genetic programming is a genetic algorithm on them.

Source: J. R. Koza, Genetic Programming (1992), chapters 5 and 6; R. Poli, W. B. Langdon, N. F.
McPhee, A Field Guide to Genetic Programming (2008), sections 2.2 and 2.4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evo.genomes.representation import Representation
from evo.genomes.trees import kernels
from evo.genomes.trees.genomes import Nodes, TreeGenomes
from evo.genomes.trees.primitives import ARITIES, FUNCTIONS
from evo.operators.table import Table
from evo.phenotype import Need
from evo.population import Rows
from evo.rng_kernels import draw_key
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

KOZA = ("add", "subtract", "multiply", "divide", "sin", "cos", "exp", "log")


@dataclass(frozen=True)
class Program(Need):
    """Programs that compute one number from some others.

    Attributes:
        variables: how many numbers they get.
        functions: names of what they may use, see `primitives.FUNCTIONS`.
        low, high: constants are drawn from there; none are where the two are equal.
    """

    words: ClassVar[str] = "programs"

    variables: int
    functions: tuple[str, ...] = KOZA
    low: float = 0.0
    high: float = 0.0

    def __post_init__(self) -> None:
        unknown = [name for name in self.functions if name not in FUNCTIONS]
        if unknown or not self.functions:
            raise ValueError(f"functions {unknown} are not among {', '.join(FUNCTIONS)}")


Chosen = NDArray[np.bool_]
Mutation = Callable[[TreeGenomes, Chosen, np.random.Generator], TreeGenomes]

MUTATIONS: Table[Mutation] = Table(
    {
        "subtree": lambda trees: trees.new_subtrees,
        "point": lambda trees: trees.new_points,
        "hoist": lambda trees: trees.hoisted,
    }
)
"""Mutation operators by name."""


class Operators(BaseSettings):
    """How programs begin, how deep they get, and how they are mutated."""

    start_depth: int = Field(
        6, ge=1, le=12, description="deepest first programs, ramped half-and-half from 2 on (Koza)"
    )
    max_depth: int = Field(17, ge=1, le=500, description="deepest programs at all (Koza)")
    mutation: Annotated[str, one_of("mutation", MUTATIONS, own=True)] = Field(
        "subtree", description=f"how one is mutated: {', '.join(MUTATIONS)}"
    )
    mutation_rate: float = Field(
        0.1, ge=0, le=1, description="probability that a program is mutated; Koza has 0"
    )
    point_rate: float = Field(
        0.05, ge=0, le=1, description="probability per node, for point mutation (Field Guide 2.4)"
    )
    subtree_depth: int = Field(4, ge=0, le=12, description="deepest new subtrees of a mutation")

    @model_validator(mode="after")
    def _deep_enough(self) -> Self:
        if self.start_depth > self.max_depth:
            raise ValueError(f"start_depth must be at most max_depth, {self.max_depth}")
        return self


class Trees(Representation[Program]):
    """Programs as trees: a genome is an expression, and subtree crossover exchanges pieces of two.

    Subtree mutation grows a piece anew. First programs are ramped half-and-half: of all depths up
    to a limit, half of them with all branches at that depth.
    """

    serves = Program
    words = "trees"
    Settings = Operators
    Operators = Operators
    Genomes = TreeGenomes

    def __init__(self, need: Program, settings: Any = None) -> None:
        super().__init__(need, settings)
        self.functions = np.array([FUNCTIONS[name][0] for name in need.functions], np.int64)
        self.mutation = MUTATIONS.build(self.settings.mutation, self)
        deepest = max(self.settings.max_depth, self.settings.start_depth) + 2
        self._levels = int(ARITIES.max()) * deepest
        self._primitives = self.functions, need.variables, need.low, need.high

    def start(self, count: int, rng: np.random.Generator) -> TreeGenomes:
        """Ramped half-and-half (Koza 6.2)."""
        most, key = self.settings.start_depth, draw_key(rng)
        levels = np.empty(self._levels, np.int64)
        sizes = np.empty(count, np.int64)

        def fill(nodes: Nodes) -> None:
            kernels.grow(key, min(2, most), most, *self._primitives, levels, sizes, *nodes)

        fill(_sized(np.zeros(0, np.int64)))
        nodes = _sized(sizes)
        fill(nodes)
        return TreeGenomes(self.need.variables, nodes)

    def cross(self, genomes: TreeGenomes, rows: Rows, rng: np.random.Generator) -> TreeGenomes:
        """A subtree of the first parent gives way to one of the second (Koza 6.4)."""
        offsets, code, value = genomes.nodes
        cut, sizes = np.empty((len(rows), 4), np.int64), np.empty(len(rows), np.int64)
        wanted = np.empty(int(genomes.sizes.max(initial=0)) + 1, np.int64)
        rows = np.ascontiguousarray(rows)
        most = self.settings.max_depth
        kernels.plan_cross(offsets, code, rows, draw_key(rng), most, wanted, cut, sizes)
        nodes = _sized(sizes)
        kernels.write_cross(offsets, code, value, rows, cut, *nodes)
        return TreeGenomes(self.need.variables, nodes)

    def mutate(self, genomes: TreeGenomes, rng: np.random.Generator) -> TreeGenomes:
        return self.mutation(genomes, rng.random(len(genomes)) < self.settings.mutation_rate, rng)

    def new_subtrees(
        self, genomes: TreeGenomes, chosen: Chosen, rng: np.random.Generator
    ) -> TreeGenomes:
        """Subtree mutation: a subtree of each chosen program is grown anew (Field Guide 2.4).

        Args:
            genomes: n programs.
            chosen: `(n,)` which of them change.
            rng: the stream of this step.
        """
        key, sizes = draw_key(rng), np.empty(len(genomes), np.int64)
        levels = np.empty(self._levels, np.int64)
        wanted = np.empty(int(genomes.sizes.max(initial=0)) + 1, np.int64)
        depth, most = self.settings.subtree_depth, self.settings.max_depth

        def fill(nodes: Nodes) -> None:
            scratch = levels, wanted, sizes
            kernels.replace_subtrees(
                *genomes.nodes, chosen, key, depth, most, *self._primitives, *scratch, *nodes
            )

        fill(_sized(np.zeros(0, np.int64)))
        nodes = _sized(sizes)
        fill(nodes)
        return TreeGenomes(self.need.variables, nodes)

    def new_points(
        self, genomes: TreeGenomes, chosen: Chosen, rng: np.random.Generator
    ) -> TreeGenomes:
        """Point mutation: nodes become others with as many arguments (Field Guide 2.4).

        Args:
            genomes: n programs.
            chosen: `(n,)` which of them change.
            rng: the stream of this step.
        """
        offsets, code, value = genomes.nodes
        nodes = Nodes(offsets, code.copy(), value.copy())
        rate = self.settings.point_rate
        kernels.change_points(
            offsets, chosen, draw_key(rng), rate, *self._primitives, nodes.code, nodes.value
        )
        return TreeGenomes(self.need.variables, nodes)

    def hoisted(
        self, genomes: TreeGenomes, chosen: Chosen, rng: np.random.Generator
    ) -> TreeGenomes:
        """Hoist mutation: a subtree takes the place of the whole program (Field Guide 5.2.1).

        Args:
            genomes: n programs.
            chosen: `(n,)` which of them change.
            rng: the stream of this step.
        """
        offsets, code, value = genomes.nodes
        begin, end = np.empty((2, len(genomes)), np.int64)
        kernels.plan_hoist(offsets, code, chosen, draw_key(rng), begin, end)
        size = end - begin
        ends = np.cumsum(size)
        places = np.arange(int(size.sum())) + np.repeat(begin - (ends - size), size)
        nodes = Nodes(np.append(0, ends), code[places], value[places])
        return TreeGenomes(self.need.variables, nodes)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if genomes.variables != self.need.variables:
            raise ValueError(
                f"programs of {genomes.variables} variables are none of {self.need.variables}"
            )


def _sized(sizes: NDArray[np.int64]) -> Nodes:
    """Columns for programs of these sizes, their offsets filled in; empty ones for none."""
    offsets = np.append(0, np.cumsum(sizes))
    total = int(offsets[-1])
    return Nodes(offsets, np.empty(total, np.int16), np.empty(total))
