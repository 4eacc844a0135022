"""The pedigree of a champion: planted lineages are told as they were, and memory stays flat.

Seen when planted: parents of a neighbour, a second parent of who was copied, newcomers without the
column, second parents forgotten, lines cut by thinning, the line of another individual, the dead
never dropped, the best so far not among those who are followed.
"""

from types import SimpleNamespace

import numpy as np
import pytest

import evo
from evo.kinds.evolution import pedigree as module
from evo.kinds.evolution.pedigree import SHOWN, Pedigree
from evo.population import IDENTITY, NOBODY, PARENTS, Population

PART = {"shape": "box", "joint": "hinge", "parent": 0}


class Walkers(evo.Problem):
    """Bodies of as many parts as the genome says; figures are the genomes' second number."""

    body = None

    def __init__(self):
        super().__init__()
        self.needs = evo.Reals(2)

    def film(self):
        """Never called: that it is there says that there are bodies."""

    def told(self, figure, results):
        return f"walks {figure:.0f} m"

    def evaluate(self, phenotypes, seeds):
        return evo.Evaluation(phenotypes[:, 1])

    def creature(self, phenotypes, row):
        parts = [PART | {"size": float(phenotypes[row, 1])}] * int(phenotypes[row, 0])
        return SimpleNamespace(describe=lambda: {"kind": "body", "parts": parts}), None


def people(*born, generation):
    """Individuals of (identity, first parent, second parent, parts), as many m as identities."""
    numbers = np.array(born)
    genomes = np.column_stack([numbers[:, 3], numbers[:, 0]]).astype(float)
    columns = {IDENTITY: numbers[:, 0], PARENTS: numbers[:, 1:3]}
    columns |= {"birth": np.full(len(born), generation)}
    return Population(genomes, genomes[:, 1], columns)


def told(pedigree, identity):
    """The description of an individual, and as plain pairs of its line and of mates."""
    champion = people((identity, 0, 0, 1), generation=0)
    described = pedigree.describe(champion, lambda genomes: genomes)
    assert described is not None

    def name(each):
        return int(each["caption"].split()[1])

    line = [name(each) for each in described["line"]]
    mates = {name(each): name(each["mate"]) for each in described["line"] if "mate" in each}
    return described, line, mates


def look(pedigree, population, best=None):
    pedigree.look_at(SimpleNamespace(population=population, best=best))


def planted():
    """Four generations: 1, 2, 3 are the first; 12 is of 1 and 2, 23 of 12 and 13, 34 of 23."""
    pedigree = Pedigree(Walkers())
    first = people(*[(k, NOBODY, NOBODY, 2) for k in (1, 2, 3)], generation=1)
    second = people((12, 1, 2, 2), (13, 3, 3, 4), generation=2)
    third = people((23, 12, 13, 5), generation=3)
    fourth = people((34, 23, 23, 5), generation=4)
    look(pedigree, first)
    look(pedigree, first.take(slice(1, 2)).concat(second))
    look(pedigree, third)
    look(pedigree, fourth)
    return pedigree


def test_a_planted_lineage_is_told_as_it_was():
    described, line, mates = told(planted(), 34)
    assert line == [1, 12, 23, 34]
    assert mates == {12: 2, 23: 13}
    assert [each["generation"] for each in described["line"]] == [1, 2, 3, 4]
    assert [each["births"] for each in described["line"]] == [0, 1, 1, 1]
    assert [len(each["body"]["parts"]) for each in described["line"]] == [2, 2, 5, 5]
    assert (described["births"], described["changes"]) == (3, 1)


def test_of_second_parents_no_ancestors_are_kept_once_they_are_dead():
    pedigree = planted()
    assert set(pedigree.individuals.columns[IDENTITY].tolist()) == {1, 2, 12, 13, 23, 34}
    assert pedigree.describe(people((3, 0, 0, 1), generation=1), lambda genomes: genomes) is None


def test_the_best_so_far_is_kept_with_its_line_although_it_died():
    pedigree = planted()
    best = people((23, 12, 13, 5), generation=3)
    for generation in (5, 6):
        look(pedigree, people((generation * 10, NOBODY, NOBODY, 1), generation=generation), best)
    assert told(pedigree, 23)[1] == [1, 12, 23]
    assert len(pedigree.individuals) == 6, "and 34 is forgotten"


