"""A configuration while it is put together from layers, section by section."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from evo import own_code
from evo.config.code import CodeSettings
from evo.config.config import Config
from evo.config.sources import Layer
from evo.errors import ConfigError, UsageError, did_you_mean
from evo.kind import Kind
from evo.settings import Settings, mistakes

DEFAULT = "default"
CODE = "code"

T = TypeVar("T")


class Draft:
    """Puts one configuration together.

    A kind of run says in `declare` and `finish` what is special about its sections.

    Args:
        kind: that of the run.
        names: the names of what is carried out and on what, by section; None where none was given.
        layers: where the settings come from; later layers override earlier ones.
        wrong: gets a line for each mistake.
    """

    def __init__(
        self,
        kind: Kind,
        names: Mapping[str, str | None],
        layers: Sequence[Layer],
        wrong: list[str],
    ) -> None:
        self.kind, self.names, self.layers, self.wrong = kind, names, layers, wrong
        self.types: dict[str, type[Settings]] = {"run": kind.run_settings()}
        self.models: dict[str, Settings] = {}
        self.presets: dict[str, Mapping[str, Any]] = {}
        self.refused: UsageError | None = None
        self._find_code()
        self.declare()

    def declare(self) -> None:
        """Enter the class of each section's settings into `types`.

        Settings that a name brings along, as that of a problem, go into `presets` by section.
        """

    def finish(self) -> Callable[..., Config] | None:
        """The callable that makes the configuration from kind, names, models and sources.

        It may check further sections into `models`. None if there was a mistake.
        """
        return Config

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What `action` returns; None, and a line in `wrong`, if it cannot be carried out."""
        try:
            return action()
        except UsageError as error:
            self.wrong.append("; ".join(filter(None, (error.message, error.hint))))
            self.refused = error
            return None

    def config(self) -> Config:
        """The checked configuration, or a `ConfigError` with all that is wrong."""
        for section in self.kind.sections:
            self.check(section)
        make = self.finish()
        self._report_unknown_keys()
        if self.refused and len(self.wrong) == 1:
            raise self.refused
        if self.wrong or make is None:
            names = " ".join(
                str(name) if section in self.types else section.upper()
                for section, name in self.names.items()
            )
            raise ConfigError(
                list(dict.fromkeys(self.wrong)), f"see every key with: evo config show {names}"
            )
        names = {section: str(name) for section, name in self.names.items()}
        self._note_code(names)
        models = {
            section: self.models[section]
            for section in self.kind.sections
            if section in self.models
        }
        sources = {section: self._sources(section) for section in models}
        return make(self.kind, names, models, sources)

    def _find_code(self) -> None:
        """Look for modules of the user's own also in the folder where the run began."""
        if self.is_given(CODE):
            self.types[CODE] = CodeSettings
            own_code.search(Path(str(self.value(CODE, "folder", ""))))

    def _note_code(self, names: Mapping[str, str]) -> None:
        """Enter into [code] where code of the user's own is, and its hashes if no layer has them.

        The section does not apply where nothing names any.
        """
        given = self.models.pop(CODE, None)
        settings = [
            value for model in self.models.values() for value in model.model_dump().values()
        ]
        used = [value for value in settings if not isinstance(value, int | float | None)]
        places = own_code.places_in([*names.values(), *used])
        if places:
            self.types[CODE] = CodeSettings
            here = CodeSettings(folder=str(Path.cwd()), sha256=own_code.hashes(places))
            self.models[CODE] = given or here

    def check(self, section: str) -> Settings | None:
        """Validate a section, and enter its settings into `models`.

        Returns:
            The settings; None if the section does not apply, or has mistakes, which go to `wrong`.
        """
        model = self.types.get(section)
        if model is None:
            return None
        given = {
            key: item for key, item in self._given(section).items() if key in model.model_fields
        }
        try:
            checked = model.model_validate({key: value for key, (value, _) in given.items()})
        except ValidationError as error:
            sources = {key: source for key, (_, source) in given.items()}
            self.wrong.extend(mistakes(error, model, section, sources))
            return None
        self.models[section] = checked
        return checked

    def is_given(self, section: str) -> bool:
        """Whether a layer has a section, perhaps an empty one."""
        return any(section in layer.sections for layer in self.layers)

    def values(self, section: str) -> dict[str, Any]:
        """What the layers say about a section: key → value."""
        return {key: value for key, (value, _) in self._given(section).items()}

    def value(self, section: str, key: str, default: Any) -> Any:
        """What the layers say about one key.

        Args:
            section: where the key stands.
            key: the name of the setting.
            default: the value where no layer has the key.
        """
        return self.values(section).get(key, default)

    def _given(self, section: str) -> dict[str, tuple[Any, str]]:
        """What the layers say about a section, except its `name`: key → (value, source)."""
        presets = self.presets.get(section, {})
        given: dict[str, tuple[Any, str]] = {
            key: (value, DEFAULT) for key, value in presets.items()
        }
        for layer in self.layers:
            for key, value in layer.sections.get(section, {}).items():
                if key != "name" or section not in self.kind.names:
                    given[key] = value, layer.source
        return given

    def _sources(self, section: str) -> dict[str, str]:
        given = self._given(section)
        return {
            key: given[key][1] if key in given else DEFAULT
            for key in self.types[section].model_fields
        }

    def _report_unknown_keys(self) -> None:
        every = [
            f"{section}.{key}"
            for section, model in self.types.items()
            for key in model.model_fields
        ]
        for section, model in self.types.items():
            for key, (_, source) in self._given(section).items():
                if key in model.model_fields:
                    continue
                elsewhere = next((name for name in every if name.partition(".")[2] == key), None)
                guess = f" (did you mean {elsewhere!r}?)" if elsewhere else ""
                guess = guess or did_you_mean(f"{section}.{key}", every)
                self.wrong.append(f"unknown key {section}.{key}{guess} ({source})")
