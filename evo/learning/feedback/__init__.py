"""Weights that errors return through in place of the transposed forward weights."""
