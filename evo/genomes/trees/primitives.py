"""What the nodes of a program can be.

Source: J. R. Koza, Genetic Programming (1992), section 6.1: protected division and logarithm.
"""

import numpy as np

FUNCTIONS: dict[str, tuple[int, int, str]] = {
    "add": (0, 2, "({0} + {1})"),
    "subtract": (1, 2, "({0} - {1})"),
    "multiply": (2, 2, "({0} * {1})"),
    "divide": (3, 2, "({0} % {1})"),
    "sin": (4, 1, "sin({0})"),
    "cos": (5, 1, "cos({0})"),
    "exp": (6, 1, "exp({0})"),
    "log": (7, 1, "log({0})"),
    "negate": (8, 1, "-{0}"),
    "square": (9, 1, "{0}²"),
    "sqrt": (10, 1, "sqrt({0})"),
    "minimum": (11, 2, "min({0}, {1})"),
    "maximum": (12, 2, "max({0}, {1})"),
}
"""Code, number of arguments, and how it is written.

Codes are written to disk: they never change. ``a % b`` is a / b, and 1 where b is 0; log is that of
the magnitude, and 0 at 0; sqrt is that of the magnitude.
"""

ADD, SUBTRACT, MULTIPLY, DIVIDE, SIN, COS, EXP, LOG, NEGATE, SQUARE, SQRT, MINIMUM, MAXIMUM = range(
    13
)
CONSTANT = 64
"""The code of a constant; its value stands beside it."""
VARIABLE = 65
"""The code of the first variable; the others follow."""

ARITIES = np.zeros(CONSTANT, np.int64)
for _code, _arity, _ in FUNCTIONS.values():
    ARITIES[_code] = _arity
WORDS = {code: words for code, _, words in FUNCTIONS.values()}
