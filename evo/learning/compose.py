"""From names and settings to a training that is ready to run."""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import torch

from evo import data, registry
from evo.data import Data, DataSet, Form
from evo.errors import UsageError
from evo.learning import losses, optimisers
from evo.learning.losses import Loss
from evo.learning.networks import architectures
from evo.learning.networks.architectures import NetworkSettings
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.base import Rule
from evo.learning.training import VALIDATION, Training
from evo.rng import Role, Streams
from evo.settings import Settings, build
from evo.termination import Epochs, Termination

S = TypeVar("S", bound=Settings)
BOUND = ("tanh", "sigmoid", "hard-sigmoid", "clamp")
DEFAULTS: Mapping[str, Any] = MappingProxyType({})


def find_rule(name: str) -> type[Rule]:
    """The class behind a rule's name."""
    return registry.load(registry.RULES, "rule", name, Rule)


@dataclass(eq=False)
class TrainingParts:
    """The parts of a training, each of them valid by itself; `parts` puts them together.

    Attributes:
        rule: the class of the rule, and its settings.
        network: how the network is built.
        optimiser: which one, and how fast.
        data: what is learnt.
        loss: the name of what the outputs are judged by; None for that which suits the data.
        device: where the network is.
        dtype: float32 or float64.
        seed: of all that is drawn.
    """

    rule: tuple[type[Rule], Settings]
    network: NetworkSettings
    optimiser: OptimiserSettings
    data: Data
    loss: str | None
    device: torch.device
    dtype: torch.dtype
    seed: int
    _built: tuple[Form, Rule] | None = field(default=None, init=False, repr=False)

    def check(self) -> None:
        """Build the network and the rule, which the next `training` takes, without reading data.

        Data of one's own that has no `form` is checked when it is loaded.

        Raises:
            UsageError: rule, network, optimiser and data do not fit together.
        """
        form = self.data.form()
        if form is not None:
            learner = self._learner(form)
            optimisers.build_optimiser(self.optimiser, learner.network, learner.parameters())
            self._built = form, learner

    def training(
        self, *, epochs: int = 20, stop: Iterable[Termination] = (), **options: Any
    ) -> Training:
        """A training ready to run; each call gives one of its own.

        Args:
            epochs: after how many it ends.
            stop: further reasons to end.
            options: of `Training`.

        Raises:
            UsageError: the data cannot be had, or the parts do not fit together.
        """
        stop = list(stop)
        examples = self.data.load(Streams(self.seed).generator(0, Role.DATA)).standardised()
        self._check_validation(examples, stop, bool(options.get("keep_best")))
        built, self._built = self._built, None
        fits = built is not None and built[0] == examples.form
        learner = built[1] if built and fits else self._learner(examples.form)
        return Training(
            learner,
            examples.flattened() if takes_flat(self.network) else examples,
            self.optimiser,
            seed=self.seed,
            epochs=epochs,
            stop=[Epochs(epochs), *stop],
            device=self.device,
            **options,
        )

    def _check_validation(
        self, examples: DataSet, stop: Iterable[Termination], keep_best: bool
    ) -> None:
        """Raise `UsageError` where the end depends on validation examples and there are none."""
        needed = keep_best or any(getattr(each, "where", "") == VALIDATION for each in stop)
        if needed and not len(examples.validation.targets):
            count = len(examples.train.targets)
            raise UsageError(
                f"the run ends by its validation examples, and of {count} training examples none "
                "is set apart",
                "set a larger data.validation, or leave run.patience and run.stop_at_target out",
            )

    def _learner(self, form: Form) -> Rule:
        loss = losses.find_loss(self.loss, bool(form.numbers))
        bound = self.network.layers is None and self.network.output_activation in BOUND
        if bound and not isinstance(loss, losses.SquaredError):
            raise UsageError(
                f"{type(loss).__name__} turns outputs of any size into probabilities, and "
                f"network.output_activation = {self.network.output_activation} bounds them",
                "set run.loss=squared-error, or network.output_activation=identity",
            )
        return learner(
            self.rule,
            self.network,
            loss,
            form,
            seed=self.seed,
            device=self.device,
            dtype=self.dtype,
        )


def learner(
    rule: tuple[type[Rule], Settings],
    network: NetworkSettings,
    loss: Loss,
    form: Form,
    *,
    seed: int,
    device: torch.device | None = None,
    dtype: torch.dtype | None = None,
) -> Rule:
    """A rule with a new network that fits the data.

    Args:
        rule: its class and settings.
        network: how the network is built.
        loss: what the outputs are judged by.
        form: of the data; where the network takes flat inputs, it gets them flattened.
        seed: of the first weights and of the rule.
        device, dtype: of the network; None for the CPU and float32.

    Raises:
        UsageError: the parts do not fit together.
    """
    streams, (kind, settings) = Streams(seed), rule
    shape = (math.prod(form.shape),) if takes_flat(network) else form.shape
    weights = generator(streams, Role.WEIGHTS)
    built = architectures.build_network(network, shape, form.outputs, weights)
    built.to(device=device, dtype=dtype or torch.float32)
    return kind(built, loss, settings, generator(streams, Role.RULE))


