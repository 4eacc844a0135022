"""`evo doctor`."""


def doctor() -> None:
    """Check this installation."""
