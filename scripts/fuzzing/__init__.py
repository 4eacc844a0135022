"""Random damage to every file that evo reads, and what its readers make of it."""
