"""From names and layers of settings to one checked configuration that knows where each value came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from evo import compose
from evo.config.schema import EvaluationSettings, RunSettings
from evo.config.sources import COMMAND_LINE, SECTIONS, Layer, from_assignments, from_file, packaged
from evo.errors import ConfigError, UsageError, did_you_mean
from evo.problems.base import Problem
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
        algorithm, problem: their names.
        run, evaluation: the settings that belong to no component.
        sections: section → key → `Entry`, of every section that applies; without the names.
        task: the problem that the settings describe.
    """

    algorithm: str
    problem: str
    run: RunSettings
    evaluation: EvaluationSettings
    sections: Mapping[str, Mapping[str, Entry]]
    task: Problem

    def values(self, section: str) -> dict[str, Any]:
        """The plain values of one section."""
        return {key: entry.value for key, entry in self.sections.get(section, {}).items()}

    def composition(self) -> compose.Composition:
        """The algorithm on the problem, as these settings say."""
        return compose.compose(self.algorithm, self.task, self.values("algorithm"), self.values("network"))


def resolve(
    algorithm: str | None = None,
    problem: str | None = None,
    *,
    file: Path | None = None,
    assignments: Iterable[str] = (),
    flags: Mapping[str, Mapping[str, Any]] | None = None,
    use_packaged: bool = True,
) -> Config:
    """The configuration of a run: defaults < packaged file < `file` < `assignments` and `flags`.

    Args:
        algorithm, problem: names; may be left out where `file` has them.
        file: a TOML file of the user's.
        assignments: ``section.key=value`` words.
        flags: section → key → value, from options of their own.
        use_packaged: whether the project's own settings for this pair count.

    Raises:
        ConfigError: with every mistake found in all layers.
        UsageError: the only mistake is a name that is unknown or a problem that cannot be made.
        MissingExtra: the problem needs what is not installed.
    """
    wrong: list[str] = []
    upper: list[Layer] = []
    if file is not None:
        upper.append(from_file(file, wrong))
    upper.append(from_assignments(assignments, wrong))
    upper.append(Layer(COMMAND_LINE, flags or {}))
    names = {section: _name(section, given, upper, wrong) for section, given in (("algorithm", algorithm), ("problem", problem))}
    if not wrong:  # a file that could not be read may have had the names
        missing = [section for section, name in names.items() if name is None]
        wrong += [f"no {section} is named: give it as an argument or as `name` under [{section}]" for section in missing]
    layers = upper
    if use_packaged and all(names.values()):
        layer = packaged(str(names["algorithm"]), compose.short_name(str(names["problem"])), wrong)
        layers = [layer, *upper] if layer else upper
    return _Resolution(names, layers, wrong).config()


def _name(section: str, given: str | None, layers: Sequence[Layer], wrong: list[str]) -> str | None:
    """The one name that the command line and the layers agree on; None if there is none."""
    found = given
    for layer in layers:
        name = layer.name(section)
        if name is None:
            continue
        if not isinstance(name, str):
            wrong.append(f"{section}.name = {name!r}: must be text ({layer.source})")
        elif found not in (None, name):
            wrong.append(f"{layer.source} is for the {section} {name!r}, not for {found!r}")
        else:
            found = name
    return found


