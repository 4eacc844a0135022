"""Commands in messages as the user can type them: by the name under which evo was started."""

import os
import re

COMMANDS = (
    "run",
    "learn",
    "resume",
    "replay",
    "report",
    "study",
    "compare",
    "list",
    "config",
    "doctor",
    "explain",
    "watch",
)

_COMMAND = re.compile(rf"(?<![\w/.-])evo(?= (?:{'|'.join(COMMANDS)})\b)")


def as_typed(text: str) -> str:
    """The text with ``evo`` in its commands as `EVO_COMMAND` says: ``./scripts/evo run …``."""
    return _COMMAND.sub(os.environ.get("EVO_COMMAND") or "evo", text)
