"""Ask and tell: evolution proposes, you evaluate as you like.

Here: fit a sum of two sines to noisy points with CMA-ES.
"""

import numpy as np

import evo

rng = np.random.default_rng(0)
time = np.linspace(0.0, 6.0, 200)  # s
measured = 1.5 * np.sin(2.0 * time) + 0.5 * np.sin(5.0 * time) + rng.normal(0.0, 0.1, 200)


def error(parameters):
    a, f, b, g = parameters
    return np.square(a * np.sin(f * time) + b * np.sin(g * time) - measured).mean()


search = evo.Reals(4, lower=0.0, upper=6.0)
evolution = evo.evolution("cma-es", search, seed=3, settings={"population": 40})
for _ in range(80):
    candidates = evolution.ask().genomes  # (40, 4)
    record = evolution.tell([-error(candidate) for candidate in candidates])  # fitness is maximised
    if record.generation % 10 == 0:
        print(f"generation {record.generation}: mean square error {-record.best_so_far:.5f}")

a, f, b, g = evolution.best.genomes[0]
print(f"{a:.2f} sin({f:.2f} t) + {b:.2f} sin({g:.2f} t)")
