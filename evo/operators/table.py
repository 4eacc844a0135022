"""Operators by name, open to additions: ``CROSSOVERS["mine"] = lambda representation: cross``.

One of the user's own is named by its place, ``path/to/file.py:mine``, wherever a name stands.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from evo import own_code

T = TypeVar("T")


class Table(dict[str, Callable[[Any], T]]):
    """Names of operators, each with the function that builds the operator.

    That function gets the component that uses the operator, and reads its `settings` and `need`.
    """

    def build(self, name: str, component: Any) -> T:
        """The operator called `name`, for a component that uses it."""
        build = self[name] if name in self else own_code.load(name)
        return build(component)
