"""The champions of an evolution: what they are, and how they act."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import RunFolderError, UsageError
from evo.kinds.evolution import champion
from evo.kinds.evolution.solution import solution
from evo.networks.flat import Networks
from evo.problems.episodes import Actor, episode_seeds
from evo.problems.spaces import Acts, Senses, from_plain
from evo.runs.folder import RunFolder
from evo.runs.result import Result


class EvolutionResult(Result):
    """An evolution and its champions, the foremost one first.

    All of it is in champion.json: acting needs neither the problem nor its environment.
    """

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder)
        self._actors: list[Actor] = []

    @cached_property
    def individuals(self) -> list[dict[str, Any]]:
        """What champion.json says of each champion: its validation, genome and description.

        Raises `RunFolderError` if the run has no champion yet.
        """
        content = champion.read(self.path)
        if not content:
            raise RunFolderError(
                f"{self.path} has no champion yet: it is {self.folder.state()}",
                f"evo resume {self.path}",
            )
        return content

    @cached_property
    def solutions(self) -> list[Any]:
        """What each champion is: a vector, a tour, an expression, `Networks` of one, a dict."""
        return [self._solution(each) for each in self.individuals]

    @property
    def best(self) -> Any:
        """What the foremost champion is, see `solutions`."""
        return self.solutions[0]

    @property
    def figures(self) -> Any:
        """What the foremost champion is worth on fresh seeds: a number, or one for each score."""
        return self.individuals[0]["validation"]["mean"]

    @property
    def genome(self) -> Any:
        """The genome of the foremost champion, as genomes of one."""
        population = champion.population(self.path)
        if population is None:
            raise RunFolderError(f"{self.path} has no champion yet", f"evo resume {self.path}")
        return population.take(np.array([0])).genomes

    @property
    def network(self) -> Networks:
        """The network of the foremost champion. Raises `UsageError` if it is none."""
        if not isinstance(self.best, Networks):
            raise UsageError(
                f"the champion in {self.path} is no network", "see what it is: .best, .genome"
            )
        return self.best

    @property
    def seeds(self) -> NDArray[np.uint64]:
        """With which seeds `env.reset` began the episodes that validated the foremost champion."""
        seeds = self.individuals[0]["seeds"]
        return np.array([episode_seeds(int(seed), 1)[0] for seed in seeds], np.uint64)

    def act(self, observation: Any) -> Any:
        """The champion's action upon an observation of its environment, as the environment has it.

        A recurrent network remembers what it saw since `reset`.

        Raises:
            UsageError: the champion does not act in an environment.
            CannotAct: the network's outputs are not numbers.
        """
        return self._actor(0)(observation)

    def reset(self) -> None:
        """Let a new episode begin: a recurrent network forgets."""
        for actor in self._actors:
            actor.start(0)

    def predict(
        self,
        inputs: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
        **options: Any,
    ) -> tuple[Any, None]:
        """The champion's action, with the signature of Stable-Baselines3's `predict`.

        Args:
            inputs: an observation, or an array of one for each of several environments.
            state: not used; a recurrent network keeps its memory itself.
            episode_start: whether an episode begins, for each environment.
            deterministic: not used; networks always are.
            options: none; a further one is an error.

        Returns:
            The action, or an array of one for each environment; and None.
        """
        senses, _ = self._connections
        shape = np.shape(inputs)
        if len(shape) == len(senses.shape):
            if episode_start is not None and np.any(episode_start):
                self._actor(0).start(0)
            return self._actor(0)(inputs), None
        starts = np.zeros(shape[0], bool) if episode_start is None else np.asarray(episode_start)
        actions = []
        for number, (seen, start) in enumerate(zip(inputs, starts, strict=True)):
            if start:
                self._actor(number).start(0)
            actions.append(self._actor(number)(seen))
        return np.array(actions), None

    @cached_property
    def _connections(self) -> tuple[Senses, Acts]:
        content = champion.connections(self.path)
        if content is None:
            raise UsageError(
                f"the champion in {self.path} acts in no environment", "its solution is .best"
            )
        if "learns_by" in content:
            raise UsageError(
                f"the champion in {self.path} learns while it acts, by {content['learns_by']}, and "
                "act() and predict() do not let it learn",
                f"evo replay {self.path} lets it learn and act",
            )
        try:
            senses, acts = from_plain(content)
            shape = self.network.inputs, self.network.outputs
            if shape != (senses.size, acts.size):
                raise ValueError(f"a network of {shape} inputs and outputs does not fit")
        except (KeyError, TypeError, ValueError) as error:
            raise RunFolderError(
                f"{self.path / champion.NAME} is damaged: connections: {error}"
            ) from None
        return senses, acts

    def _actor(self, number: int) -> Actor:
        """The champion in environment `number`, with a memory of its own."""
        connections = self._connections
        while len(self._actors) <= number:
            self._actors.append(Actor(self.network, *connections))
        return self._actors[number]

    def _solution(self, individual: Mapping[str, Any]) -> Any:
        try:
            return solution(champion.description(self.path, individual))
        except ValueError as error:
            raise RunFolderError(f"{self.path / champion.NAME} is damaged: {error}") from None
