"""Traits of NEAT genomes: they stay with their genes, and nothing else depends on them."""

from dataclasses import replace

import numpy as np
import pytest

from evo.genomes.topology import TopologyGenomes
from evo.genomes.topology.representation import Topology
from evo.phenotype import Network, Traits
from evo.population import genomes_from_state, genomes_state
from tests.helpers import same

TRAITS = Traits(("rate",), ("up", "down"), ("a", "b", "c"))
GROWTH = {"add_node": 0.5, "add_connection": 0.6, "delete_node": 0.2, "delete_connection": 0.2}


def rng(seed):
    return np.random.default_rng(seed)


def grown(traits=TRAITS, generations=8, **settings):
    kind = Topology(Network(3, 2, traits), Topology.Settings(**{**GROWTH, **settings}))
    genomes = kind.start(20, rng(0))
    for step in range(generations):
        rows = rng(step).integers(0, 20, (20, 2))
        genomes = kind.mutate(kind.cross(genomes, rows, rng(100 + step)), rng(200 + step))
    return kind, genomes


def marked(genomes):
    """The same genomes; a trait of a gene says which gene it is of, all within -1 … 1."""
    genes = genomes.genes
    owner = np.repeat(np.arange(len(genomes)), genomes.connection_counts)
    of_node = np.repeat(np.arange(len(genomes)), genomes.node_counts)
    link = np.stack([genes.innovation / 1e4, owner / 1e4, genes.weight / 1e4], axis=1)
    node = np.stack([genes.node / 1e4, of_node / 1e4], axis=1)
    network = np.arange(len(genomes))[:, None] / 1e4
    return replace(genomes, traits=type(genomes.traits)(network, node, link))


def test_structure_and_weights_do_not_depend_on_traits():
    _, plain = grown(Traits())
    _, carrying = grown()
    assert plain.traits is None
    assert same(plain.genes._asdict(), carrying.genes._asdict())
    assert max(plain.node_counts) > 4, "nothing has grown"


def test_children_have_the_traits_of_the_parent_that_each_gene_is_from():
    kind, genomes = grown()
    parents, rows = marked(genomes), rng(5).integers(0, 20, (40, 2))
    children = kind.cross(parents, rows, rng(6))
    genes, traits = children.genes, children.traits
    np.testing.assert_array_equal(np.rint(traits.link[:, 0] * 1e4), genes.innovation)
    np.testing.assert_array_equal(np.rint(traits.node[:, 0] * 1e4), genes.node)
    by_child = np.repeat(np.arange(40), children.connection_counts)
    owner = np.rint(traits.link[:, 1] * 1e4).astype(int)
    assert ((owner == rows[by_child, 0]) | (owner == rows[by_child, 1])).all()
    second = (owner == rows[by_child, 1]) & (rows[by_child, 0] != rows[by_child, 1])
    shared = [
        set(genomes.take([a]).genes.innovation) & set(genomes.take([b]).genes.innovation)
        for a, b in rows
    ]
    assert all(genes.innovation[i] in shared[by_child[i]] for i in np.flatnonzero(second))
    both = [genes.innovation[i] in shared[by_child[i]] for i in range(len(owner))]
    assert 0.3 < second.sum() / sum(both) < 0.7
    network = np.rint(traits.network[:, 0] * 1e4).astype(int)
    assert ((network == rows[:, 0]) | (network == rows[:, 1])).all()


def test_mutation_keeps_traits_of_old_genes_and_draws_those_of_new_ones():
    kind, genomes = grown(mutate_traits=0.0)
    before = marked(genomes)
    after = kind.mutate(before, rng(7))
    new = after.genes.innovation >= before.next_innovation
    assert new.any()
    kept = np.rint(after.traits.link[:, 0] * 1e4)
    np.testing.assert_array_equal(kept[~new], after.genes.innovation[~new])
    assert len(np.unique(after.traits.link[new])) == 3 * new.sum()
    new_node = after.genes.node >= before.next_node
    assert new_node.any()
    np.testing.assert_array_equal(
        np.rint(after.traits.node[~new_node, 0] * 1e4), after.genes.node[~new_node]
    )
    np.testing.assert_array_equal(after.traits.network, before.traits.network)


def test_a_share_of_the_traits_is_perturbed_and_stays_within_bounds():
    kind, genomes = grown(mutate_traits=0.25, trait_std=0.7, **dict.fromkeys(GROWTH, 0.0))
    after = kind.mutate(genomes, rng(8))
    changed = [new != old for new, old in zip(after.traits, genomes.traits, strict=True)]
    assert 0.15 < np.concatenate([each.ravel() for each in changed]).mean() < 0.35
    assert all(np.abs(values).max() <= 1.0 for values in after.traits)


def test_networks_carry_the_traits_of_their_genes():
    kind, genomes = grown()
    networks = kind.development()(marked(genomes))
    weights = np.repeat(np.arange(20), np.diff(networks.links[networks.nodes]))
    np.testing.assert_allclose(networks.traits.link[:, 2] * 1e4, networks.weights, rtol=1e-12)
    np.testing.assert_array_equal(np.rint(networks.traits.link[:, 1] * 1e4), weights)
    owner = np.repeat(np.arange(20), np.diff(networks.nodes))
    np.testing.assert_array_equal(np.rint(networks.traits.node[:, 1] * 1e4), owner)
    some = networks.take(slice(3, 7))
    assert same(some.traits, kind.development()(marked(genomes).take(slice(3, 7))).traits)


@pytest.mark.parametrize("rows", [[4, 4, 0, 19], slice(2, 9)])
def test_rows_and_files_keep_traits(rows):
    kind, genomes = grown()
    some = genomes.take(rows)
    owner = np.arange(20)[rows]
    np.testing.assert_array_equal(some.traits.network, genomes.traits.network[owner])
    again = TopologyGenomes.concat([some, genomes]).take(slice(0, len(some)))
    assert same(genomes_state(again)["arrays"]["link_traits"], some.traits.link)
    read = genomes_from_state(genomes_state(some))
    kind.check(read)
    assert same(read.to_arrays(), some.to_arrays())


@pytest.mark.parametrize("name", ["traits", "node_traits", "link_traits"])
def test_damaged_traits_are_refused(name):
    _, genomes = grown()
    arrays = genomes.to_arrays()
    for damage in (arrays[name][1:], arrays[name] * 3, arrays[name].astype(np.float32)):
        with pytest.raises(ValueError, match=name):
            TopologyGenomes.from_arrays({**arrays, name: damage})
    with pytest.raises(ValueError, match="traits"):
        Topology(Network(3, 2)).check(genomes)
