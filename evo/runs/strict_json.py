"""JSON whose numbers are finite and fit into 64 bits, so that nothing behind it can overflow."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evo.errors import RunFolderError
from evo.runs.atomic import write_text


def parse(text: str | bytes) -> Any:
    """What `text` says. Raises `ValueError` or `RecursionError` if that is not such JSON."""
    return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_refuse)


def read_json(path: Path, hint: str | None = None) -> Any:
    """What `path` holds. Raises `RunFolderError`, with `hint`, if that is not such JSON."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror or error}", hint) from None
    except (ValueError, RecursionError) as error:
        raise RunFolderError(f"{path} is damaged: {error}", hint) from None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file at `path` by `content` as JSON, one key to a line."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}"
        for key, value in finite(content).items()
    ]
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def finite(value: Any) -> Any:
    """The same nested content with None for every NaN and infinity, which JSON lacks."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) >= 2**64:
        raise ValueError(f"{text[:30]} does not fit into 64 bits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:30]} is too large a number")
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
