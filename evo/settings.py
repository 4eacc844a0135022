"""The base of every component's settings: frozen, typed, and strict about unknown keys."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from evo.errors import ConfigError, did_you_mean

S = TypeVar("S", bound=BaseModel)


class Settings(BaseModel):
    """Settings of one component; each field has bounds, a unit, a default and where that comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def one_of(kind: str, known: Iterable[str]) -> AfterValidator:
    """For a string field: only the names in `known`, with the closest one in the error."""
    names = list(known)

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"unknown {kind} {name!r}{did_you_mean(name, names)}; known: {', '.join(names)}")
        return name

    return AfterValidator(check)


def build(kind: type[S], values: Mapping[str, Any], section: str) -> S:
    """Settings of `kind` from plain values. Raises `ConfigError` with every mistake in `values`."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(mistakes(error, kind, section)) from None


def mistakes(error: ValidationError, kind: type[BaseModel], section: str) -> list[str]:
    """What pydantic found, one line each, in this project's words: where, what was got, what is allowed."""
    lines = []
    for found in error.errors():
        path = [str(part) for part in found["loc"]]
        name = ".".join([section, *path] if section else path)
        if found["type"] == "extra_forbidden":
            guess = did_you_mean(path[-1], kind.model_fields)
            lines.append(f"unknown key {name}{guess}; known: {', '.join(kind.model_fields)}")
        elif found["type"] == "missing":
            lines.append(f"{name} is missing")
        else:
            what = found["msg"][0].lower() + found["msg"][1:]
            lines.append(f"{name} = {found['input']!r}: {what.removeprefix('value error, ')}")
    return lines
