"""Commands in messages as the user can type them: by the name under which evo was started."""

import os
import re

COMMANDS: list[str] = []
"""The names of all commands; `evo.cli` enters them."""


def as_typed(text: str) -> str:
    """The text with ``evo`` in its commands as `EVO_COMMAND` says: ``./scripts/evo run …``."""
    command = rf"(?<![\w/.-])evo(?= (?:{'|'.join(COMMANDS)})\b)"
    return re.sub(command, os.environ.get("EVO_COMMAND") or "evo", text)