def test_a_state_goes_on_as_the_pedigree_would_have():
    pedigree, again = planted(), Pedigree(Walkers())
    again.load_state_dict(pedigree.state_dict())
    for each in (pedigree, again):
        look(each, people((45, 34, 34, 1), generation=5))
    assert told(pedigree, 45) == told(again, 45)
    again.load_state_dict(None)
    assert again.individuals is None
    for name in (PARENTS, IDENTITY):
        state = planted().state_dict()
        del state["columns"][name]
        with pytest.raises((ValueError, KeyError)):
            again.load_state_dict(state)


def test_who_does_not_know_parents_has_no_pedigree():
    pedigree = planted()
    look(pedigree, Population(np.ones((2, 2)), np.ones(2), {"birth": np.ones(2)}))
    assert pedigree.individuals is None
    assert pedigree.describe(people((34, 0, 0, 1), generation=1), lambda genomes: genomes) is None
    fixed = Walkers()
    fixed.body = "given"
    assert not Pedigree(fixed).draws and not Pedigree(evo.problem("sphere")).draws


def test_who_is_shown_is_an_even_part_and_first_where_the_plan_changed():
    pedigree = Pedigree(Walkers())
    parts = [1] * 20 + [2] * 20 + [3] * 20
    for k, count in enumerate(parts):
        look(pedigree, people((k, k - 1, k - 1, count), generation=k))
    described, line, _ = told(pedigree, 59)
    assert len(line) == SHOWN and (line[0], line[-1]) == (0, 59)
    assert {20, 40} <= set(line) and described["changes"] == 2
    assert np.diff(line).max() < 20
    assert [each["births"] for each in described["line"]] == [0, *np.diff(line)]


def test_long_lines_are_thinned_and_births_stay_counted(monkeypatch):
    monkeypatch.setattr(module, "MOST", 20)
    pedigree, sizes = Pedigree(Walkers()), []
    for k in range(0, 3000, 3):
        grown = (k, k - 3 if k else NOBODY, k - 2 if k else NOBODY, 1 + k % 4)
        mates = [(k + 1, NOBODY, NOBODY, 3), (k + 2, k - 3, k - 3, 2)]
        look(pedigree, people(grown, *mates, generation=k // 3 + 1))
        sizes.append(len(pedigree.individuals))
    assert max(sizes) <= 20 + 4 * 3 + 4
    described, line, mates = told(pedigree, 2997)
    assert line[0] == 0 and line[-1] == 2997 and len(line) == SHOWN
    assert described["births"] == 999
    assert [each["births"] for each in described["line"]] == [0, *np.diff(line) // 3]
    assert all(mate == child - 2 for child, mate in mates.items()) and mates


@pytest.mark.parametrize("name", ["creatures", "ga", "nsga2", "map-elites"])
def test_parents_are_those_that_genes_are_from(name):
    """Without mutation every gene is from one of the parents, and both are taken from."""
    settings = {"batch" if name == "map-elites" else "population": 30}
    settings |= {"mating_share" if name == "creatures" else "crossover_rate": 0.5}
    settings |= {"protection": "age", "newcomers": 0.1} if name == "creatures" else {}
    given = {"seed": 3, "settings": settings, "genome": {"crossover": "uniform"}}
    problem = "arm" if name == "map-elites" else "sphere"
    searches = [evo.evolution(name, problem, **given) for _ in range(2)]
    genes, pairs, mixed = {}, 0, 0
    for search in searches:
        search.algorithm.representation.mutate = lambda genomes, rng: genomes
    searches[0].pedigree = True
    for _ in range(6):
        batch = searches[0].ask()
        columns = batch.columns
        for row, identity in enumerate(columns[IDENTITY].tolist()):
            parents = columns[PARENTS][row].tolist()
            assert identity not in genes
            genes[identity] = batch.genomes[row]
            if NOBODY not in parents:
                first, second = (genes[parent] for parent in parents)
                assert ((genes[identity] == first) | (genes[identity] == second)).all()
                pairs += parents[0] != parents[1]
                mixed += all((genes[identity] != each).any() for each in (first, second))
        records = [search.step() for search in searches]
        assert records[0].best == records[1].best and records[0].mean == records[1].mean
    assert pairs > 10 and mixed > 0.8 * pairs, "who was copied has one parent"
    assert not {IDENTITY, PARENTS} & searches[1].population.columns.keys()
