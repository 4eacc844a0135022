"""The base of every component's settings: frozen, typed, and strict about unknown keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from evo import own_code
from evo.errors import ConfigError, UsageError, did_you_mean

S = TypeVar("S", bound=BaseModel)


class Settings(BaseModel):
    """Settings of one component.

    Each field has bounds, a unit, a default and where that comes from.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _typed(cls, value: Any, info: ValidationInfo) -> Any:
        """A boolean is no number; "none", which TOML lacks, is no value of an optional setting."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        accepted = get_args(annotation) or (annotation,)
        if isinstance(value, bool) and bool not in accepted and {int, float} & set(accepted):
            raise ValueError("must be a number")
        return None if value == "none" and NoneType in accepted else value


@dataclass(frozen=True, eq=False)
class OneOf:
    """Lets only one of `names` pass.

    Attributes:
        kind: what the names stand for, for the error.
        names: those that are allowed.
        own: whether code of the user's own is allowed too, ``path/to/file.py:Name``.
    """

    kind: str
    names: Collection[str]
    own: bool = False

    def __call__(self, name: str) -> str:
        if self.own and name not in self.names and own_code.is_own(name):
            return own_code.rooted(name)
        if name not in self.names:
            guess, known = did_you_mean(name, self.names), ", ".join(self.names)
            raise ValueError(f"unknown {self.kind} {name!r}{guess}; known: {known}")
        return name


def one_of(kind: str, names: Collection[str], own: bool = False) -> AfterValidator:
    """For a string field: only one of `names`, with the closest one in the error (see `OneOf`)."""
    return AfterValidator(OneOf(kind, names, own))


def build(kind: type[S], values: Mapping[str, Any] | S, section: str) -> S:
    """Settings of `kind`, checked.

    Args:
        kind: the class of the settings.
        values: the settings by name, or settings of `kind`, which are returned as they are.
        section: where they stand in a configuration, for messages; "" for nowhere.

    Raises:
        ConfigError: with every mistake in `values`.
    """
    if isinstance(values, kind):
        return values
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(mistakes(error, kind, section)) from None


def settings_of(kind: type[S], given: Any, section: str) -> Any:
    """Settings that a constructor was given: None for the defaults, checked ones, or a mapping.

    Args:
        kind: the class of the settings, for None and for a mapping.
        given: what the constructor got.
        section: where they stand in a configuration, for messages.

    Raises:
        ConfigError: with every mistake in a mapping.
        UsageError: it is neither.
    """
    if given is None or isinstance(given, Mapping):
        return build(kind, given or {}, section)
    if isinstance(given, BaseModel):
        return given
    raise UsageError(
        f"the settings are {given!r:.60}: they have to be settings, or a dict of them",
        f"settings: {', '.join(kind.model_fields)}",
    )


def mistakes(
    error: ValidationError,
    kind: type[BaseModel],
    section: str,
    sources: Mapping[str, str] | None = None,
) -> list[str]:
    """The mistakes that pydantic found, in this project's words.

    Args:
        error: what pydantic raised.
        kind: the class of the settings, whose names are suggested for unknown ones.
        section: where the settings stand in a configuration; "" for nowhere.
        sources: where a value came from, by its key.

    Returns:
        A line for each mistake: where it is, what stands there and what is allowed.
    """
    lines = []
    for found in error.errors():
        path = [str(part) for part in found["loc"]]
        name = ".".join([section, *path] if section else path)
        source = f" ({sources[path[0]]})" if sources and path and path[0] in sources else ""
        if found["type"] == "extra_forbidden":
            guess = did_you_mean(path[-1], kind.model_fields)
            lines.append(f"unknown key {name}{guess}; known: {', '.join(kind.model_fields)}")
        elif found["type"] == "missing":
            lines.append(f"{name} is missing")
        else:
            what = found["msg"][0].lower() + found["msg"][1:]
            got = f" = {found['input']!r}" if path else ""
            lines.append(f"{name}{got}: {what.removeprefix('value error, ')}{source}")
    return lines
