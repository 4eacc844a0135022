"""Bodies as genomes: directed graphs of parts, after Karl Sims."""
