"""What a learning left behind: the network, and what it predicts."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import EvoError, RunFolderError, UsageError
from evo.kinds.learning.schemas import NetworkFile
from evo.registry import RULES
from evo.runs.result import Result
from evo.runs.schemas import checked
from evo.runs.strict_json import read_json

if TYPE_CHECKING:
    from torch import nn

    from evo.learning.rules.base import Rule

NAME = "network.json"
WEIGHTS = "network.npz"


class LearningResult(Result):
    """A learning and the network that it kept.

    With `patience` that is the best by validation, else the last.
    """

    @property
    def network(self) -> "nn.Module":
        """The network as a torch module, in evaluation mode."""
        return self._rule.network

    @property
    def best(self) -> "nn.Module":
        """The network, see `network`."""
        return self.network

    def predict(self, inputs: Any) -> NDArray[Any]:
        """The class of each input, int64; of a regression its numbers, `(n,)` or `(n, m)`.

        Args:
            inputs: `(n, …)`, scaled as the examples of the data are: uint8 stands for shares of
                255. What the run standardised is standardised here too.

        Raises:
            UsageError: the inputs have another shape than the network takes.
        """
        numbers, given = self._form["numbers"], self.outputs(inputs)
        if not numbers:
            return given.argmax(axis=-1)
        return given[:, 0] if numbers == 1 else given

    def outputs(self, inputs: Any) -> NDArray[Any]:
        """The outputs of the network `(n, outputs)`, see `predict`.

        Those of a regression are in the unit of the targets.
        """
        from evo.learning.trained import outputs

        form, given = self._form, np.asarray(inputs)
        shape = tuple(form["shape"])
        if given.shape[1:] != shape:
            raise UsageError(
                f"inputs of shape {given.shape} are not (n, {', '.join(map(str, shape))})",
                "a single input x is predicted by predict(x[None])[0]",
            )
        scaled = given / 255 if given.dtype == np.uint8 else given
        moved = (scaled - np.array(form["mean"])) / np.array(form["deviation"])
        given = outputs(self._rule, moved.reshape(len(moved), -1) if form["flat"] else moved)
        if not form["numbers"]:
            return given
        return given * np.array(form["target_deviation"]) + np.array(form["target_mean"])

    @cached_property
    def _form(self) -> dict[str, Any]:
        path = self.path / NAME
        if not path.exists():
            raise RunFolderError(
                f"{self.path} has no network yet: it is {self.folder.state()}",
                f"evo resume {self.path}",
            )
        return checked(read_json(path), NetworkFile, path)

    @cached_property
    def _rule(self) -> "Rule":
        """The rule with its network, which predicts.

        In place of a rule of the user's own, whose code is not imported, it is backpropagation.
        """
        from evo.data import Form
        from evo.learning.trained import trained

        form, settings = self._form, self.settings
        name = settings["rule"].pop("name")
        known = name in RULES
        if not known and form["settles"]:
            raise UsageError(
                f"{name} predicts by code of its own, which is not imported here",
                "build it with evo.learning.trained.trained",
            )
        if form["settles"] and form.get("own_weights"):
            raise UsageError(
                f"{name} settles by weights of its own beside the network's, which a run does not "
                "keep",
                "learn with rule.weights=symmetric",
            )
        path = self.path / WEIGHTS
        try:
            return trained(
                name if known else "bp",
                settings["rule"] if known else {},
                settings.get("network", {}),
                settings["run"],
                Form(
                    tuple(form["shape"]),
                    form["classes"],
                    form["numbers"],
                ),
                path,
            )
        except (OSError, ValueError, KeyError) as error:
            raise RunFolderError(f"{path} cannot be read: {error}") from None
        except EvoError as error:
            raise RunFolderError(f"{path}: {error.message}", error.hint) from None
