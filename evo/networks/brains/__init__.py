"""Brains: what creatures move by, from what they sense. One kernel runs every kind of them."""
