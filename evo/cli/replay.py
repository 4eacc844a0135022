"""`evo replay`."""

from evo.cli.options import Run


def replay(run: Run) -> None:
    """To come."""
