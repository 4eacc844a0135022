"""The steps that networks are made of, each with its transpose written out."""
