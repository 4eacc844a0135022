"""Networks of any shape learn, in compiled code and each by itself.

What a network learns does not depend on which others learn beside it, bit for bit.
"""

from evo.networks.learning.equilibrium import Settling
from evo.networks.learning.feedback import draw_feedback
from evo.networks.learning.learn import Learnt, learn

__all__ = ["Learnt", "Settling", "draw_feedback", "learn"]
