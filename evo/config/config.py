"""A checked configuration: the settings of a run, and where each came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from evo import own_code
from evo.config.code import CodeSettings
from evo.errors import UsageError
from evo.kind import Kind
from evo.settings import Settings


@dataclass(frozen=True)
class Config:
    """All settings of a run, checked.

    A kind of run adds what it builds from them.

    Attributes:
        kind: that of the run.
        names: what is carried out and on what, by section: {"algorithm": "neat", "problem":
            "cartpole"}.
        models: the validated settings of every section that applies.
        sources: section → key → where the value came from.
    """

    kind: Kind
    names: Mapping[str, str]
    models: Mapping[str, Settings]
    sources: Mapping[str, Mapping[str, str]]
    _built: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def run(self) -> Any:
        """The settings that belong to no component."""
        return self.models["run"]

    @property
    def method(self) -> str:
        """The name of the algorithm or rule."""
        return self.names[self.kind.names[0]]

    @property
    def subject(self) -> str:
        """The name of the problem or data."""
        return self.names[self.kind.names[1]]

    @property
    def title(self) -> str:
        """What is carried out, and on what, as people read it: "neat on cartpole"."""
        return f"{own_code.title(self.method)} on {own_code.title(self.subject)}"

    @property
    def code(self) -> CodeSettings | None:
        """Where code of the user's own is; None where the settings name none."""
        section = self.models.get("code")
        return section if isinstance(section, CodeSettings) else None

    def anew(self) -> Self:
        """The same settings for a run that begins now, with code of the user's own as it is now."""
        if self.code is None:
            return self
        now = CodeSettings(folder=self.code.folder, sha256=own_code.hashes(self.code.sha256))
        return replace(self, models={**self.models, "code": now})

    @property
    def limit(self) -> int:
        """How many steps, generations or epochs, the run may last."""
        return int(getattr(self.run, self.kind.limit))

    @property
    def target(self) -> float | None:
        """The score to reach, if there is one."""
        return self.run.target

    def values(self, section: str) -> dict[str, Any]:
        """The settings of one section as JSON and TOML know them; none if it does not apply."""
        model = self.models.get(section)
        return {} if model is None else model.model_dump(mode="json")

    def build(self) -> Any:
        """What these settings describe, new at each call.

        Raises `UsageError` where the parts do not fit together, or into memory.
        """
        try:
            return self._build()
        except (MemoryError, OverflowError, ValueError) as error:
            raise UsageError(
                f"{self.title} cannot be built with these settings: "
                f"{error or type(error).__name__}",
                "make it smaller: dimensions, population, network.hidden, data.train",
            ) from error

    def _build(self) -> Any:
        raise NotImplementedError

    def check(self) -> None:
        """Build what the settings describe, and keep it for `take`.

        Raises `UsageError` where the parts do not fit together.
        """
        if not self._built:
            self._built.append(self.build())

    def take(self) -> Any:
        """What `check` has built, handed over once only, because running it changes it."""
        self.check()
        return self._built.pop()
