"""The sections of one configuration while they are put together.

Each layer's values, checked by each section's model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from evo.config.kinds import Kind
from evo.config.sources import Layer
from evo.errors import ConfigError, UsageError, did_you_mean
from evo.settings import mistakes

DEFAULT = "default"


@dataclass(frozen=True)
class Entry:
    """One setting: its value as JSON and TOML know it, where that came from, what the setting is about and may be."""

    value: Any
    source: str
    description: str = ""
    bounds: str = ""


@dataclass(frozen=True)
class Config:
    """All settings of a run, checked.

    Attributes:
        kind: an evolution or a learning.
        names: what is carried out and on what, by section: {"algorithm": "neat", "problem":
            "cartpole"}.
        run: the settings that belong to no component.
        sections: section → key → `Entry`, of every section that applies; without the names.
    """

    kind: Kind
    names: Mapping[str, str]
    run: Any
    sections: Mapping[str, Mapping[str, Entry]]

    @property
    def method(self) -> str:
        """The name of the algorithm or rule."""
        return self.names[self.kind.names[0]]

    @property
    def subject(self) -> str:
        """The name of the problem or data."""
        return self.names[self.kind.names[1]]

    @property
    def limit(self) -> int:
        """How many steps, generations or epochs, the run may last."""
        return int(getattr(self.run, self.kind.limit))

    @property
    def target(self) -> float | None:
        """The score to reach, if there is one."""
        return self.run.target

    def values(self, section: str) -> dict[str, Any]:
        """The plain values of one section."""
        return {key: entry.value for key, entry in self.sections.get(section, {}).items()}

    def check(self) -> None:
        """Raise `UsageError` for what only shows when the parts meet."""


class Resolution:
    """Puts one configuration together.

    A kind of run says in `find` and `make` what is special about its sections.
    """

    kind: ClassVar[Kind]

    def __init__(self, names: Mapping[str, str | None], layers: Sequence[Layer], wrong: list[str]):
        self.names, self.layers, self.wrong = names, layers, wrong
        self.kinds: dict[str, type[BaseModel]] = {"run": self.kind.run}
        self.presets: Mapping[str, Any] = {}
        self.refused: UsageError | None = None
        self.find()

    def find(self) -> None:
        """Enter the models of the sections into `kinds`, and what a name sets beforehand into `presets`."""

    def make(self, models: dict[str, BaseModel | None]) -> Any:
        """The configuration's class and further arguments, from the sections' models.

        None if a mistake was found.
        """

    def attempt(self, action: Any) -> Any:
        """What `action` returns; None, and a line in `wrong`, if it cannot be carried out."""
        try:
            return action()
        except UsageError as error:
            self.wrong.append("; ".join(filter(None, (error.message, error.hint))))
            self.refused = error
            return None

    def config(self) -> Any:
        """The checked configuration, or a `ConfigError` with all that is wrong."""
        models = {
            section: self.model(section) for section in self.kind.sections if section in self.kinds
        }
        made = self.make(models)
        self._unknown_keys()
        if self.refused and len(self.wrong) == 1:
            raise self.refused
        if self.wrong:
            names = " ".join(
                str(name) if kind in self.kinds else kind.upper()
                for kind, name in self.names.items()
            )
            raise ConfigError(
                list(dict.fromkeys(self.wrong)), f"see every key with: evo config show {names}"
            )
        sections = {
            section: self._entries(section, model)
            for section in self.kind.sections
            if (model := models.get(section)) is not None
        }
        which, further = made
        return which(
            self.kind,
            {key: str(name) for key, name in self.names.items()},
            models["run"],
            sections,
            **further,
        )

    def model(self, section: str) -> BaseModel | None:
        """The checked settings of a section.

        None, and lines in `wrong`, if they are not in order.
        """
        kind = self.kinds.get(section)
        if kind is None:
            return None
        given = {
            key: item for key, item in self._given(section).items() if key in kind.model_fields
        }
        try:
            return kind.model_validate({key: value for key, (value, _) in given.items()})
        except ValidationError as error:
            self.wrong.extend(
                mistakes(error, kind, section, {key: source for key, (_, source) in given.items()})
            )
            return None

    def _given(self, section: str) -> dict[str, tuple[Any, str]]:
        """What the layers say about a section, the names aside: key → (value, source)."""
        given: dict[str, tuple[Any, str]] = {}
        if section == self.kind.names[1]:
            given = {key: (value, DEFAULT) for key, value in self.presets.items()}
        for layer in self.layers:
            values = layer.sections.get(section, {})
            given |= {
                key: (value, layer.source)
                for key, value in values.items()
                if not self._is_name(section, key)
            }
        return given

    def _is_name(self, section: str, key: str) -> bool:
        return key == "name" and section in self.kind.names

    def _unknown_keys(self) -> None:
        known = [
            f"{section}.{key}" for section, kind in self.kinds.items() for key in kind.model_fields
        ]
        for section, kind in self.kinds.items():
            for key, (_, source) in self._given(section).items():
                if key not in kind.model_fields:
                    elsewhere = next(
                        (name for name in known if name.partition(".")[2] == key), None
                    )
                    guess = (
                        f" (did you mean {elsewhere!r}?)"
                        if elsewhere
                        else did_you_mean(f"{section}.{key}", known)
                    )
                    self.wrong.append(f"unknown key {section}.{key}{guess} ({source})")

    def _entries(self, section: str, model: BaseModel) -> dict[str, Entry]:
        given = self._given(section)
        values = model.model_dump(mode="json")
        return {
            key: Entry(
                values[key],
                given[key][1] if key in given else DEFAULT,
                field.description or "",
                _bounds(field),
            )
            for key, field in type(model).model_fields.items()
        }


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return ", ".join(
        f"{text} {getattr(rule, sign):g}"
        for rule in field.metadata
        for sign, text in words.items()
        if hasattr(rule, sign)
    )
