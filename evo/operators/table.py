"""Operators by name, open to additions: ``CROSSOVERS["mine"] = lambda representation: cross``."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Table(dict[str, Callable[[Any], T]]):
    """A name to what builds the operator.

    The builder gets the component that uses the operator: its `settings` and its `need` say how.
    """

    def build(self, name: str, component: Any) -> T:
        """The operator called `name`, for a component that uses it."""
        return self[name](component)
