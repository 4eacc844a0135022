"""Learning rules: one file each, with its paper and equations on top."""
