"""Creatures as phenotypes: bodies, and what moves them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from evo_envs.creatures.body import angle_signals

from evo.genomes.bodies import circuits
from evo.genomes.bodies.develop import Growth
from evo.genomes.bodies.graph import Graph
from evo.networks.brains.columns import NEURONS, OSCILLATORS, Brain, Oscillators
from evo.phenotype import Need

Grown = Literal["sine", "cpg", "neurons", "none"]
"""Brains that grow with the body; "none" where it comes from elsewhere."""


@dataclass(frozen=True)
class Creature(Need):
    """Bodies with the brains that grow in them.

    Attributes:
        brain: which kind of brain.
        targets: how many things they see the direction to.
    """

    words: ClassVar[str] = "creatures"

    brain: Grown = "sine"
    targets: int = 0


@dataclass(frozen=True, eq=False)
class Creatures:
    """`n` creatures.

    Attributes:
        growths: their bodies, and where their parts come from.
        brains: theirs; None where they come from elsewhere.
    """

    growths: tuple[Growth, ...]
    brains: tuple[Brain | None, ...]

    def __len__(self) -> int:
        return len(self.growths)

    def take(self, rows: Any) -> Self:
        """The creatures of `rows`, in that order."""
        chosen = np.arange(len(self))[rows]
        return type(self)(
            tuple(self.growths[row] for row in chosen), tuple(self.brains[row] for row in chosen)
        )

    def describe(self, row: int = 0) -> dict[str, Any]:
        """Creature `row` as plain data: its body, and what moves it where that grew with it."""
        body, brain = self.growths[row].body, self.brains[row]
        described: dict[str, Any] = {
            "kind": "creature",
            "parts": len(body.parts),
            "joints": sum(1 for part in body.parts if part.axes),
            "mass": round(body.mass, 3),
            "body": body.describe(),
        }
        if brain is not None and brain.kind == OSCILLATORS:
            described["oscillators"] = _described(brain.oscillators)
        elif brain is not None and brain.kind == NEURONS:
            described["circuit"] = circuits.described(brain.circuit)
        return described


def _described(oscillators: Oscillators) -> Mapping[str, Any]:
    names = ("amplitude", "offset", "phase", "left", "upwards")
    columns = zip(names, oscillators.numbers.T.tolist(), strict=True)
    frequency, coupling = oscillators.rhythm.tolist()
    return {"frequency": frequency, "coupling": coupling, **dict(columns)}


def oscillators(graph: Graph, growth: Growth, targets: int, coupled: bool) -> Brain:
    """The oscillators of a body: one for each joint axis, as late as the links to it say.

    Args:
        graph: the genome.
        growth: what it grew into.
        targets: how many things the creature sees the direction to.
        coupled: whether each is drawn to its neighbours.
    """
    rows: list[tuple[float, ...]] = []
    for part, copy in zip(growth.body.parts, growth.copies, strict=True):
        node = graph.nodes[copy.node]
        side = -1.0 if copy.mirrored else 1.0
        for k in range(len(part.axes)):
            rows.append(
                (
                    node.amplitude[k],
                    node.offset[k],
                    node.phase[k] - copy.lag,
                    side * node.left[k],
                    node.upwards[k],
                )
            )
    numbers = np.array(rows, np.float64).reshape(len(rows), 5)
    rhythm = np.array([graph.frequency, graph.coupling if coupled else 0.0])
    angles = angle_signals(growth.body, targets) if coupled else np.zeros(0, np.int64)
    built = Oscillators(numbers, np.array(growth.body.upstream, np.int64), rhythm, angles)
    return Brain(OSCILLATORS, growth.body.senses(targets), len(rows), built)
