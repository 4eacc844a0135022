"""Studies: every cell, which is a combination of settings, under every seed.

The runs are carried out in parallel and end in one table and one figure.
"""
