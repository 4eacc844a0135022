"""Operators by name, open to additions: ``CROSSOVERS["mine"] = lambda representation: cross``."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Table(dict[str, Callable[[Any], T]]):
    """Names of operators, each with the function that builds the operator.

    That function gets the component that uses the operator, and reads its `settings` and `need`.
    """

    def build(self, name: str, component: Any) -> T:
        """The operator called `name`, for a component that uses it."""
        return self[name](component)
