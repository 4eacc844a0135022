"""Decoders: what the target-propagation rules carry targets down with, and how they learn.

The decoder of block l maps the block's output back to its input, g_l(v) = f(v V_l^T + c_l), with f
the activation of the block below, whose outputs it imitates. A convolution's decoder is a
transposed convolution. V^T is stored in the shape of W. It learns on inputs h = h_{l-1} with noise
eps ~ N(0, sigma^2), by one of the losses

    preserving     || g_l(f_l(h + eps)) - (h + eps) ||^2 / 2
    denoising      || g_l(f_l(h + eps)) - h ||^2 / 2
    jacobian       -2 eps . (g_l(f_l(h + eps)) - g_l(f_l(h))) + || g_l(y + eta) - g_l(y) ||^2
                   with y = f_l(h), eta ~ N(0, sigma^2)

The first two make g_l an inverse of f_l where the data are; the last one makes its Jacobian the
transpose of f_l's. Derivatives are written out; inputs and outputs of f_l are constants to them.

Source: preserving: Lee et al. 2015, section 2.4; denoising: Bartunov et al. 2018, SDTP; jacobian:
Ernoult et al. 2022, L-DRL.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import Parameter

from evo.learning.draws import Generators, normal, symmetric
from evo.learning.networks.blocks import Block
from evo.learning.networks.couplings import coupling
from evo.learning.networks.operations.convolution import Convolution
from evo.settings import Settings as BaseSettings

Reconstruction = Literal["preserving", "denoising", "jacobian"]
Schedule = Literal["alternating", "parallel"]


class DecoderSettings(BaseSettings):
    """How decoders learn; they have an Adam optimiser of their own."""

    decoder_rate: float = Field(3e-3, gt=0, description="learning rate of the decoders")
    decoder_steps: int = Field(
        1, ge=1, description="decoder steps per batch before targets are set (schedule alternating)"
    )
    schedule: Schedule = Field(
        "alternating",
        description="alternating: decoders learn first; parallel: one step, after targets are set",
    )
    noise: float = Field(
        0.1, ge=0, description="standard deviation of the noise that decoders learn under"
    )


class Decoder:
    """g_l of one block.

    Args:
        block: what it inverts.
        below: the block whose outputs it imitates.
        squash: what turns the block's output into the decoder's input (the top block's into
            probabilities).
        features: a fixed map from the block's input to further inputs of the decoder, and their
            number.
    """

    def __init__(
        self,
        block: Block,
        below: Block,
        generators: Generators,
        squash: Callable[[Tensor], Tensor] | None = None,
        features: tuple[Callable[[Tensor], Tensor], int] | None = None,
    ) -> None:
        like, self.networks = block.layer.weight.detach(), block.layer.networks
        single = like.shape if self.networks is None else like.shape[1:]
        self.convolution = block.layer if isinstance(block.layer, Convolution) else None
        bound = (6.0 / sum(block.layer.fans())) ** 0.5
        self.weight = Parameter(symmetric(generators, single, like, self.networks).mul_(bound))
        self.coupling = coupling(block, self.weight)
        inputs = single[1] * (1 if self.convolution is None else self.convolution.groups)
        self.bias = Parameter(
            like.new_zeros((inputs,) if self.networks is None else (self.networks, 1, inputs))
        )
        self.parameters = [self.weight, self.bias]
        self.features = None
        if features is not None:
            self.features, number = features
            self.feature_weight = Parameter(
                symmetric(generators, (number, inputs), like, self.networks).mul_(
                    (6.0 / (number + inputs)) ** 0.5
                )
            )
            self.parameters.append(self.feature_weight)
        self.block, self.function, self.squash = block, below.function, squash

    def encode(self, below: Tensor) -> Tensor:
        """The block's output for an input, as the decoder takes it."""
        outputs, _ = self.block.forward(below)
        return outputs if self.squash is None else self.squash(outputs)

    def __call__(self, values: Tensor, below: Tensor) -> tuple[Tensor, Any]:
        """g(values), in the shape of `below`, the block's input in this pass.

        And what `add_gradient` needs.
        """
        route, total = self.coupling.route(below), torch.zeros_like(below)
        self.coupling.down(values, route, total)
        rows = self._rows(total)
        rows += (
            self.bias if self.convolution is None else self.bias.view(-1, *[1] * (rows.dim() - 2))
        )
        extra = None if self.features is None else self.features(below)
        if extra is not None:
            rows += extra @ self.feature_weight
        outputs, saved = self.function.forward(total)
        return outputs, (values, route, saved, extra)

    def add_gradient(self, kept: Any, error: Tensor) -> None:
        """Add the gradients of own parameters for the error of an output."""
        values, route, saved, extra = kept
        delta = self.function.backward(saved, error)
        rows = self._rows(delta)
        if self.convolution is not None:
            across = rows.sum([axis for axis in range(rows.dim()) if axis != 1])
        else:
            across = rows.sum(-2, keepdim=self.networks is not None)
        gradients = [self.coupling.backward_gradient(values, delta, route), across]
        if extra is not None:
            gradients.append(extra.mT @ rows)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient

    def _rows(self, states: Tensor) -> Tensor:
        """In the shape that the layer sees."""
        if self.convolution is not None:
            for operation in self.block.reshape:
                states, _ = operation.forward(states)
            return states
        return states if self.networks is not None else states.view(-1, self.weight.shape[-1])


