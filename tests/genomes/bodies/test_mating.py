"""Crossover and grafting of graphs.

Seen when planted: links of left-out nodes that stay, identities that are not renamed, a graft
without what its node carries, nodes that cannot be reached.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from evo.genomes.bodies.crossover import crossed, grafted
from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.genomes import _check
from evo.genomes.bodies.mutation import OF_BODIES, mutate
from evo.genomes.bodies.start import fresh
from tests.genomes.bodies.graphs import drawn, graph, link, node

GRAPHS = drawn(60, 7)


def rng(seed=0):
    return np.random.default_rng(seed)


def reachable(graph):
    """Whether links lead to every node."""
    seen = {graph.nodes[0].identity}
    for _ in graph.nodes:
        seen |= {each.target for each in graph.links if each.source in seen}
    return len(seen) == len(graph.nodes)


@pytest.mark.parametrize("mate", [crossed, grafted])
def test_children_are_graphs_that_develop_and_have_no_identity_twice(mate):
    relatives = [mutate(each, OF_BODIES, 3.0, rng(k)) for k, each in enumerate(GRAPHS)]
    for seed, (first, second) in enumerate(
        [*pairwise(GRAPHS), *zip(GRAPHS, relatives, strict=True)]
    ):
        before = repr((first, second))
        child = mate(first, second, rng(seed))
        _check(child)
        assert reachable(child)
        assert develop(child, 10) == develop(mate(first, second, rng(seed)), 10)
        assert repr((first, second)) == before


@pytest.mark.parametrize("mate", [crossed, grafted])
def test_what_is_inherited_keeps_its_identity_and_its_numbers(mate):
    both = 0
    # of graphs that are strangers a crossing often leaves out what the second one gave
    least = {crossed: 12, grafted: len(GRAPHS) - 1}[mate]
    for seed, (first, second) in enumerate(pairwise(GRAPHS)):
        child = mate(first, second, rng(seed))
        parents = {each.identity: each for each in (*first.nodes, *second.nodes)}
        assert all(parents[each.identity] == each for each in child.nodes)
        names = {each.identity for each in child.nodes}
        mine = {each.identity for each in first.nodes} & names
        theirs = {each.identity for each in second.nodes} & names
        both += bool(mine and theirs)
        links = {each.identity: each for each in (*first.links, *second.links)}
        for each in child.links:
            assert replace(links[each.identity], target=each.target) == each
    assert both >= least


def test_of_relatives_the_second_gets_new_names_where_they_are_taken():
    parent = graph([node(1), node(2), node(3)], [link(1, 1, 2), link(2, 2, 3)])
    for seed in range(30):
        child = grafted(parent, parent, rng(seed))
        names = [each.identity for each in child.nodes]
        assert len(set(names)) == len(names)
        links = [each.identity for each in child.links]
        assert len(set(links)) == len(links)
        assert names[0] == 1
        # the graft is a copy of its own, of which nothing leads back to the original
        ends = {each.source: each.target for each in child.links}
        if ends[1] != 2:
            assert not {2, 3} & set(names)


def test_crossover_takes_the_first_nodes_of_one_and_the_later_ones_of_the_other():
    first = graph([node(1), node(2), node(3)], [link(1, 1, 2), link(2, 2, 3), link(3, 3, 1)])
    second = graph(
        [node(11), node(12), node(13)], [link(11, 11, 12), link(12, 12, 13), link(13, 13, 11)]
    )
    seen = set()
    for seed in range(60):
        child = crossed(first, second, rng(seed))
        names = [each.identity for each in child.nodes]
        seen.add(tuple(names))
        cut = sum(name < 10 for name in names)
        kept, added = [1, 2, 3][:cut], [11, 12, 13][cut:]
        assert names == [name for name in (*kept, *added) if name in names]
        for each in child.links:
            whole = {each.identity: each for each in (*first.links, *second.links)}
            target = whole[each.identity].target
            # a link leads elsewhere only where its target was left out
            assert each.target == target or target not in (*kept, *added)
    assert {(1, 2, 3), (1, 12, 13), (1, 2, 13)} <= seen


def test_a_graft_brings_what_its_node_carries_and_nothing_else():
    first = graph([node(1), node(2)], [link(1, 1, 2)])
    second = graph(
        [node(11), node(12), node(13), node(14)],
        [link(11, 11, 12), link(12, 12, 13), link(13, 12, 12), link(14, 11, 14)],
    )
    expected = {
        11: {1, 11, 12, 13, 14},
        12: {1, 12, 13},
        13: {1, 13},
        14: {1, 14},
    }
    seen = set()
    for seed in range(40):
        child = grafted(first, second, rng(seed))
        root = next(each for each in child.links if each.identity == 1)
        seen.add(root.target)
        assert {each.identity for each in child.nodes} == expected[root.target]
        wanted = {each.identity for each in second.links if each.source in expected[root.target]}
        assert {each.identity for each in child.links} == {1} | wanted
    assert seen == {11, 12, 13, 14}


def test_what_is_led_to_elsewhere_too_stays_after_a_graft():
    first = graph([node(1), node(2)], [link(1, 1, 2), link(2, 1, 2)])
    child = grafted(first, graph([node(9)], []), rng())
    assert {each.identity for each in child.nodes} == {1, 2, 9}


def test_a_graph_without_links_can_mate():
    alone, other = graph([node(1)], []), graph([node(11), node(12)], [link(11, 11, 12)])
    for seed in range(20):
        for mate in (crossed, grafted):
            for pair in ((alone, other), (other, alone), (alone, alone)):
                _check(mate(*pair, rng(seed)))


def test_what_is_not_reached_is_left_out():
    whole = graph(
        [node(1), node(2), node(3), node(4)],
        [link(1, 1, 2), link(2, 3, 4), link(3, 4, 2), link(4, 2, 1)],
    )
    reached = whole.reached()
    assert [each.identity for each in reached.nodes] == [1, 2]
    assert [each.identity for each in reached.links] == [1, 4]
    assert reached.reached() is reached


def test_new_identities_are_not_taken_and_fit_into_a_float():
    names = [fresh(each, ()) for each in rng().spawn(1000)]
    assert len(set(names)) == 1000
    assert all(int(float(name)) == name > 0 for name in names)
    # the same stream again, and what it drew is taken
    assert fresh(rng(5), {fresh(rng(5), ())}) != fresh(rng(5), ())
