"""Batch, layer and group normalisation, with the true transpose of what they do."""

from typing import Any

import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.operations.base import Operation, add_gradient, learns

aten = torch.ops.aten
BatchNormModule = nn.BatchNorm1d | nn.BatchNorm2d


class BatchNorm(Operation):
    """Normalises each channel over the batch.

    Running statistics are updated while the module trains, as torch does.
    """

    def __init__(self, module: BatchNormModule) -> None:
        self.module = module

    def trainable(self) -> bool:
        return learns(self.module.weight)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Any]:
        module = self.module
        tracking = module.track_running_stats and module.running_mean is not None
        batch = module.training or not tracking
        if batch and inputs.numel() == inputs.shape[1]:
            raise UsageError(
                f"{module} needs more than one value per channel to train",
                "use batches of 2 or more, or eval()",
            )
        momentum = module.momentum
        if module.training and tracking and module.num_batches_tracked is not None:
            module.num_batches_tracked.add_(1)
            if momentum is None:
                momentum = 1.0 / float(module.num_batches_tracked)
        running = (module.running_mean, module.running_var) if tracking else (None, None)
        outputs, mean, deviation = aten.native_batch_norm.default(
            inputs, module.weight, module.bias, *running, batch, momentum or 0.0, module.eps
        )
        return outputs, (inputs, running, mean, deviation, batch)

    def backward(self, saved: Any, error: Tensor) -> Tensor:
        inputs, running, mean, deviation, batch = saved
        module = self.module
        mask = [True, learns(module.weight), learns(module.bias)]
        result, weight, bias = aten.native_batch_norm_backward.default(
            error, inputs, module.weight, *running, mean, deviation, batch, module.eps, mask
        )
        add_gradient(module.weight, weight)
        add_gradient(module.bias, bias)
        return result

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]


class LayerNorm(Operation):
    """Normalises each sample over its last dimensions."""

    def __init__(self, module: nn.LayerNorm) -> None:
        self.module, self.shape = module, list(module.normalized_shape)

    def trainable(self) -> bool:
        return learns(self.module.weight)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Any]:
        module = self.module
        outputs, mean, deviation = aten.native_layer_norm.default(
            inputs, self.shape, module.weight, module.bias, module.eps
        )
        return outputs, (inputs, mean, deviation)

    def backward(self, saved: Any, error: Tensor) -> Tensor:
        module, (inputs, mean, deviation) = self.module, saved
        mask = [True, learns(module.weight), learns(module.bias)]
        result, weight, bias = aten.native_layer_norm_backward.default(
            error.contiguous(),
            inputs,
            self.shape,
            mean,
            deviation,
            module.weight,
            module.bias,
            mask,
        )
        add_gradient(module.weight, weight)
        add_gradient(module.bias, bias)
        return result

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]


class GroupNorm(Operation):
    """Normalises groups of channels of each sample."""

    def __init__(self, module: nn.GroupNorm) -> None:
        self.module = module

    def trainable(self) -> bool:
        return learns(self.module.weight)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Any]:
        module, inputs = self.module, inputs.contiguous()
        size = (inputs.shape[0], inputs.shape[1], inputs[0, 0].numel(), module.num_groups)
        outputs, mean, deviation = aten.native_group_norm.default(
            inputs, module.weight, module.bias, *size, module.eps
        )
        return outputs, (inputs, mean, deviation, size)

    def backward(self, saved: Any, error: Tensor) -> Tensor:
        module, (inputs, mean, deviation, size) = self.module, saved
        mask = [True, learns(module.weight), learns(module.bias)]
        result, weight, bias = aten.native_group_norm_backward.default(
            error.contiguous(), inputs, mean, deviation, module.weight, *size, mask
        )
        add_gradient(module.weight, weight)
        add_gradient(module.bias, bias)
        return result

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]
