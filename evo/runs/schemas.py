"""What the files of a run have to hold; whoever reads one checks it by these schemas.

A file may hold more. A kind of run derives its own schemas from `Facts`, `Line` and `Summary`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evo.errors import RunFolderError
from evo.settings import mistakes

MOST_MISTAKES = 3

Object = TypeVar("Object", bound=Mapping[str, Any])
Count = Annotated[int, Field(ge=0, lt=2**53)]
Seconds = Annotated[float, Field(ge=0)]


class Schema(BaseModel):
    """Types are those of JSON, exactly: no text that looks like a number."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class Facts(Schema):
    """run.json: what others have to know of a run without loading its code."""

    kind: str
    target: float | None


class Line(Schema):
    """A line of metrics.jsonl; the counter is the kind's."""


class Summary(Schema):
    """summary.json: how a run ended."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    target: float | None
    reached: bool | None
    stopped: str | None
    wall_s: Seconds
    run: str


class Environment(Schema):
    """environment.json: what a run ran on."""

    evo: str
    commit: str | None
    python: str
    platform: str
    cores: int | None
    packages: dict[str, str]


class RunSection(Schema):
    """What every config.toml of a run says under [run]."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    stop_at_target: bool


def checked(content: Any, schema: type[Schema], path: Path, hint: str | None = None) -> Any:
    """`content` unchanged, if it follows `schema`.

    Args:
        content: what the file says.
        schema: what it has to say.
        path: the file.
        hint: the next thing to do about a mistake.

    Raises:
        RunFolderError: with the first few mistakes.
    """
    try:
        schema.model_validate(content)
    except ValidationError as error:
        raise RunFolderError(f"{path} is damaged: {words(error, schema)}", hint) from None
    return content


def words(error: ValidationError, schema: type[BaseModel]) -> str:
    """The first few mistakes in a file."""
    lines = [line[:200] for line in mistakes(error, schema, "")]
    more = f"; {len(lines) - MOST_MISTAKES} more" if len(lines) > MOST_MISTAKES else ""
    return "; ".join(lines[:MOST_MISTAKES]) + more
