"""Settings of a component, as pages show them, and what its settings choose from."""

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from evo.config.write import allowed, as_toml
from evo.explain.page import Setting
from evo.explain.text import prose
from evo.operators.table import Table
from evo.settings import OneOf


def settings_of(
    model: type[BaseModel], section: str, preset: Collection[str] = ()
) -> Iterator[Setting]:
    """The settings of a class, but for those that a name presets.

    Args:
        model: the class.
        section: where they stand in a configuration.
        preset: names of settings that are left out.
    """
    for name, field in model.model_fields.items():
        if name in preset:
            continue
        default = (
            "" if field.is_required() else as_toml(field.get_default(call_default_factory=True))
        )
        about = prose(field.description or "")
        yield Setting(f"{section}.{name}", default, allowed(field), about)


def tables_of(model: type[BaseModel]) -> Iterator[tuple[str, str, Table[Any]]]:
    """Settings that choose an operator: the setting, what it chooses, and from which table."""
    for name, field in model.model_fields.items():
        chosen = _choice(field)
        if chosen is not None and isinstance(chosen.names, Table):
            yield name, chosen.kind, chosen.names


def _choice(field: FieldInfo) -> OneOf | None:
    for rule in field.metadata:
        if isinstance(rule, AfterValidator) and isinstance(rule.func, OneOf):
            return rule.func
    return None
