"""NEAT genomes as ragged arrays: networks whose weights and structure evolve."""

from evo.genomes.topology.genomes import Genes as Genes
from evo.genomes.topology.genomes import TopologyGenomes as TopologyGenomes
