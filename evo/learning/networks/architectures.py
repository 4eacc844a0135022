"""Networks by a few settings: fully connected, convolutional, or layer by layer.

What comes out is an ordinary `nn.Sequential`.
"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from evo import memory
from evo.errors import UsageError, did_you_mean
from evo.settings import Settings, one_of

ACTIVATION_MODULES: dict[str, Callable[[], nn.Module]] = {
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "hard-sigmoid": nn.Hardsigmoid,
    "clamp": lambda: nn.Hardtanh(0.0, 1.0),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "identity": nn.Identity,
}
POOLS: dict[str, Callable[[int], nn.Module]] = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}
LAYER = re.compile(r"(?P<name>[a-z-]+)(?P<numbers>( \d+(\.\d+)?)*)(?P<options>( \w+=\d+)*)")
EXAMPLE = (
    'layers are written as "conv 32 5 padding=2", "relu", "max-pool 2", "batch-norm", '
    '"dropout 0.1", "flatten", "linear 128"'
)

ActivationName = Annotated[str, one_of("activation", ACTIVATION_MODULES)]
Width = Annotated[int, Field(ge=1, le=100_000)]


class NetworkSettings(Settings):
    """Shape and first weights of a network.

    Its last layer is a Linear with one output for each class.
    """

    kind: Literal["mlp", "conv"] = Field(
        "mlp", description="fully connected on flat inputs; or convolutions on images, then that"
    )
    hidden: tuple[Width, ...] = Field(
        (256, 256), description="units of each hidden layer; empty for none"
    )
    repeat: int = Field(
        1,
        ge=1,
        le=1000,
        description="the hidden layers so many times over: hidden = [64], repeat = 10",
    )
    activation: ActivationName = Field("tanh", description="of hidden layers")
    output_activation: ActivationName = Field(
        "identity", description="of outputs; ep settles better with clamp (loss squared-error)"
    )
    channels: tuple[Width, ...] = Field((32, 64), description="conv: channels of each convolution")
    kernel: int = Field(
        5,
        ge=1,
        le=99,
        description="conv: width of the kernels; odd ones keep the size of the image",
    )
    pool: Literal["max", "average", "stride"] = Field(
        "max", description="conv: what halves the image after each convolution"
    )
    dropout: float = Field(
        0.0, ge=0, lt=1, description="share of hidden units that a training step leaves out"
    )
    layers: tuple[str, ...] | None = Field(
        None, description=f"in place of all above: {EXAMPLE}; none: by `kind`"
    )
    init: Literal[
        "xavier-uniform", "xavier-normal", "kaiming-uniform", "orthogonal", "torch", "zeros"
    ] = Field(
        "xavier-uniform",
        description="first weights; biases are 0, but for torch's own U(-1, 1)/sqrt(fan in) of "
        "both",
    )
    gain: float = Field(1.0, gt=0, description="factor on the first weights")


def build_network(
    settings: NetworkSettings, shape: tuple[int, ...], classes: int, generator: torch.Generator
) -> nn.Sequential:
    """A network from inputs of `shape` to `(batch, classes)`.

    Args:
        settings: what it is made of.
        shape: of one input.
        classes: outputs.
        generator: draws all first weights.

    Raises:
        UsageError: these layers do not fit the inputs.
    """
    network = nn.Sequential()
    stand_in = torch.zeros(2, *shape)
    with torch.device("meta"):  # so that nothing is drawn from torch's global generator
        layers = _modules(settings, shape, classes)
    for module in layers:
        layer: nn.Module | str = "a layer"
        try:
            layer = _empty(module, stand_in.shape)
            network.append(layer)
            # on the CPU: shapes inferred on the meta device would load a compiler
            stand_in = layer.eval()(stand_in)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            what = f"{layer} does not fit inputs of shape {tuple(stand_in.shape[1:])}"
            raise UsageError(
                what, f"the data has inputs of shape {shape}; {error}".splitlines()[0]
            ) from None
    network.train()
    _initialise(network, settings, generator)
    return network


def _empty(module: nn.Module | Callable[[torch.Size], nn.Module], shape: torch.Size) -> nn.Module:
    """A layer without weights yet, for inputs of `shape`. Raises `UsageError` if it is too big."""
    with torch.device("meta"):
        layer = module if isinstance(module, nn.Module) else module(shape)
    size = sum(parameter.nbytes for parameter in layer.parameters())
    memory.demand(size, f"{layer}", "make it smaller: network.hidden, network.layers")
    tensors = layer.state_dict()
    empty = {name: torch.empty(each.shape, dtype=each.dtype) for name, each in tensors.items()}
    layer.load_state_dict(empty, assign=True)
    return layer


def _modules(
    settings: NetworkSettings, shape: tuple[int, ...], classes: int
) -> Iterator[nn.Module | Callable[[torch.Size], nn.Module]]:
    """The layers in order; those that depend on what arrives as functions of its shape."""
    if settings.layers is not None:
        yield from (_layer(words) for words in settings.layers)
    else:
        if settings.kind == "conv":
            if len(shape) != 3:
                raise UsageError(
                    f"a convolutional network needs images, but inputs have shape {shape}",
                    "set network.kind = mlp",
                )
            for channels in settings.channels:
                yield _conv(
                    channels,
                    settings.kernel,
                    stride=2 if settings.pool == "stride" else 1,
                    padding=settings.kernel // 2,
                )
                yield ACTIVATION_MODULES[settings.activation]()
                if settings.pool != "stride":
                    yield POOLS[settings.pool](2)
            yield nn.Flatten()
        for size in settings.hidden * settings.repeat:
            yield _linear(size)
            yield ACTIVATION_MODULES[settings.activation]()
            if settings.dropout:
                yield nn.Dropout(settings.dropout)
    yield _linear(classes)
    if settings.output_activation != "identity":
        yield ACTIVATION_MODULES[settings.output_activation]()


def _linear(size: int) -> Callable[[torch.Size], nn.Module]:
    return lambda shape: nn.Linear(shape[-1], size)


def _conv(channels: int, kernel: int, **options: Any) -> Callable[[torch.Size], nn.Module]:
    return lambda shape: nn.Conv2d(shape[1], channels, kernel, **options)


def _layer(words: str) -> nn.Module | Callable[[torch.Size], nn.Module]:
    """A layer from how `settings.layers` writes it."""
    match = LAYER.fullmatch(words.strip())
    if not match:
        raise UsageError(f"network.layers: cannot read {words!r}", EXAMPLE)
    name, numbers = match["name"], [float(number) for number in match["numbers"].split()]
    whole = [int(number) for number in numbers]
    options: dict[str, Any] = {
        key: int(value) for key, value in (option.split("=") for option in match["options"].split())
    }
    forms: dict[
        str, tuple[int, int, Callable[[], nn.Module | Callable[[torch.Size], nn.Module]]]
    ] = {
        "linear": (1, 1, lambda: _linear(whole[0])),
        "conv": (2, 2, lambda: _conv(whole[0], whole[1], **options)),
        "max-pool": (1, 1, lambda: nn.MaxPool2d(whole[0], **options)),
        "average-pool": (1, 1, lambda: nn.AvgPool2d(whole[0], **options)),
        "batch-norm": (
            0,
            0,
            lambda: lambda shape: (nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d)(shape[1]),
        ),
        "layer-norm": (0, 0, lambda: lambda shape: nn.LayerNorm(shape[1:])),
        "dropout": (1, 1, lambda: nn.Dropout(numbers[0])),
        "flatten": (0, 0, nn.Flatten),
        **{key: (0, 0, make) for key, make in ACTIVATION_MODULES.items()},
    }
    if name not in forms:
        raise UsageError(
            f"network.layers: unknown layer {name!r}{did_you_mean(name, forms)}",
            f"known: {', '.join(forms)}",
        )
    least, most, make = forms[name]
    if not least <= len(numbers) <= most:
        raise UsageError(
            f"network.layers: {words!r} has {len(numbers)} numbers, {name} takes {most}", EXAMPLE
        )
    try:
        return make()
    except (TypeError, ValueError) as error:
        raise UsageError(f"network.layers: {words!r}: {error}", EXAMPLE) from None


@torch.no_grad()
def _initialise(network: nn.Module, settings: NetworkSettings, generator: torch.Generator) -> None:
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            _draw(module.weight, settings, generator)
            if module.bias is not None:
                bound = 1 / math.sqrt(module.weight[0].numel()) if settings.init == "torch" else 0.0
                module.bias.uniform_(-bound, bound, generator=generator)
        elif hasattr(module, "reset_parameters"):
            module.reset_parameters()  # pyright: ignore[reportCallIssue]  # norms: ones and zeros


def _draw(weight: Tensor, settings: NetworkSettings, generator: torch.Generator) -> None:
    """Draw the first weights of a layer.

    Source: Glorot and Bengio (2010), equation 16; He et al. (2015), equation 10; Saxe et al.
    (2014).
    """
    if settings.init == "xavier-uniform":
        nn.init.xavier_uniform_(weight, settings.gain, generator)
    elif settings.init == "xavier-normal":
        nn.init.xavier_normal_(weight, settings.gain, generator)
    elif settings.init == "kaiming-uniform":
        nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator).mul_(
            settings.gain
        )
    elif settings.init == "orthogonal":
        nn.init.orthogonal_(weight, settings.gain, generator)
    elif settings.init == "torch":
        bound = settings.gain / math.sqrt(weight[0].numel())
        weight.uniform_(-bound, bound, generator=generator)
    else:
        weight.zero_()
