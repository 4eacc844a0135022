"""From NEAT genomes to networks.

A network has the connections that are enabled and the nodes that an output depends on, in an order
in which they can be computed.

Source: Stanley & Miikkulainen 2002, section 3.1, Fig. 2 (genotype to phenotype mapping).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.development import Development
from evo.genomes.topology.genomes import Genes, TopologyGenomes, offsets
from evo.jit import kernel
from evo.networks.flat import Columns, Networks, TraitValues


@kernel
def _order(
    genes: Genes,
    inputs: int,
    outputs: int,
    begin: NDArray[np.int64],
    sources: NDArray[np.int64],
    stack: NDArray[np.int64],
    branch: NDArray[np.int64],
    seen: NDArray[np.uint8],
    order: NDArray[np.int64],
    nodes: NDArray[np.int64],
    links: NDArray[np.int64],
) -> None:
    """Nodes that an output depends on, each after all that it reads where there are no cycles."""
    for row in range(len(nodes)):
        first, last, node = genes.connections[row], genes.connections[row + 1], genes.nodes[row]
        size = inputs + genes.nodes[row + 1] - node
        for v in range(size):
            seen[v] = 0
        for v in range(size + 2):
            begin[v] = 0
        for i in range(first, last):
            begin[genes.target[i] + 2] += genes.enabled[i]
        for v in range(size):
            begin[v + 2] += begin[v + 1]
        for i in range(first, last):
            if genes.enabled[i]:
                sources[begin[genes.target[i] + 1]] = genes.source[i]
                begin[genes.target[i] + 1] += 1

        count = total = 0
        for root in range(inputs, inputs + outputs):
            if seen[root]:
                continue
            depth, stack[0], branch[0], seen[root] = 0, root, begin[root], 1
            while depth >= 0:
                v = stack[depth]
                if branch[depth] < begin[v + 1]:
                    u = sources[branch[depth]]
                    branch[depth] += 1
                    if u >= inputs and not seen[u]:
                        seen[u] = 1
                        depth += 1
                        stack[depth], branch[depth] = u, begin[u]
                else:
                    total += begin[v + 1] - begin[v]
                    order[node + count] = v
                    count += 1
                    depth -= 1
        nodes[row], links[row] = count, total


@kernel
def _fill(
    genes: Genes,
    inputs: int,
    outputs: int,
    order: NDArray[np.int64],
    position: NDArray[np.int64],
    link_begin: NDArray[np.int64],
    net: Columns,
) -> None:
    for row in range(len(net.nodes) - 1):
        first, last, node = genes.connections[row], genes.connections[row + 1], genes.nodes[row]
        a, b = net.nodes[row], net.nodes[row + 1]
        for v in range(inputs):
            position[v] = v
        for v in range(inputs, inputs + genes.nodes[row + 1] - node):
            position[v] = -1
        for k in range(b - a):
            v = order[node + k]
            position[v] = inputs + k
            gene = node + v - inputs
            net.bias[a + k] = genes.bias[gene]
            net.activation[a + k], net.aggregation[a + k] = (
                genes.activation[gene],
                genes.aggregation[gene],
            )
            net.links[a + k] = 0
        for k in range(outputs):
            net.output[row, k] = position[inputs + k]
        for i in range(first, last):
            if genes.enabled[i] and position[genes.target[i]] >= 0:
                net.links[a + position[genes.target[i]] - inputs] += 1
        end = link_begin[row]
        for k in range(a, b):
            end += net.links[k]
            net.links[k] = end
        # From the last gene to the first, each node's end moves down to its begin, and its links
        # stay in order of innovation.
        for i in range(last - 1, first - 1, -1):
            if genes.enabled[i] and position[genes.target[i]] >= 0:
                k = a + position[genes.target[i]] - inputs
                net.links[k] -= 1
                net.sources[net.links[k]], net.weights[net.links[k]] = (
                    position[genes.source[i]],
                    genes.weight[i],
                )


@kernel
def _origins(
    genes: Genes,
    inputs: int,
    order: NDArray[np.int64],
    position: NDArray[np.int64],
    end: NDArray[np.int64],
    net: Columns,
    node_gene: NDArray[np.int64],
    link_gene: NDArray[np.int64],
) -> None:
    """The second half of `_fill` backwards: which gene each node and link comes from."""
    for row in range(len(net.nodes) - 1):
        first, last, node = genes.connections[row], genes.connections[row + 1], genes.nodes[row]
        a, b = net.nodes[row], net.nodes[row + 1]
        for v in range(inputs + genes.nodes[row + 1] - node):
            position[v] = -1
        for k in range(b - a):
            position[order[node + k]] = k
            end[k] = net.links[a + k + 1]
            node_gene[a + k] = node + order[node + k] - inputs
        for i in range(last - 1, first - 1, -1):
            if genes.enabled[i] and position[genes.target[i]] >= 0:
                k = position[genes.target[i]]
                end[k] -= 1
                link_gene[end[k]] = i


@dataclass(frozen=True)
class Express(Development):
    """The development of NEAT genomes into networks.

    `recurrent` networks read the values of the step before.
    """

    recurrent: bool = False

    def __call__(self, genomes: TopologyGenomes) -> Networks:
        """`n` networks, without disabled connections and nodes that no output depends on."""
        order, scratch, nodes, links = self._order(genomes)
        net = Networks(
            genomes.inputs,
            genomes.outputs,
            self.recurrent,
            nodes,
            bias=np.empty(nodes[-1]),
            activation=np.empty(nodes[-1], np.uint8),
            aggregation=np.empty(nodes[-1], np.uint8),
            links=np.full(nodes[-1] + 1, links[-1]),
            sources=np.empty(links[-1], np.int32),
            weights=np.empty(links[-1]),
            output=np.empty((len(genomes), genomes.outputs), np.int32),
        )
        shape = genomes.inputs, genomes.outputs
        _fill(genomes.genes, *shape, order, scratch[0], links, net.columns())
        traits = genomes.traits
        if traits is None:
            return net
        node_gene, link_gene = self._genes_of(genomes, net, order, scratch)
        carried = TraitValues(traits.network, traits.node[node_gene], traits.link[link_gene])
        return replace(net, traits=carried)

    def absorb(self, genomes: TopologyGenomes, phenotypes: Networks) -> TopologyGenomes:
        """The genomes with the weights and biases of their networks in the genes these came from.

        Genes that no network expresses stay as they are, and so does a gene whose weight or bias
        is no longer finite.

        Raises:
            ValueError: the networks are not those of the genomes.
        """
        genes = genomes.genes
        order, scratch, nodes, links = self._order(genomes)
        if not (
            np.array_equal(nodes, phenotypes.nodes)
            and np.array_equal(links[1:], phenotypes.links[nodes[1:]])
        ):
            raise ValueError("these networks did not develop from these genomes")
        node_gene, link_gene = self._genes_of(genomes, phenotypes, order, scratch)
        weight, bias = genes.weight.copy(), genes.bias.copy()
        fine = np.isfinite(phenotypes.weights)
        weight[link_gene[fine]] = phenotypes.weights[fine]
        fine = np.isfinite(phenotypes.bias)
        bias[node_gene[fine]] = phenotypes.bias[fine]
        return replace(genomes, genes=genes._replace(weight=weight, bias=bias))

    def _genes_of(
        self,
        genomes: TopologyGenomes,
        networks: Networks,
        order: NDArray[np.int64],
        scratch: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The node gene of each node, and the connection gene of each link, of all networks."""
        node_gene = np.empty(len(networks.bias), np.int64)
        link_gene = np.empty(len(networks.weights), np.int64)
        _origins(
            genomes.genes,
            genomes.inputs,
            order,
            scratch[0],
            scratch[1],
            networks.columns(),
            node_gene,
            link_gene,
        )
        return node_gene, link_gene

    def _order(
        self, genomes: TopologyGenomes
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[Any]]:
        """The expressed nodes in order, room to work in, and the offsets of nodes and links."""
        genes, n = genomes.genes, len(genomes)
        size = genomes.inputs + int(genomes.node_counts.max(initial=0)) + 2
        order = np.empty(len(genes.node), np.int64)
        scratch = np.empty((3, size), np.int64)
        sources = np.empty(int(genomes.connection_counts.max(initial=0)) + 1, np.int64)
        counts = np.empty((2, n), np.int64)
        _order(
            genes,
            genomes.inputs,
            genomes.outputs,
            scratch[0],
            sources,
            scratch[1],
            scratch[2],
            np.empty(size, np.uint8),
            order,
            *counts,
        )
        return order, scratch, offsets(counts[0]), offsets(counts[1])
