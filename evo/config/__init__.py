"""Settings: where they come from, what they may be, and how they are written down."""

from evo.config.resolve import Config as Config
from evo.config.resolve import Entry as Entry
from evo.config.resolve import resolve as resolve

__all__ = ["Config", "Entry", "resolve"]
