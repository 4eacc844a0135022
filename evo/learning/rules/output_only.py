"""Output only, the control: the last layer learns by the delta rule, all others stay as drawn.

    dW_L = e^T h_{L-1},   db_L = sum e

What a rule reaches beyond this it has learnt in its hidden layers.

Source: the control that Lillicrap et al. (2016) and Bartunov et al. (2018) compare with: "shallow
learning".
"""

from torch import Tensor

from evo.learning.networks.graph import ForwardPass
from evo.learning.rules.base import Rule


class OutputOnly(Rule):
    """Learning in the last layer."""

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output], through=False)
        self.nothing: list[Tensor | None] = [None] * len(self.graph.layers)

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        self.graph.sweep(record, self.graph.errors(error), self.route, self.nothing)