def takes_flat(network: NetworkSettings) -> bool:
    """Whether a network takes inputs of any shape as a row of numbers."""
    return network.layers is None and network.kind == "mlp"


def parts(
    rule: str,
    on: str | Data,
    *,
    seed: int = 0,
    loss: str | None = None,
    device: str = "auto",
    double: bool = False,
    settings: Mapping[str, Any] | Settings = DEFAULTS,
    network: Mapping[str, Any] | NetworkSettings = DEFAULTS,
    optimiser: Mapping[str, Any] | OptimiserSettings = DEFAULTS,
) -> TrainingParts:
    """The parts of a training by names and settings; nothing is read or built yet.

    Args:
        rule: by name.
        on: data by name or as it is.
        seed: of all that is drawn.
        loss: by name; None for cross-entropy of classes, squared error of numbers.
        device: "cpu", "cuda", or "auto" for a CUDA device if there is one.
        double: whether in float64, not float32.
        settings: of the rule, as values or as its `Settings`.
        network: as values or as `NetworkSettings`.
        optimiser: as values or as `OptimiserSettings`.

    Raises:
        UnknownName: there is no such rule, data or loss.
        ConfigError: there is a mistake in the settings.
        UsageError: there is no such device.
    """
    kind = find_rule(rule)
    losses.find_loss(loss)
    return TrainingParts(
        rule=(kind, _model(kind.Settings, settings, "rule")),
        network=_network(kind, network),
        optimiser=_model(OptimiserSettings, optimiser, "optimiser"),
        data=data.data(on) if isinstance(on, str) else on,
        loss=loss,
        device=find_device(device),
        dtype=torch.float64 if double else torch.float32,
        seed=seed,
    )


def training(
    rule: str,
    on: str | Data,
    *,
    epochs: int = 20,
    stop: Iterable[Termination] = (),
    seed: int = 0,
    loss: str | None = None,
    device: str = "auto",
    double: bool = False,
    settings: Mapping[str, Any] | Settings = DEFAULTS,
    network: Mapping[str, Any] | NetworkSettings = DEFAULTS,
    optimiser: Mapping[str, Any] | OptimiserSettings = DEFAULTS,
    **options: Any,
) -> Training:
    """A training ready to run.

    ``for epoch in training("dfa", "mnist5k", seed=1, epochs=5): print(epoch.validation.accuracy)``

    Args:
        rule: see `parts`, also for what is not told here.
        on: data by name or as it is.
        epochs: after how many it ends.
        stop: further reasons to end.
        seed: of all that is drawn.
        loss: by name, or None.
        device: "cpu", "cuda" or "auto".
        double: whether in float64, not float32.
        settings: of the rule.
        network: of `NetworkSettings`.
        optimiser: of `OptimiserSettings`.
        options: of `Training`.

    Raises:
        UsageError: the parts do not fit together, or are not there.
    """
    chosen = parts(
        rule,
        on,
        seed=seed,
        loss=loss,
        device=device,
        double=double,
        settings=settings,
        network=network,
        optimiser=optimiser,
    )
    return chosen.training(epochs=epochs, stop=stop, **options)


def _network(kind: type[Rule], values: Mapping[str, Any] | Settings) -> NetworkSettings:
    """The settings of the network; what `values` does not say is as the rule presets it."""
    if isinstance(values, Mapping):
        values = {**kind.presets, **values}
    return _model(NetworkSettings, values, "network")


def _model(kind: type[S], values: Mapping[str, Any] | Settings, section: str) -> S:
    """Settings as they are, or from plain values."""
    if isinstance(values, kind):
        return values
    if isinstance(values, Settings):
        raise UsageError(f"{section} has {type(values).__qualname__}, not {kind.__qualname__}")
    return build(kind, values, section)


def generator(streams: Streams, role: Role) -> torch.Generator:
    """A generator of torch for one role of a run.

    On the CPU, so that every device gets the same numbers.
    """
    return torch.Generator().manual_seed(int(streams.seeds(0, role, 1)[0]) & (2**63 - 1))


def find_device(name: str) -> torch.device:
    """The device called "cpu", "cuda", or "auto"."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError(
            "torch sees no CUDA device",
            "use --device cpu, or install a build of torch for your CUDA version",
        )
    return torch.device(name)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads for torch.

    Part of the settings of a run, because sums of floats depend on it in the last bits.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
