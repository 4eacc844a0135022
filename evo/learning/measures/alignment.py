"""How close a rule is to backpropagation.

Angles and norms of its updates, and of forward to feedback weights.

All is measured on a fixed probe batch in evaluation mode, and leaves network, rule and generators
as they were.
"""

from torch import Tensor

from evo.learning.angles import mean_angle
from evo.learning.rules.base import Rule
from evo.learning.rules.bp import BP


def updates(rule: Rule, inputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """What `rule` would add to `.grad` of every parameter, by name.

    Args:
        rule: left as it is.
        inputs: the batch, which is seen in evaluation mode.
        targets: its classes or numbers.
    """
    network, state = rule.network, rule.state_dict()
    modes = [(module, module.training) for module in network.modules()]
    gradients = [(parameter, parameter.grad) for parameter in network.parameters()]
    network.eval()
    for parameter, _ in gradients:
        parameter.grad = None
    try:
        rule.gradients(inputs, targets)
        return {
            name: p.grad.detach().clone()
            for name, p in network.named_parameters()
            if p.grad is not None
        }
    finally:
        for parameter, gradient in gradients:
            parameter.grad = gradient
        for module, training in modes:
            module.training = training
        rule.load_state_dict(state)


def alignment(rule: Rule, inputs: Tensor, targets: Tensor) -> dict[str, float]:
    """How far the updates of `rule` are from backpropagation's.

    Args:
        rule: left as it is.
        inputs: the probe batch.
        targets: its classes or numbers.

    Returns:
        For each weight `angle_to_bp/<parameter>`, degrees between the two updates, and
        `norm_to_bp/<parameter>`, the length of the rule's over that of backpropagation's; then the
        rule's own `measures`.
    """
    own = updates(rule, inputs, targets)
    exact = updates(BP(rule.network, rule.loss, BP.Settings(), rule.generator), inputs, targets)
    figures: dict[str, float] = {}
    for name, gradient in exact.items():
        if name in own and name.endswith("weight"):
            figures[f"angle_to_bp/{name}"] = mean_angle(own[name], gradient, rule.graph.networks)
            length = float(gradient.norm())
            figures[f"norm_to_bp/{name}"] = (
                float(own[name].norm()) / length if length > 0.0 else float("nan")
            )
    return {**figures, **rule.measures(inputs, targets)}
