"""Operators that see fitness and row numbers only, and so work for every representation.

Selection and survival.

Recombination and mutation belong to a representation: see `evo.genomes`.
"""
