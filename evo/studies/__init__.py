"""Studies: cells, which are settings, times seeds.

Carried out in parallel, then one table and one figure.
"""
