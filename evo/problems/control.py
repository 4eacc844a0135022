"""Control tasks: a network acts in a Gymnasium environment and is worth its return.

Tasks run in one of two ways, with the same result bit for bit: through Gymnasium itself, or, where
compiled dynamics are registered with `evo_envs`, in one kernel that steps environment and network
together.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from evo_envs import COMPILED, load_compiled
from gymnasium import spaces
from numpy.typing import NDArray
from pydantic import Field, field_validator

from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.networks.plasticity_kernels import RIGID, Plasticity
from evo.phenotype import Network
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.problems.changes import STRETCHES, Kind, Rewards, changes_of, mean_rewards
from evo.problems.environments import (
    UNLIMITED,
    Env,
    explained,
    import_environment,
    limit,
    make,
    own_limit,
)
from evo.problems.names import names_of
from evo.problems.spaces import acts, as_plain, senses
from evo.rng import Role, Streams
from evo.scores import Score
from evo.settings import Settings as BaseSettings

if TYPE_CHECKING:
    from evo.problems.episodes import Episode, Rollouts

Seeds = NDArray[np.uint64]
TEST_EPISODES = 100
"""Episodes, at least, of the test of a champion in a task that changes."""


class Settings(BaseSettings):
    """A control task, and how often and how long it is tried."""

    id: str = Field(min_length=1, description="Gymnasium id, such as CartPole-v1, or module:id")
    backend: Literal["auto", "compiled", "gymnasium"] = Field(
        "auto",
        description="what steps the environment; auto takes compiled dynamics where there are any",
    )
    episodes: int = Field(
        5, ge=1, le=100_000, description="episodes per evaluation; fitness is their mean return"
    )
    max_steps: int | None = Field(
        None,
        ge=1,
        le=100_000_000,
        description="steps at most per episode; the task's own limit if not set",
    )
    common_random_numbers: bool = Field(
        True, description="whether all individuals of a generation start in the same states"
    )
    scale_observations: Literal["bounds", "none"] = Field(
        "bounds", description="bounds: components with finite bounds are mapped to -1 … 1"
    )
    kwargs: dict[str, Any] = Field(
        default_factory=dict, description="further arguments of gymnasium.make"
    )
    change: Kind = Field(
        "none",
        description="what happens within each episode: actions act the other way round, or one "
        "number of an action or of an observation is lost",
    )
    change_between: tuple[float, float] = Field(
        (0.4, 0.6),
        description="shares of the step limit between which the step of the change is drawn, from "
        "0.25 to 0.75",
    )

    @field_validator("change_between")
    @classmethod
    def _in_the_middle(cls, between: tuple[float, float]) -> tuple[float, float]:
        """There is a quarter of the episode before the change, and one after it."""
        if not 0.25 <= between[0] <= between[1] <= 0.75:
            raise ValueError("must be two numbers from 0.25 to 0.75, the smaller one first")
        return between


class Control(Problem):
    """Any Gymnasium environment with Box or Discrete observations and actions.

    Fitness is the mean return of some episodes. An environment may name its observations and
    actions by attributes `observation_names` and `action_names`, for pictures and reports.

    With `problem.change` the task changes within each episode, at a step drawn from its seed. The
    champion is then tested on fresh episodes, the same for every run. `before` is the mean reward
    per step in the quarter of the step limit that ends with the change, `after` that in the last
    quarter; steps after an early end count as rewards of 0. `recovered` is after / before, where
    before is above 0. Read all three: a network that cannot learn may be half right both times.

    Source: G. Brockman et al., OpenAI Gym, arXiv:1606.01540, 2016; M. Towers et al., Gymnasium,
    arXiv:2407.17032, 2024.
    """

    Settings = Settings
    noisy = True

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.settings: Settings = settings
        self._here = threading.local()
        self.plasticity: Callable[[Networks], Plasticity] | None = None
        self.gymnasium_id = import_environment(settings.id)
        env = self._env()
        self.common_random_numbers = settings.common_random_numbers
        threshold = None if env.spec is None else env.spec.reward_threshold
        self.scores = (Score("return", target=threshold),)
        self.max_steps = limit(env) or UNLIMITED
        self.senses = senses(env.observation_space, settings.id, settings.scale_observations)
        self.acts = acts(env.action_space, settings.id)
        self.needs = Network(self.senses.size, self.acts.size)
        self.changes = changes_of(
            settings.id,
            settings.change,
            settings.change_between,
            settings.max_steps or own_limit(self.gymnasium_id),
            self.senses,
            self.acts,
        )
        self.input_names, self.output_names = names_of(env)
        self.compiled_id = env.spec.id if env.spec is not None else ""
        self.compiled = settings.backend != "gymnasium" and self._compilable(env)
        if settings.backend == "compiled" and not self.compiled:
            raise UsageError(
                f"{settings.id}{' with kwargs' if settings.kwargs else ''} has no compiled "
                "dynamics",
                f"set problem.backend=auto; compiled: {', '.join(sorted(COMPILED))}",
            )

    def __reduce__(self) -> Any:
        return type(self), (self.settings,)

    def _compilable(self, env: Env) -> bool:
        seen, done = env.observation_space, env.action_space
        return (
            self.compiled_id in COMPILED
            and self._compiled_with(self.settings.kwargs)
            and isinstance(seen, spaces.Box)
            and seen.dtype == np.float32
            and (isinstance(done, spaces.Discrete) or done.dtype == np.float32)
        )

    def _compiled_with(self, arguments: Mapping[str, Any]) -> bool:
        """Whether the compiled dynamics are those of an environment with these arguments."""
        return not arguments or arguments.keys() <= load_compiled(self.compiled_id).arguments

    def _env(self) -> Env:
        """This thread's environment."""
        if not hasattr(self._here, "env"):
            self._here.env = make(
                self.gymnasium_id, self.settings.max_steps, kwargs=self.settings.kwargs
            )
        return self._here.env

    def _check(self, networks: Networks) -> None:
        shape = Network(networks.inputs, networks.outputs)
        if shape != self.needs:
            raise UsageError(
                f"{self.settings.id} got networks of another shape: {shape}",
                f"it needs {self.needs}",
            )

    @property
    def frames_per_second(self) -> float:
        """How fast what the environment renders is meant to be shown."""
        return float(self._env().metadata.get("render_fps", 30))

    def evaluate(self, phenotypes: Networks, seeds: Seeds) -> Evaluation:
        """Mean returns of n networks; network i starts its episodes as `seeds[i]` says.

        `spent["steps"]` counts all steps. Where the task changes, `results["before"]` and
        `results["after"]` are mean rewards per step. Plastic networks come back as they are after
        their last episodes.
        """
        self._check(phenotypes)
        rollouts = self._compiled if self.compiled else self._gymnasium
        returns, steps, rewards, errors, weights = rollouts(phenotypes, seeds)
        fitness, spent, results = _means(returns), {"steps": steps.sum(axis=1)}, {}
        if self.changes:
            for name, means in mean_rewards(rewards, self.max_steps).items():
                results[name] = np.where(np.isnan(fitness), np.nan, _means(means))
        learnt = None if self.plasticity is None else replace(phenotypes, weights=weights)
        return Evaluation(fitness, results, errors=errors, spent=spent, phenotypes=learnt)

    def test(self, phenotype: Networks) -> Mapping[str, Any] | None:
        """Mean rewards per step before and after the change, in episodes that no run uses.

        None where the task does not change, or the network fails.
        """
        if not self.changes:
            return None
        count = -(-TEST_EPISODES // self.settings.episodes)
        seeds = Streams(0).seeds(0, Role.TEST, count)
        found = [self.evaluate(phenotype, seeds[i : i + 1]).results for i in range(count)]
        figures = {
            name: float(np.mean([each[name][0] for each in found])) for name in ("before", "after")
        }
        if not all(math.isfinite(figure) for figure in figures.values()):
            return None
        if figures["before"] > 0:
            figures["recovered"] = figures["after"] / figures["before"]
        return {"figures": figures, "examples": count * self.settings.episodes}

    def with_plasticity(
        self,
        plasticity: Callable[[Networks], Plasticity],
        *,
        modulated: bool = False,
        inherited: bool = False,
    ) -> "Control":
        """The task for networks whose links change while they act, from birth in each episode."""
        other = type(self)(self.settings)
        other.plasticity = plasticity
        return other

    def _plasticity(self, networks: Networks) -> Plasticity:
        return RIGID if self.plasticity is None else self.plasticity(networks)

    def _gymnasium(self, networks: Networks, seeds: Seeds) -> "Rollouts":
        """Each episode in turn, in the real environment."""
        from evo.problems.episodes import Actor, Rollouts, episode_seeds, play

        shape = len(networks), self.settings.episodes
        returns, steps, errors = np.full(shape, np.nan), np.zeros(shape, np.int64), {}
        sums = np.zeros((*shape, STRETCHES))
        actor = Actor(networks, self.senses, self.acts, self._plasticity(networks))
        for row, seed in enumerate(seeds):
            for k, first in enumerate(episode_seeds(seed, self.settings.episodes)):
                change = self.changes.drawn(first)
                rewards = Rewards(change, self.max_steps)
                on_step = rewards if self.changes else None
                actor.start(row, change)
                try:
                    episode = play(self._env(), actor, first, on_step=on_step)
                except Exception as failure:
                    # What an environment raises costs the network that brought it there, and the
                    # environment.
                    self._here.__dict__.clear()
                    errors[row] = f"{type(failure).__name__}: {failure}"
                    break
                returns[row, k], steps[row, k] = episode.total, episode.steps
                sums[row, k] = rewards.sums
                if episode.error is not None:
                    errors[row] = episode.error
                    break
        return Rollouts(returns, steps, sums, errors, actor.columns.weights)

    def _compiled(self, networks: Networks, seeds: Seeds) -> "Rollouts":
        """All episodes in one kernel."""
        from evo.problems.compiled_episodes import rollouts

        dynamics = load_compiled(self.compiled_id)
        return rollouts(
            networks,
            self._plasticity(networks),
            seeds,
            self._env(),
            dynamics,
            self.senses,
            self.acts,
            self.changes,
            self.settings.episodes,
            self.max_steps,
        )

    def connections(self) -> dict[str, Any] | None:
        return as_plain(self.senses, self.acts)

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network, with the names of its inputs and outputs where the environment has names."""
        named = {"input_names": self.input_names, "output_names": self.output_names}
        return super().describe(phenotypes, row) | {
            key: names for key, names in named.items() if names is not None
        }

    def recording(self, phenotype: Networks, seed: int) -> dict[str, Any] | None:
        """One episode in the real environment, step by step, as plain data; None if it failed."""
        from evo.problems.episodes import episode_seeds
        from evo.problems.recordings import Recorder

        env = self._env()
        recorder = Recorder(env.observation_space, env.action_space)
        episode = self.episode(phenotype, seed, on_step=recorder)
        if episode.error is not None:
            return None
        named = recorder.description(seed, episode.total, self.input_names, self.output_names)
        if not self.changes:
            return named
        change = self.changes.drawn(episode_seeds(seed, 1)[0])
        return named | {"change": {"kind": self.settings.change, "step": change.step}}

    def validate(self, phenotype: Networks, seeds: Seeds) -> Floats:
        """`(len(seeds),)` returns of one network, one episode per seed, in the real environment.

        NaN where it failed.
        """
        return np.array([self.episode(phenotype, int(seed)).total for seed in seeds])

    def episode(
        self,
        phenotype: Networks,
        seed: int,
        render_mode: str | None = None,
        on_frame: Callable[[Any], None] | None = None,
        on_step: Callable[[Any, Any, float], None] | None = None,
    ) -> "Episode":
        """Play one episode of one network in the real environment.

        Args:
            phenotype: the network.
            seed: where the episode starts.
            render_mode: "rgb_array", "human" …; None for an episode that nobody watches.
            on_frame: with a `render_mode`, gets what the environment renders, before the first and
                after every step.
            on_step: gets what was observed, the action that followed, and its reward.

        Returns:
            Return and steps of the episode, or why it failed.

        Raises:
            UsageError: the network does not fit the task, or the environment cannot be rendered.
            MissingExtra: what draws is not installed.
        """
        from evo.problems.episodes import Actor, Episode, episode_seeds, play

        self._check(phenotype)
        plasticity = self._plasticity(phenotype)
        actor = Actor(phenotype, self.senses, self.acts, plasticity)
        first = episode_seeds(seed, 1)[0]
        actor.start(0, self.changes.drawn(first))
        if render_mode is None:
            try:
                return play(self._env(), actor, first, on_step=on_step)
            except Exception as failure:
                self._here.__dict__.clear()
                return Episode(float("nan"), 0, f"{type(failure).__name__}: {failure}")
        env = make(self.gymnasium_id, self.settings.max_steps, render_mode, self.settings.kwargs)
        try:
            return play(env, actor, first, on_frame, on_step)
        except Exception as failure:
            raise explained(self.settings.id, failure) from failure
        finally:
            env.close()


def _means(columns: Floats) -> Floats:
    """`(n,)` means of the rows of `(n, k)` numbers.

    Added up one column after the other, so that no row depends on how many rows there are.
    """
    total = np.zeros(len(columns))
    for column in columns.T:
        total += column
    return total / columns.shape[1]
