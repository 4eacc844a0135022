"""NEAT genomes: networks whose weights and structure evolve, kept as ragged arrays for a whole population."""

from evo.genomes.topology.genomes import Genes as Genes
from evo.genomes.topology.genomes import TopologyGenomes as TopologyGenomes
