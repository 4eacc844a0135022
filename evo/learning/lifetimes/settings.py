"""The settings of lifetimes: how individuals learn, and what of it is inherited."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, create_model, field_validator, model_validator

from evo import own_code, registry
from evo.errors import UsageError
from evo.learning.losses import LOSSES
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

AUTO = "auto"
STEPS = 20
"""Steps of learning where neither steps nor samples are given."""
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """How individuals learn, and what of it is inherited; and the settings of the rule."""

    rule: Annotated[str, one_of("rule", registry.LIFETIME_RULES, own=True)] = Field(
        "bp", description="the learning rule, whose settings stand in this section too"
    )
    steps: int | None = Field(
        None,
        ge=0,
        le=1_000_000,
        description=f"steps of learning in a life; none: as many as samples fill, or {STEPS}. "
        "Seconds are no limit of it: a run would differ from machine to machine",
    )
    samples: int | None = Field(
        None,
        ge=1,
        le=1_000_000_000,
        description="lessons in a life, each time counted, in place of steps: as many steps as "
        "whole batches of them",
    )
    batch: int | None = Field(
        None, ge=1, description="lessons of a step, in a new order each time; none: all of them"
    )
    learning_rate: float = Field(0.2, gt=0, description="of gradient descent")
    momentum: float = Field(0.0, ge=0, lt=1, description="of gradient descent")
    loss: Annotated[str, one_of("loss", (AUTO, *LOSSES))] = Field(
        AUTO, description="what outputs are judged by while they learn; auto: what the lessons say"
    )
    inherit: Literal["darwin", "afterwards", "baldwin", "lamarck"] | Share = Field(
        "lamarck",
        description="darwin: nobody learns; afterwards: the champion alone does, before it is "
        "judged; baldwin: learning counts for the score; lamarck: what is learnt goes back into "
        "the genome too; a number: that share of it does",
    )
    start: Literal["genome", "random"] = Field(
        "genome",
        description="weights that a life starts from: those of the genome; or random ones, drawn "
        "anew for each life, so that nothing but the topology is inherited",
    )
    innate: bool = Field(
        False,
        description="whether individuals are scored as they are born too; figures innate_mean and "
        "innate_best",
    )
    evolve: tuple[str, ...] = Field(
        (),
        description="settings of this section whose values each genome carries, such as "
        "learning_rate; feedback: the entries of feedback weights, of fa, frsf and dfa",
    )

    @field_validator("evolve", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Names that were typed as an option are text, with commas between."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(","))
        return value

    @field_validator("inherit", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        """A share that was typed as an option is text."""
        try:
            return float(value)
        except (TypeError, ValueError):
            return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Refuse settings that contradict each other."""
        if self.steps is not None and self.samples is not None:
            raise ValueError("steps and samples both say how long a life is; leave one of them out")
        if self.judged_after_learning and self.steps == 0:
            raise ValueError("nobody learns in 0 steps; set inherit=darwin, or steps=1 or more")
        if self.start == "random" and self.share > 0:
            raise ValueError(
                f"start = random: what is learnt would go back into weights that no life starts "
                f"from; set inherit to baldwin or afterwards, not {self.inherit}"
            )
        if self.inherit == "afterwards" and self.evolve:
            raise ValueError(
                "inherit = afterwards: evolution sees nothing of what is learnt, and cannot find "
                f"{', '.join(self.evolve)}; leave evolve out, or set inherit = baldwin"
            )
        if self.rule in registry.PLASTICITIES:
            self._check_plasticity()
        return self

    def _check_plasticity(self) -> None:
        """Raise `ValueError` where a setting has no meaning for networks that learn as they act."""
        if self.inherit == "afterwards" or self.start == "random":
            setting = "inherit = afterwards" if self.inherit == "afterwards" else "start = random"
            raise ValueError(
                f"{setting} is for rules that learn from lessons ({', '.join(registry.RULES)}); "
                f"by {self.rule} networks learn while they are scored"
            )

    @property
    def learns(self) -> bool:
        """Whether individuals learn before they are scored."""
        return self.inherit not in ("darwin", "afterwards")

    @property
    def judged_after_learning(self) -> bool:
        """Whether a champion learns before it is judged."""
        return self.inherit != "darwin"

    def steps_of(self, lessons: int) -> int:
        """The steps of a life where there are so many lessons.

        Raises:
            UsageError: `samples` are fewer than the lessons of one step.
        """
        if self.samples is None:
            return STEPS if self.steps is None else self.steps
        batch = lessons if self.batch is None else min(self.batch, lessons)
        if self.samples < batch:
            raise UsageError(
                f"lifetime.samples = {self.samples}: a step takes {batch} lessons",
                f"set lifetime.samples to {batch} or more, or lifetime.batch to fewer lessons",
            )
        return self.samples // batch

    @property
    def share(self) -> float:
        """How much of what is learnt is inherited, from 0 to 1."""
        if isinstance(self.inherit, str):
            return 1.0 if self.inherit == "lamarck" else 0.0
        return self.inherit


def settings_for(values: Mapping[str, Any]) -> type[Settings]:
    """`Settings` with those of the rule that `values` name, if there is such a rule."""
    rule = str(values.get("rule", "bp"))
    if rule not in registry.LIFETIME_RULES and not own_code.is_own(rule):
        return Settings
    return _joined(rule_of(rule).Settings)


def rule_of(name: str) -> Any:
    """The class of a rule: a learning rule, or a plasticity."""
    if name in registry.PLASTICITIES:
        return registry.resolve(registry.PLASTICITIES[name])
    return registry.load(registry.RULES, "rule", name, Rule)


@cache
def _joined(rule: type[BaseSettings]) -> type[Settings]:
    own = {name: (field.annotation, field) for name, field in rule.model_fields.items()}
    if shared := sorted(own.keys() & Settings.model_fields.keys()):
        raise UsageError(
            f"a rule has settings called {', '.join(shared)}, which a lifetime has too",
            "give those of the rule other names",
        )
    if not own:
        return Settings
    fields: Any = own
    joined: Any = create_model(
        "Settings", __base__=(Settings, rule), __doc__=Settings.__doc__, **fields
    )
    return joined


def of_rule(settings: Settings, kind: Any) -> BaseSettings:
    """The settings of the rule among those of a lifetime."""
    given = settings.model_dump()
    return kind.Settings(**{k: given[k] for k in kind.Settings.model_fields if k in given})
