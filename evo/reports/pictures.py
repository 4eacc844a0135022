"""The pictures of a run folder."""

from pathlib import Path

from evo.problems.base import Problem


def write(folder: Path, problem: Problem) -> None:
    """Draw fitness.svg, and network.svg where the champion is a network."""
    return
