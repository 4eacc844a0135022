import evo


def cost(x):  # one candidate: four numbers
    return ((x - [1.0, 2.0, 3.0, 4.0]) ** 2).sum()


best = evo.evolution("cma-es", evo.minimise(cost, evo.Reals(4, 0, 6)), generations=80).run()
print(best.genomes[0].round(3), cost(best.genomes[0]))
