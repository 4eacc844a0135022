"""Networks as systems that settle: their states, drives and energies."""
