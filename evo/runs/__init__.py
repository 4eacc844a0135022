"""Runs: a folder that a person can read, filled as the run goes, and from which it resumes exactly."""