class Decoders:
    """All decoders of a network, and their optimiser."""

    def __init__(
        self,
        decoders: Sequence[Decoder],
        settings: DecoderSettings,
        loss: Reconstruction,
        generators: Generators,
    ) -> None:
        self.each, self.settings, self.loss, self.generators = decoders, settings, loss, generators
        learned = [parameter for decoder in decoders for parameter in decoder.parameters]
        self.optimiser = torch.optim.Adam(learned or [torch.zeros(0)], lr=settings.decoder_rate)

    def learn(self, inputs: Sequence[Tensor]) -> None:
        """One step of all decoders, given their blocks' inputs."""
        for parameter in (p for decoder in self.each for p in decoder.parameters):
            parameter.grad = None
        for decoder, below in zip(self.each, inputs, strict=True):
            if self.loss == "jacobian":
                self._jacobian(decoder, below)
            else:
                self._reconstruct(decoder, below)
        # Adam's state is changed in place in every later step: it must not belong to somebody's
        # inference mode.
        with torch.inference_mode(False), torch.no_grad():
            self.optimiser.step()

    def _reconstruct(self, decoder: Decoder, below: Tensor) -> None:
        noisy = below + self._noise(below, decoder)
        outputs, kept = decoder(decoder.encode(noisy), noisy)
        error = outputs - (noisy if self.loss == "preserving" else below)
        decoder.add_gradient(kept, error / _samples(below, decoder))

    def _jacobian(self, decoder: Decoder, below: Tensor) -> None:
        noise, samples = self._noise(below, decoder), _samples(below, decoder)
        clean = decoder.encode(below)
        _, moved_kept = decoder(decoder.encode(below + noise), below)
        rest, rest_kept = decoder(clean, below)
        shifted, shifted_kept = decoder(clean + self._noise(clean, decoder), below)
        gap = shifted - rest
        decoder.add_gradient(moved_kept, noise * (-2.0 / samples))
        decoder.add_gradient(rest_kept, (noise - gap) * (2.0 / samples))
        decoder.add_gradient(shifted_kept, gap * (2.0 / samples))

    def _noise(self, like: Tensor, decoder: Decoder) -> Tensor:
        shape = like.shape if decoder.networks is None else like.shape[1:]
        return normal(self.generators, shape, like, decoder.networks).mul_(self.settings.noise)

    def parameters(self) -> dict[str, Parameter]:
        """All that the decoders learn, by name."""
        return {
            f"decoder/{decoder.block.name}/{part}": parameter
            for decoder in self.each
            for part, parameter in zip(
                ("weight", "bias", "features"), decoder.parameters, strict=False
            )
        }


def _samples(below: Tensor, decoder: Decoder) -> int:
    return below.shape[0] if decoder.networks is None else below.shape[1]
