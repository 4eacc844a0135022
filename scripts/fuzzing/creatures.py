"""Draws genomes of creatures, lets each live on land and in water, and counts how that ends.

A creature may live to the end, with a finite score, or break a guard. An error of any kind, a
process that dies, a life without end and a score that is not finite are faults.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from evo.evaluation import cores, make_evaluator
from evo.genomes.bodies import ancestor
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.representation import Bodies
from evo.population import Evaluation
from evo.problems.creatures.guards import NAMES
from evo.problems.creatures.settings import BrainSettings
from evo.problems.creatures.task import GUARD
from evo.problems.creatures.walk import Swim, Walk

TASKS = {"walk": Walk, "swim": Swim}
BRAINS = ("sine", "cpg", "neurons")
SECONDS = 1.0
LIMIT = 20.0
"""Seconds after which a creature counts as hung."""
BATCH = 500
MUTANTS = 2000
"""Of the champion of a run, each after 1 to 8 mutations."""
LIVED, FAULTS = "scored", "faults"


@dataclass
class Counts:
    """How lives ended, by task.

    Attributes:
        ends: by guard, `LIVED` and `FAULTS`.
        best: the highest score.
        faults: what went wrong, each with the number of its genome.
    """

    ends: Counter[str] = field(default_factory=Counter)
    best: float = -np.inf
    faults: list[str] = field(default_factory=list)

    def add(self, found: Evaluation, first: int, origin: str) -> None:
        """Count the creatures of a batch, the first of which has this number."""
        for row, figure in enumerate(found.fitness):
            guard = int(found.results[GUARD][row]) if GUARD in found.results else -1
            refused = guard >= 0 and found.errors.get(row) == NAMES[guard]
            if row in found.errors and not refused:
                wrong: str | None = found.errors[row]
            elif guard < 0 and not np.isfinite(figure):
                wrong = f"a score of {figure} without a guard"
            elif guard >= 0 and not np.isnan(figure):
                wrong = f"a score of {figure} in spite of the guard {NAMES[guard]}"
            else:
                wrong = None
            if wrong is not None:
                self.ends[FAULTS] += 1
                self.faults.append(f"{origin} {first + row}: {wrong}")
            elif guard >= 0:
                self.ends[NAMES[guard]] += 1
            else:
                self.ends[LIVED] += 1
                self.best = max(self.best, float(figure))


def batches(
    count: int, seed: int, kind: Bodies, champion: Path | None
) -> Iterator[tuple[BodyGenomes, int, str]]:
    """Genomes, the number of the first, and where they come from: drawn, then mutants."""
    for first in range(0, count, BATCH):
        rng = np.random.default_rng(np.random.SeedSequence([seed, 0, first]))
        yield kind.start(min(BATCH, count - first), rng), first, "drawn"
    if champion is None:
        return
    graph = ancestor.read(str(champion))
    for first in range(0, MUTANTS, BATCH):
        rng = np.random.default_rng(np.random.SeedSequence([seed, 1, first]))
        genomes = BodyGenomes((graph,) * min(BATCH, MUTANTS - first))
        for _ in range(1 + first // BATCH * 2):
            genomes = kind.mutate(genomes, rng)
        yield genomes, first, "mutant"


def table(counts: dict[str, Counts], seconds: float) -> Table:
    """How lives ended, a column for each task."""
    shown = Table(title=f"lives of {SECONDS:g} s, {seconds:.0f} s of work")
    shown.add_column("end")
    for name in counts:
        shown.add_column(name, justify="right")
    for end in (LIVED, *NAMES, FAULTS):
        shown.add_row(end, *(str(each.ends[end]) for each in counts.values()))
    shown.add_row("best score in m", *(f"{each.best:.2f}" for each in counts.values()))
    return shown


def main() -> int:
    """Let creatures live; 1 if there was a fault."""
    parser = argparse.ArgumentParser(prog="fuzz_creatures", description=__doc__)
    parser.add_argument("--genomes", type=int, default=20_000, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutated", type=Path, help="a run: 2000 mutants of its champion too")
    parser.add_argument("--brain", choices=BRAINS, default=BRAINS[0])
    parser.add_argument("--workers", type=int, default=cores())
    given = parser.parse_args()

    counts, start = {name: Counts() for name in TASKS}, time.monotonic()
    for name, task in TASKS.items():
        problem = task(task.Settings(seconds=SECONDS), None, BrainSettings(kind=given.brain))
        kind = Bodies(problem.needs)
        development = kind.development()
        with make_evaluator(
            "processes", problem, development, workers=given.workers, timeout=LIMIT
        ) as evaluator:
            for genomes, first, origin in batches(given.genomes, given.seed, kind, given.mutated):
                seeds = np.arange(first, first + len(genomes), dtype=np.uint64)
                counts[name].add(evaluator.evaluate(genomes, seeds), first, origin)
    Console().print(table(counts, time.monotonic() - start))
    for name, each in counts.items():
        for fault in each.faults:
            print(f"{name}: {fault}", file=sys.stderr)
    return int(any(each.faults for each in counts.values()))


if __name__ == "__main__":
    sys.exit(main())
