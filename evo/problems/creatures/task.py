"""What all tasks of creatures have in common: bodies and brains live, and are measured."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self, get_args

import numpy as np
from evo_envs.creatures.film import Film
from evo_envs.creatures.sources import body_from
from evo_envs.creatures.stage import AnyBody
from evo_envs.creatures.worlds import World, WorldKind
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.genomes.bodies.creatures import Creatures
from evo.networks.brains.columns import Brain
from evo.networks.flat import Networks
from evo.networks.plasticity_kernels import Plasticity
from evo.population import VIOLATION, Evaluation, Floats
from evo.problems.base import Problem
from evo.problems.creatures.brains import (
    chosen,
    needed,
    of_vector,
    wired_copies,
    wired_whole,
)
from evo.problems.creatures.guards import NAMES, NO_LIMITS, Limits, broken, used, violation
from evo.problems.creatures.life import Life, Lives, film
from evo.problems.creatures.settings import BodySettings, BrainSettings, Settings
from evo.problems.creatures.shapes import DESCRIPTORS, described
from evo.scores import Descriptor, Score
from evo.settings import Settings as BaseSettings
from evo.settings import settings_of

Seeds = NDArray[np.uint64]
GUARD = "guard"
"""The result that says which guard a creature breaks: its number in `NAMES`, -1 for none."""


class Account:
    """What an evaluation tells of each creature beside its fitness.

    Args:
        n: how many creatures there are.
    """

    def __init__(self, n: int) -> None:
        self.results = {name: np.zeros(n) for name in ("power", *DESCRIPTORS, VIOLATION)}
        self.results[GUARD] = np.full(n, -1)
        self.seconds, self.errors = np.zeros(n), dict[int, str]()

    def enter(self, row: int, body: AnyBody, seconds: float) -> None:
        """Enter the body of creature `row`, and for how many seconds it lived."""
        for name, value in described(body).items():
            self.results[name][row] = value
        self.seconds[row] = seconds

    def refuse(self, row: int, guard: str, share: float) -> None:
        """Enter the guard that creature `row` breaks, having lived for a share of its time."""
        self.results[GUARD][row] = NAMES.index(guard)
        self.results[VIOLATION][row] = violation(guard, share)
        self.errors[row] = guard

    def evaluation(self, fitness: Floats) -> Evaluation:
        """All of it, with the fitness."""
        spent = {"seconds": np.ceil(self.seconds).astype(np.int64)}
        return Evaluation(fitness, self.results, errors=self.errors, spent=spent)


class CreatureTask(Problem):
    """A task of creatures, each of which has a body and a brain.

    Args:
        settings: of its class `Settings`; None for the defaults.
        body, brain: of `BodySettings` and `BrainSettings`; None for the defaults.
    """

    Settings = Settings
    Sections: ClassVar[Mapping[str, type[BaseSettings]]] = {
        "body": BodySettings,
        "brain": BrainSettings,
    }
    settings: Any
    noisy = True
    compiled = True
    lengthy = True
    common_random_numbers = True
    figure: ClassVar[Score]
    """What is to be improved, as people read it."""
    upright: ClassVar[bool] = True
    """Whether a creature must not tumble."""
    lasting: ClassVar[bool] = True
    """Whether a life of three times the length has three times the figure."""
    targets: ClassVar[int] = 0
    """How many things it sees the direction to."""

    def __init__(self, settings: Any = None, body: Any = None, brain: Any = None) -> None:
        super().__init__(settings)
        self.body_settings = settings_of(BodySettings, body, "body")
        self.brain_settings = settings_of(BrainSettings, brain, "brain")
        self.body = _read(self.body_settings.file) if self.body_settings.file else None
        self.brain = chosen(self.brain_settings.kind, self.body is not None, self.targets)
        if self.body is not None and self.brain == "neurons":
            raise UsageError(
                "brain.kind=neurons grows with the body, and this body is given",
                "brains for it: neat, ctrnn, sine, cpg",
            )
        self.plasticity: Callable[[Networks], Plasticity] | None = None
        self.needs = needed(self.brain, self.body, self.targets)
        self.scores = (self.figure,)
        if self.settings.objectives == "score-and-power":
            self.scores = (self.figure, Score("power", minimise=True, reference=30.0))
        self.descriptors = tuple(
            Descriptor(name, *DESCRIPTORS[name]) for name in self.settings.descriptors
        )
        self.limits = Limits(
            self.settings.top_speed,
            self.settings.power,
            tilt=60.0 if self.upright else 180.0,
        )

    def __reduce__(self) -> Any:
        return type(self), (self.settings, self.body_settings, self.brain_settings)

    @property
    @abstractmethod
    def world(self) -> World:
        """Where creatures live."""

    def world_of(self, kind: str) -> World:
        """Another world than that of the task, with this task's settings where it has them.

        Raises:
            UsageError: there is no such world.
        """
        if kind not in get_args(WorldKind):
            worlds = ", ".join(get_args(WorldKind))
            raise UsageError(f"there is no world {kind!r}", f"worlds: {worlds}")
        return replace(self.world, kind=kind)  # pyright: ignore[reportArgumentType]

    @abstractmethod
    def worth(self, life: Life, targets: Floats) -> float:
        """The figure of one complete life."""

    def targets_of(self, rng: np.random.Generator, number: int) -> Floats:
        """`(targets, 3)` places of what a creature sees in life `number` of an evaluation."""
        return np.zeros((self.targets, 3))

    @property
    def guarded(self) -> bool:
        """Whether cheats are refused."""
        return self.settings.guards == "strict"

    @property
    def feels(self) -> bool:
        """Whether creatures feel contacts: oscillators do not heed them."""
        return self.brain not in ("sine", "cpg")

    def creature(self, phenotypes: Any, row: int) -> tuple[AnyBody, Brain]:
        """Body and brain of phenotype `row`."""
        if self.body is not None:
            if isinstance(phenotypes, Networks):
                network = phenotypes.take(slice(row, row + 1))
                return self.body, self._plastic(wired_whole(network, self.body, self.targets))
            return self.body, of_vector(phenotypes[row], self.body, self.targets, self.brain)
        if isinstance(phenotypes, Mapping):
            body = phenotypes["body"].growths[row].body
            network = phenotypes["brain"].take(slice(row, row + 1))
            return body, self._plastic(wired_copies(network, body, self.targets))
        brain = phenotypes.brains[row]
        assert brain is not None
        return phenotypes.growths[row].body, brain

    def _plastic(self, brain: Brain) -> Brain:
        """The brain with links that change, where they do."""
        return replace(brain, plasticity=self.plasticity)

    def with_plasticity(
        self,
        plasticity: Callable[[Networks], Plasticity],
        *,
        modulated: bool = False,
        inherited: bool = False,
    ) -> Self:
        """The task for networks whose links change while creatures live, from birth in each life.

        Each copy of a network learns by itself.

        Raises:
            UsageError: a reward is to modulate the changes, or what is learnt to be inherited.
        """
        if modulated:
            raise UsageError(
                "lifetime.modulation: a creature gets no reward while it lives, but one figure "
                "for its life",
                "leave lifetime.modulation out",
            )
        if inherited:
            raise UsageError(
                "lifetime.inherit: creatures forget at death, since each part may have learnt "
                "something else",
                "set lifetime.inherit=baldwin",
            )
        task = self.with_settings()
        task.plasticity = plasticity
        return task

    def with_settings(self, **settings: Any) -> Self:
        """The same task, some settings of which are others."""
        changed = self.settings.model_copy(update=settings)
        task = type(self)(changed, self.body_settings, self.brain_settings)
        task.plasticity = self.plasticity
        return task

    def lives(
        self,
        body: AnyBody,
        brain: Brain,
        world: World | None = None,
        limits: Limits | None = None,
    ) -> Lives:
        """Lives of a creature.

        Args:
            body, brain: of the creature.
            world: where it lives; that of the task if none is given.
            limits: of the guards, where there are guards; those of the task if none are given.
        """
        watched = NO_LIMITS
        if self.guarded:
            watched = (limits or self.limits).array(body.mass)
        return Lives.of(
            body,
            brain,
            world or self.world,
            watched,
            rests=self.guarded,
            apart=self.guarded,
            touch=self.feels,
            patience=self.settings.patience,
        )

    def start(self, seed: int, body: AnyBody, number: int = 0) -> tuple[Floats, Floats]:
        """How a life begins: speeds of its joints, and places of what is seen.

        Args:
            seed: of the evaluation.
            body: of the creature.
            number: of the life within the evaluation.
        """
        rng = np.random.default_rng(np.random.SeedSequence([int(seed), number]))
        targets = self.targets_of(rng, number)
        return self.settings.kick * rng.standard_normal(body.degrees_of_freedom), targets

    def evaluate(self, phenotypes: Any, seeds: Seeds) -> Evaluation:
        """Mean figures of n creatures; creature i begins its lives as `seeds[i]` says.

        `results` has the power in W/kg, the descriptors, the guard that is broken (-1 for none),
        which `errors` names, and the violation. `spent["seconds"]` are seconds of life.
        """
        fitness, account = np.full((len(seeds), len(self.scores)), np.nan), Account(len(seeds))
        for row, seed in enumerate(seeds):
            body, brain = self.creature(phenotypes, row)
            guard, share, figures, power, lived = self._lived(body, brain, int(seed))
            account.enter(row, body, lived)
            account.results["power"][row] = power
            if guard is not None:
                account.refuse(row, guard, share)
                continue
            fitness[row, 0] = self.figure.figure(float(np.mean(figures)))
            if len(self.scores) > 1:
                fitness[row, 1] = -power
        worth = fitness[:, 0] if len(self.scores) == 1 else fitness
        return account.evaluation(worth)

    def _lived(
        self, body: AnyBody, brain: Brain, seed: int
    ) -> tuple[str | None, float, Sequence[float], float, float]:
        """The guard that was broken, the share lived, figures, power in W/kg, seconds of life."""
        if self.guarded and not body.degrees_of_freedom:
            return "joints", 0.0, (), 0.0, 0.0
        lives = self.lives(body, brain)
        figures, effort, lived = [], 0.0, 0.0
        for k in range(self.settings.starts):
            kick, targets = self.start(seed, body, k)
            life = lives.live(self.settings.seconds, kick, targets)
            lived += self.settings.seconds * life.share
            if self.guarded and (guard := broken(life, self.limits)):
                return guard, life.share, (), 0.0, lived
            if not np.isfinite(life.track).all():
                return "finite", life.share, (), 0.0, lived
            figures.append(self.worth(life, targets))
            effort += used(life) / (self.settings.seconds * life.mass)
        return None, 1.0, figures, effort / self.settings.starts, lived

    def film(
        self,
        phenotype: Any,
        seed: int,
        title: str = "",
        world: World | None = None,
        number: int = 0,
        every: int = 2,
    ) -> Film:
        """A film of one life of a batch of one creature.

        Args:
            phenotype: the batch.
            seed: of the evaluation.
            title: what is seen; "" for what the creature did.
            world: another one than that of the task.
            number: of the life within the evaluation.
            every: of so many decisions one becomes a frame.
        """
        body, brain = self.creature(phenotype, 0)
        kick, targets = self.start(seed, body, number)
        lives = self.lives(body, brain, world)
        life = lives.live(self.settings.seconds, kick, targets, filmed=True)
        if life.complete:
            words = self.in_words(self.worth(life, targets))
        else:
            words = f"breaks the guard {broken(life, self.limits)}"
        told = title or f"{words}, {len(body.parts)} parts"
        scenery = self.scenery(life, targets, every)
        return film(told, life, body, lives.stage.world, every, **scenery)

    def scenery(self, life: Life, targets: Floats, every: int) -> dict[str, Any]:
        """What else is to be seen in a film of every so many decisions of a life; see `Film`."""
        return {}

    def told(self, figure: Any, results: Mapping[str, Any]) -> str | None:
        if len(self.scores) > 1:
            return None
        return f"{self.in_words(figure)}, {int(results['parts'])} parts"

    def recording(self, phenotype: Any, seed: int) -> dict[str, Any]:
        """A film of a life of a batch of one creature, as plain data."""
        film = self.film(phenotype, seed)
        return film.describe() | {"seed": int(seed), "steps": len(film.poses)}

    @abstractmethod
    def in_words(self, figure: float) -> str:
        """What a figure means: "walks 3.2 m"."""

    def describe(self, phenotypes: Any, row: int = 0) -> dict[str, Any]:
        """The creature with its body; a network beside it where that is its brain."""
        if isinstance(phenotypes, Creatures):
            return phenotypes.describe(row)
        return super().describe(phenotypes, row)


def _read(path: str) -> AnyBody:
    """The body in a file. Raises `UsageError` if there is none."""
    try:
        return body_from(path)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"body.file = {path!r} cannot be read: {error}",
            "a body is what champion.json of evo run creatures … has, or what evo export writes; "
            "or the first body of an MJCF file, which ends in .xml",
        ) from None
