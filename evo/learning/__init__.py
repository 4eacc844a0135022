"""Learning within a lifetime.

Rules that fill `.grad` where backpropagation would have. torch lives in this room only.
"""

from importlib.util import find_spec

from evo.errors import MissingExtra

if find_spec("torch") is None:
    raise MissingExtra("torch", "learn")
