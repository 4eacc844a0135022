"""The code that a run would load because its settings name a module or file."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MODULE = re.compile(r"(?P<module>[^\W\d][\w.]*):\S+")


def foreign_code(settings: Mapping[str, Any]) -> list[str]:
    """The modules and files that the settings of a run name.

    Args:
        settings: section → key → value, as config.toml says.

    Returns:
        The module of each ``module:name``, and each path that ends in .py; none twice.
    """
    return list(dict.fromkeys(_named(settings)))


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
    elif isinstance(value, str):
        text = value.strip().removeprefix("gym:")
        path = text.partition(":")[0]
        if path.endswith(".py"):
            yield path
        elif match := MODULE.fullmatch(text):
            yield match["module"]