class _Resolution:
    """The sections of one configuration while they are put together."""

    def __init__(self, names: Mapping[str, str | None], layers: Sequence[Layer], wrong: list[str]):
        self.names, self.layers, self.wrong = names, layers, wrong
        self.kinds: dict[str, type[BaseModel]] = {"run": RunSettings, "evaluation": EvaluationSettings}
        self.presets: Mapping[str, Any] = {}
        self.algorithm: Any = None
        self.refused: UsageError | None = None
        if names["algorithm"]:
            self.algorithm = self._try(lambda: compose.find_algorithm(str(names["algorithm"])))
            if self.algorithm:
                self.kinds["algorithm"] = self.algorithm.Settings
        if names["problem"] and (found := self._try(lambda: compose.find_problem(str(names["problem"])))):
            self.kinds["problem"] = found[0].Settings
            self.presets = found[1]

    def _try(self, action: Any) -> Any:
        try:
            return action()
        except UsageError as error:
            self.wrong.append("; ".join(filter(None, (error.message, error.hint))))
            self.refused = error
            return None

    def config(self) -> Config:
        """The checked configuration, or a `ConfigError` with all that is wrong."""
        models = {section: self._model(section) for section in ("run", "evaluation", "algorithm", "problem")}
        task = self._task(models["problem"])
        if task and self.algorithm and compose.has_topology(self.algorithm, task.needs):
            from evo.networks.fixed import FixedTopology

            self.kinds["network"] = FixedTopology.Settings
            models["network"] = self._model("network")
        elif task and self.algorithm and any(layer.sections.get("network") for layer in self.layers):
            self.wrong.append(f"[network] has no meaning for {self.names['algorithm']} on {self.names['problem']}")
        self._unknown_keys()
        if self.refused and len(self.wrong) == 1:
            raise self.refused
        if self.wrong:
            names = " ".join(str(name) if kind in self.kinds else kind.upper() for kind, name in self.names.items())
            raise ConfigError(list(dict.fromkeys(self.wrong)), f"see every key with: evo config show {names}")
        run, evaluation = models["run"], models["evaluation"]
        assert isinstance(run, RunSettings)
        assert isinstance(evaluation, EvaluationSettings)
        assert task is not None
        sections = {section: self._entries(section, models[section]) for section in SECTIONS if models.get(section) is not None}
        return Config(str(self.names["algorithm"]), str(self.names["problem"]), run, evaluation, sections, task)

    def _given(self, section: str) -> dict[str, tuple[Any, str]]:
        """What the layers say about a section, the names aside: key → (value, source)."""
        given: dict[str, tuple[Any, str]] = {}
        if section == "problem":
            given = {key: (value, DEFAULT) for key, value in self.presets.items()}
        for layer in self.layers:
            values = layer.sections.get(section, {})
            given |= {key: (value, layer.source) for key, value in values.items() if not _is_name(section, key)}
        return given

    def _model(self, section: str) -> BaseModel | None:
        kind = self.kinds.get(section)
        if kind is None:
            return None
        given = {key: item for key, item in self._given(section).items() if key in kind.model_fields}
        try:
            return kind.model_validate({key: value for key, (value, _) in given.items()})
        except ValidationError as error:
            self.wrong.extend(mistakes(error, kind, section, {key: source for key, (_, source) in given.items()}))
            return None

    def _task(self, settings: BaseModel | None) -> Problem | None:
        if settings is None:
            return None
        return self._try(lambda: compose.problem(str(self.names["problem"]), **settings.model_dump()))

    def _unknown_keys(self) -> None:
        known = [f"{section}.{key}" for section, kind in self.kinds.items() for key in kind.model_fields]
        for section, kind in self.kinds.items():
            for key, (_, source) in self._given(section).items():
                if key not in kind.model_fields:
                    elsewhere = next((name for name in known if name.partition(".")[2] == key), None)
                    guess = f" (did you mean {elsewhere!r}?)" if elsewhere else did_you_mean(f"{section}.{key}", known)
                    self.wrong.append(f"unknown key {section}.{key}{guess} ({source})")

    def _entries(self, section: str, model: BaseModel | None) -> dict[str, Entry]:
        assert model is not None
        given = self._given(section)
        values = model.model_dump(mode="json")
        return {
            key: Entry(values[key], given[key][1] if key in given else DEFAULT, field.description or "", _bounds(field))
            for key, field in type(model).model_fields.items()
        }


def _is_name(section: str, key: str) -> bool:
    return key == "name" and section in ("algorithm", "problem")


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return ", ".join(
        f"{text} {getattr(rule, sign):g}" for rule in field.metadata for sign, text in words.items() if hasattr(rule, sign)
    )
