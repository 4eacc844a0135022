"""Studies: cells, which are settings, times seeds; carried out in parallel, then one table and one figure."""
