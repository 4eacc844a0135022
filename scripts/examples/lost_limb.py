"""How much of a walk outlasts a lost limb, by kind of brain.

    python lost_limb.py [generations] [population] [seeds]

Bodies and brains evolve together. Then each part in turn is taken from the champion, with all that
hangs on it, and what is left walks with the brain that it has. Last, brains alone evolve on without
a part whose loss costs neither much nor little, for as many generations.

Source: chosen here.
"""

import sys

import numpy as np

import evo

GENERATIONS, POPULATION, SEEDS = [int(word) for word in sys.argv[1:]] or (10, 100, 3)
STARTS = np.arange(5, dtype=np.uint64)


def evolved(kind, seed, **genome):
    """The folder of a run."""
    settings = {
        "run": {"generations": GENERATIONS, "champion_episodes": 2},
        "algorithm": {"population": POPULATION},
        "brain": {"kind": kind},
        "genome": genome,
    }
    return evo.run("creatures", "walk", seed=seed, settings=settings, out="runs/lost-limb").path


def parts_and_distance(folder, kind, lost=None):
    """Of a champion: its parts, and its median distance in m, 0 where it breaks a guard.

    Where all creatures of a run break one there is no champion: no parts, 0 m.
    """
    if not (folder / "champion.json").exists():
        return 0, 0.0
    problem = evo.problem("walk", brain={"kind": kind})
    genome = {"ancestor": str(folder), "lost": lost}
    search = evo.evolution("creatures", problem, settings={"population": 4}, genome=genome)
    # the first of those that are asked for is the champion itself
    champion = search.phenotypes(search.ask()).take([0] * len(STARTS))
    figures = np.nan_to_num(problem.evaluate(champion, STARTS).fitness)
    return len(champion.growths[0].body.parts), float(np.median(figures).clip(0))


print("brain     seed   whole   without each part, in m; without one, once the brain evolved on")
for kind in ("sine", "cpg", "neurons"):
    rows = []
    for seed in range(SEEDS):
        folder = evolved(kind, seed)
        parts, whole = parts_and_distance(folder, kind)
        less = [parts_and_distance(folder, kind, part)[1] for part in range(1, parts)]
        middle = 1 + int(np.argsort(less)[len(less) // 2])
        after = evolved(kind, seed, ancestor=str(folder), lost=middle, evolve="brain")
        _, again = parts_and_distance(after, kind, middle)
        rows.append((whole, less[middle - 1], again))
        told = " ".join(f"{each:.1f}" for each in less)
        print(f"{kind:<8}  {seed:4}  {whole:6.1f}   {told}; {again:.1f}", flush=True)
    whole, left, again = np.median(rows, axis=0)
    print(f"{kind:<8}  med.  {whole:6.1f}   {left:.1f} without one; {again:.1f}", flush=True)
