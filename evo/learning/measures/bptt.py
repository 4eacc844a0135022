"""Equilibrium propagation beside the gradient that it estimates.

Backpropagation through the last steps of settling.

From the free state s_*, K more steps of the free dynamics are written down as an autograd graph;
the derivative of the loss at their end is that of K truncated steps of backpropagation through
time. The estimate of K nudged steps approaches it as beta shrinks: its error is O(beta) in two
phases and O(beta^2) in three. That holds at rest and for a smooth f: look at `free_residual` first.

This is only measured, and by autograd: on the probe batch, where the setting `compare` of `ep` asks
for it.

Source: M. Ernoult, J. Grollier, D. Querlioz, Y. Bengio, B. Scellier, Updates of equilibrium prop
match gradients of backprop through time in an RNN with static input, NeurIPS 2019, theorem 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.equilibrium.chain import Equilibrium
from evo.learning.networks.blocks import Block
from evo.learning.rules.ep import EP


def primitive(chain: Sequence[Block], inputs: Tensor, states: Sequence[Tensor]) -> Tensor:
    """Phi(s) = sum_l s_l . P_l(W_l * s_{l-1} + b_l), through the network's own modules.

    Args:
        chain: the blocks.
        inputs: s_0.
        states: s_1 ..., one for each block.

    Returns:
        A tensor of shape ().
    """
    total = inputs.new_zeros(())
    for block, below, state in zip(chain, [inputs, *states[:-1]], states, strict=True):
        for operation in block.reshape:
            below, _ = operation.forward(below)
        driven = block.modules["layer"](below)
        total = (
            total
            + (state * (block.modules["pool"](driven) if "pool" in block.modules else driven)).sum()
        )
    return total


def truncated_bptt(rule: EP, inputs: Tensor, targets: Tensor) -> list[Tensor]:
    """The gradients of the loss after `nudged_steps` free steps from the free state.

    Args:
        rule: whose system settles.
        inputs: the batch.
        targets: its classes or numbers.

    Returns:
        One gradient for each parameter of the network, in its order.

    Raises:
        UsageError: backward weights of their own have no Phi; or the system is no chain of layers,
            or one with spikes.
    """
    if rule.settings.weights != "symmetric":
        raise UsageError(
            "with separate weights there is no primitive function to differentiate",
            "use weights = symmetric",
        )
    system, settings = rule.system, rule.settings
    if not isinstance(system, Equilibrium) or not isinstance(settings, EP.Settings):
        raise UsageError(
            "truncated backpropagation through time is written for chains of layers",
            "give a Sequential",
        )
    chain = system.chain
    functions = [block.modules.get("function", nn.Identity()) for block in chain]
    with torch.no_grad():
        driven, zeros = system.begin(inputs)
        states, _ = system.settle(driven, zeros, settings.free_steps)
    with torch.enable_grad():
        now: list[Tensor] = [state.requires_grad_() for state in states]
        for _ in range(settings.nudged_steps):
            drives = torch.autograd.grad(primitive(chain, inputs, now), now, create_graph=True)
            now = [
                torch.lerp(s, f(drive), settings.step)
                for s, f, drive in zip(now, functions, drives, strict=True)
            ]
        outputs = system.outputs(now)
        parameters = list(rule.network.parameters())
        error = rule.loss(outputs.detach(), targets, rule.graph.networks).error
        gradients = torch.autograd.grad(outputs, parameters, error, allow_unused=True)
    return [
        torch.zeros_like(p) if g is None else g for p, g in zip(parameters, gradients, strict=True)
    ]


def compare_with_bptt(
    rule: EP, inputs: Tensor, targets: Tensor, betas: Sequence[float]
) -> list[dict[str, float | str]]:
    """Estimates with several betas beside truncated backpropagation through time.

    Args:
        rule: left as it is.
        inputs: the batch.
        targets: its classes or numbers.
        betas: strengths of the nudge.

    Returns:
        One row by beta, kind of phases and parameter: the cosine and the relative error of the
        estimate, and the free residual.
    """
    exact = truncated_bptt(rule, inputs, targets)
    residual = rule.measures(inputs, targets)["free_residual"]
    names, parameters = zip(*rule.network.named_parameters(), strict=True)
    rows: list[dict[str, float | str]] = []
    for beta in betas:
        for phases in ("two-phase", "three-phase"):
            estimates = estimate(rule, inputs, targets, parameters, beta=beta, phases=phases)
            for name, guess, true in zip(names, estimates, exact, strict=True):
                cosine = nn.functional.cosine_similarity(
                    guess.flatten(), true.flatten(), 0, eps=0.0
                )
                error = (guess - true).norm() / true.norm()
                figures = {
                    "cosine": float(cosine),
                    "relative_error": float(error),
                    "free_residual": residual,
                }
                rows.append({"beta": beta, "phases": phases, "parameter": name, **figures})
    return rows


def error_against_bptt(rule: EP, inputs: Tensor, targets: Tensor) -> float:
    """The relative error of the estimate of all parameters together.

    Args:
        rule: left as it is; of a random sign, that of +beta is taken.
        inputs: the batch.
        targets: its classes or numbers.
    """
    exact = truncated_bptt(rule, inputs, targets)
    phases = "three-phase" if rule.settings.phases == "three-phase" else "two-phase"
    guesses = estimate(rule, inputs, targets, list(rule.network.parameters()), phases=phases)
    gap = sum(
        float((guess - true).square().sum()) for guess, true in zip(guesses, exact, strict=True)
    )
    return (gap / sum(float(true.square().sum()) for true in exact)) ** 0.5


def estimate(
    rule: EP,
    inputs: Tensor,
    targets: Tensor,
    parameters: Sequence[Parameter],
    **settings: float | str,
) -> list[Tensor]:
    """The gradients that the rule estimates.

    Args:
        rule: left as it is.
        inputs: the batch.
        targets: its classes or numbers.
        parameters: those whose gradients are returned; their `.grad` stays as it was.
        settings: of the rule, other than its own.
    """
    before, usual = [parameter.grad for parameter in parameters], rule.settings
    try:
        for parameter in parameters:
            parameter.grad = None
        rule.settings = usual.model_copy(update=settings)
        rule.gradients(inputs, targets)
        return [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    finally:
        rule.settings = usual
        for parameter, gradient in zip(parameters, before, strict=True):
            parameter.grad = gradient
