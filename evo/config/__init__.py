"""Settings: where they come from, what they may be, and how they are written down."""

from evo.config.evolution import EvolutionConfig as EvolutionConfig
from evo.config.learning import LearningConfig as LearningConfig
from evo.config.resolution import Config as Config
from evo.config.resolution import Entry as Entry
from evo.config.resolve import resolve as resolve

__all__ = ["Config", "Entry", "EvolutionConfig", "LearningConfig", "resolve"]
