"""Settings: where they come from, what they may be, and how they are written down."""

from evo.config.config import Config as Config
from evo.config.resolve import resolve as resolve

__all__ = ["Config", "resolve"]
