"""Backpropagation, the baseline: errors return through the transposed forward weights.

    delta_L = e,   delta_l = (delta_{l+1} W_{l+1}) . f'(a_l)
    dW_l = delta_l^T h_{l-1},   db_l = sum delta_l

Written out step by step rather than by autograd, so that it differs from the other rules in one
thing only.

Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams, Learning representations by back-propagating
errors, Nature 323, 533-536 (1986), equations 4 to 7.
"""

from torch import Tensor

from evo.learning.networks.graph import ForwardPass
from evo.learning.rules.base import Rule


class BP(Rule):
    """Its updates are the exact gradients of the loss."""

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        self.graph.sweep(record, self.graph.errors(error), self.route, self.graph.weights())
