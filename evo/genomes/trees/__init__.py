"""Programs as trees, kept as ragged arrays for a whole population."""
