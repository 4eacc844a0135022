"""`evo report`."""

from evo.cli.options import Run


def report(run: Run) -> None:
    """To come."""
