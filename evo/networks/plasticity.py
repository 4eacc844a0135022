"""Links change while a network acts, by the values at their two ends, perhaps by reward."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.networks.flat import Networks
from evo.networks.kernels import of_each
from evo.networks.plasticity_kernels import Plasticity
from evo.phenotype import Traits
from evo.settings import Settings as BaseSettings
from evo.settings import settings_of

COEFFICIENTS = ("a", "b", "c", "d")


class Settings(BaseSettings):
    """How links are plastic; A, B, C and D of each are carried by the genome, from -1 to 1."""

    of: Literal["network", "links"] = Field(
        "network",
        description="network: all links of a network share A, B, C and D; links: each has its own",
    )
    modulation: Literal["none", "reward"] = Field(
        "none",
        description="reward: changes are multiplied by how much better the reward is than its "
        "running mean",
    )
    trace: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="how much of what was to change a step ago still is; with modulation",
    )
    baseline: float = Field(
        0.1,
        ge=0,
        le=1,
        description="how fast the running mean follows the reward; 0: the reward itself counts",
    )
    weight_limit: float = Field(30.0, gt=0, description="greatest magnitude of a weight")


class ABCD:
    """Hebbian plasticity while a network acts: dw = eta (A x y + B x + C y + D).

    x is what a link reads, y the value of the node that it leads to. Evolution finds A, B, C and D;
    the weights of a life begin as those at birth. With `modulation = "reward"` the change is
    multiplied by the reward's difference to its running mean, and may wait in a trace.

    Source: E. Najarro, S. Risi, Meta-Learning through Hebbian Plasticity in Random Networks,
    NeurIPS 2020, equation 1; A. Soltoggio, K. O. Stanley, S. Risi, Born to learn, Neural Networks
    108, 2018, section 3, for modulation.
    """

    Settings: ClassVar[type[BaseSettings]] = Settings

    def __init__(self, settings: Any = None) -> None:
        self.settings: Any = settings_of(Settings, settings, "lifetime")

    @property
    def traits(self) -> Traits:
        """What networks have to carry for it."""
        if self.settings.of == "links":
            return Traits(link=COEFFICIENTS)
        return Traits(network=COEFFICIENTS)

    def plasticity(
        self, networks: Networks, rate: float, constants: Mapping[str, NDArray[np.float64]]
    ) -> Plasticity:
        """How n networks change; they carry `traits`, as the last of each kind.

        Args:
            networks: n of them.
            rate: eta, where it is not among `constants`.
            constants: `(n,)` values of settings that networks carry themselves, by name.
        """
        traits, n = networks.traits, len(networks)
        assert traits is not None
        if self.settings.of == "links":
            coefficients = traits.link[:, -4:]
        else:
            links = np.diff(networks.links[networks.nodes])
            coefficients = np.repeat(traits.network[:, -4:], links, axis=0)

        def each(name: str, otherwise: float) -> NDArray[np.float64]:
            return of_each(constants.get(name, otherwise), n)

        return Plasticity(
            plastic=True,
            modulated=self.settings.modulation == "reward",
            coefficients=np.require(coefficients, np.float64, ["C", "W"]),
            rate=each("learning_rate", rate),
            decay=each("trace", self.settings.trace),
            follow=each("baseline", self.settings.baseline),
            limit=float(self.settings.weight_limit),
            born=networks.weights.copy(),
            trace=np.zeros(len(networks.weights)),
            level=np.full(n, np.nan),
        )
