"""Runs: folders that a person can read, and from which a run resumes exactly."""
