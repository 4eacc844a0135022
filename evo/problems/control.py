"""Control tasks: a network acts in a Gymnasium environment and is worth its return.

Tasks run in one of two ways, with the same result bit for bit: through Gymnasium itself, or, where
compiled dynamics are registered with `evo_envs`, in one kernel that steps environment and network
together.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from evo_envs import COMPILED, load_compiled
from gymnasium import spaces
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.problems.environments import (
    UNLIMITED,
    Env,
    explained,
    import_environment,
    limit,
    make,
)
from evo.problems.names import names_of
from evo.problems.spaces import acts, as_plain, senses
from evo.scores import Score
from evo.settings import Settings as BaseSettings

if TYPE_CHECKING:
    from evo.problems.episodes import Episode, Rollouts

Seeds = NDArray[np.uint64]


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


class Control(Problem):
    """Any Gymnasium environment with Box or Discrete observations and actions.

    Fitness is the mean return of some episodes. An environment may name its observations and
    actions by attributes `observation_names` and `action_names`, for pictures and reports.

    Source: G. Brockman et al., OpenAI Gym, arXiv:1606.01540, 2016; M. Towers et al., Gymnasium,
    arXiv:2407.17032, 2024.
    """

    Settings = Settings
    noisy = True

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.settings: Settings = settings
        self._here = threading.local()
        self.gymnasium_id = import_environment(settings.id)
        env = self._env()
        self.common_random_numbers = settings.common_random_numbers
        threshold = None if env.spec is None else env.spec.reward_threshold
        self.scores = (Score("return", target=threshold),)
        self.max_steps = limit(env) or UNLIMITED
        self.senses = senses(env.observation_space, settings.id, settings.scale_observations)
        self.acts = acts(env.action_space, settings.id)
        self.needs = Network(self.senses.size, self.acts.size)
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
            and not self.settings.kwargs
            and isinstance(seen, spaces.Box)
            and seen.dtype == np.float32
            and (isinstance(done, spaces.Discrete) or done.dtype == np.float32)
        )

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

        `spent["steps"]` counts all steps.
        """
        self._check(phenotypes)
        rollouts = self._compiled if self.compiled else self._gymnasium
        returns, steps, errors = rollouts(phenotypes, seeds)
        # One column after the other, so that the sum of a row cannot depend on how many rows there
        # are.
        total = np.zeros(len(phenotypes))
        for column in returns.T:
            total += column
        fitness, spent = total / self.settings.episodes, {"steps": steps.sum(axis=1)}
        return Evaluation(fitness, errors=errors, spent=spent)

    def _gymnasium(self, networks: Networks, seeds: Seeds) -> "Rollouts":
        """Each episode in turn, in the real environment."""
        from evo.problems.episodes import Actor, episode_seeds, play

        shape = len(networks), self.settings.episodes
        returns, steps, errors = np.full(shape, np.nan), np.zeros(shape, np.int64), {}
        actor = Actor(networks, self.senses, self.acts)
        for row, seed in enumerate(seeds):
            for k, first in enumerate(episode_seeds(seed, self.settings.episodes)):
                actor.start(row)
                try:
                    episode = play(self._env(), actor, first)
                except Exception as failure:
                    # What an environment raises costs the network that brought it there, and the
                    # environment.
                    self._here.__dict__.clear()
                    errors[row] = f"{type(failure).__name__}: {failure}"
                    break
                returns[row, k], steps[row, k] = episode.total, episode.steps
                if episode.error is not None:
                    errors[row] = episode.error
                    break
        return returns, steps, errors

    def _compiled(self, networks: Networks, seeds: Seeds) -> "Rollouts":
        """All episodes in one kernel."""
        from evo.problems.compiled_episodes import rollouts

        dynamics = load_compiled(self.compiled_id)
        return rollouts(
            networks,
            seeds,
            self._env(),
            dynamics,
            self.senses,
            self.acts,
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
        from evo.problems.recordings import Recorder

        env = self._env()
        recorder = Recorder(env.observation_space, env.action_space)
        episode = self.episode(phenotype, seed, on_step=recorder)
        if episode.error is not None:
            return None
        return recorder.description(seed, episode.total, self.input_names, self.output_names)

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
        actor, first = Actor(phenotype, self.senses, self.acts), episode_seeds(seed, 1)[0]
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
