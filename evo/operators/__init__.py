"""Operators that see fitness and row numbers only, and so work for every representation.

They select parents and survivors. Recombination and mutation belong to a representation: see
`evo.genomes`.
"""
