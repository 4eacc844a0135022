"""Whether creatures that could walk learn to swim sooner.

    python swim_after_walking.py [generations] [population] [seeds]

Swimmers whose first genomes are mutants of a champion of `walk` are compared with swimmers that
evolve from nothing, for as many generations, and for twice as many: then what the walker took is
paid for too.

Source: chosen here.
"""

import sys

import numpy as np

import evo

GENERATIONS, POPULATION, SEEDS = [int(word) for word in sys.argv[1:]] or (10, 100, 3)


def evolved(problem, seed, generations=GENERATIONS, **genome):
    """A run that has ended."""
    settings = {
        "run": {"generations": generations},
        "algorithm": {"population": POPULATION},
        "genome": genome,
    }
    return evo.run(
        "creatures", problem, seed=seed, settings=settings, out="runs/swim-after-walking"
    )


rows = []
print("seed  walks   swims after walking   from nothing   from nothing, twice as long")
for seed in range(SEEDS):
    walker = evolved("walk", seed)
    after = evolved("swim", seed, ancestor=str(walker.path)).figures
    nothing = evolved("swim", seed).figures
    longer = evolved("swim", seed, 2 * GENERATIONS).figures
    rows.append((walker.figures, after, nothing, longer))
    print("{:4}  {:5.1f}  {:20.1f}  {:13.1f}  {:28.1f}".format(seed, *rows[-1]), flush=True)
print("med.  {:5.1f}  {:20.1f}  {:13.1f}  {:28.1f}".format(*np.median(rows, axis=0)))
