"""Data as a problem: registered data by its name, any .npz file, data of one's own by its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from evo.data import Data, find_data
from evo.errors import UsageError
from evo.problems.base import Problem
from evo.problems.examples import ExampleSettings
from evo.settings import Settings, build


@dataclass(frozen=True)
class OnData:
    """What makes the problem of some data: classification or regression, as its answers are.

    Attributes:
        kind: the class of the data.
        preset: the settings that make it this data.
    """

    kind: type[Data]
    preset: Mapping[str, Any] = field(default_factory=dict)

    @property
    def Settings(self) -> type[Settings]:
        """Those of the data and those of `ExampleSettings`, in one section."""
        return both(self.kind)

    def __call__(self, settings: Any = None) -> Problem:
        """The problem with these settings.

        Raises:
            UsageError: the settings do not fit the data.
        """
        from evo.problems.classification import Classification
        from evo.problems.regression import Regression

        chosen = build(self.Settings, self.preset if settings is None else settings, "problem")
        values = {name: getattr(chosen, name) for name in type(chosen).model_fields}
        own = {name: values.pop(name) for name in self.kind.Settings.model_fields}
        data = self.kind(self.kind.Settings(**own))
        form = data.form()
        numbers = form.numbers if form is not None else Classification(data).form.numbers
        return (Regression if numbers else Classification)(data, ExampleSettings(**values))


def find(name: str) -> tuple[OnData, dict[str, Any]]:
    """What makes the problem of the data `name`, and the settings that make it this data.

    Raises:
        UnknownName: there is no such data.
    """
    kind, preset = find_data(name)
    return OnData(kind, preset), preset


@cache
def both(kind: type[Data]) -> type[Settings]:
    """The settings of a problem that is made of data of this kind.

    Raises:
        UsageError: the data has a setting that is called like one of the problem's.
    """
    shared = sorted(set(kind.Settings.model_fields) & set(ExampleSettings.model_fields))
    if shared:
        raise UsageError(
            f"{kind.__name__} has settings called {', '.join(shared)}, which a problem has too",
            "give those of the data other names",
        )
    about = {"__doc__": kind.Settings.__doc__, "__module__": kind.Settings.__module__}
    bases: Any = (kind.Settings, ExampleSettings)
    return type("Settings", bases, about)
