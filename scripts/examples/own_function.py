"""A function of one's own: real numbers, a whole number, a category and a constraint."""

import evo

need = evo.Reals(
    [0, 0, 1, 0],
    [6, 6, 10, 2],
    names=["width", "height", "ribs", "material"],
    integers=["ribs"],
    categories={"material": ["wood", "steel", "brass"]},
)
PRICE = [1.0, 0.5, 2.0]  # per unit of area and rib


def cost(x):  # one candidate
    return (x[0] * x[1] + 0.2 * x[2]) * PRICE[int(x[3])] + (x[0] - x[1]) ** 2


strong_enough = [lambda x: 9 - x[0] * x[1] * x[2]]  # feasible where it is at most 0
problem = evo.minimise(cost, need, constraints=strong_enough)
# fewer ribs need a greater area at once: more samples than the default of 8 find both together
evolution = evo.evolution("cma-es", problem, seed=1, settings={"population": 40})
evolution.run()
print(evolution.solution)
