"""Feedback alignment: errors return through fixed random weights B, not the transposed forward W.

    delta_L = e,   delta_l = (delta_{l+1} B_{l+1}^T) . f'(a_l)
    dW_l = delta_l^T h_{l-1},   db_l = sum delta_l

B_{l+1}^T has the shape of W_{l+1}; a convolution's has the shape of its kernel and acts as a
transposed convolution. It is stored that way round, so that "W aligns with B^T" is the angle
between two arrays of one shape. Pooling, normalisation and skip connections keep their true
transposes.

Source: T. P. Lillicrap, D. Cownden, D. B. Tweed, C. J. Akerman, Random synaptic feedback weights
support error backpropagation for deep learning, Nature Communications 7:13276 (2016), "Results".
"""

from pydantic import Field
from torch import Tensor

from evo.learning.feedback.matrices import measure_feedback, xavier_feedback
from evo.learning.networks.graph import ForwardPass
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class FA(Rule):
    """Feedback alignment."""

    class Settings(BaseSettings):
        """Feedback weights are drawn as Xavier-uniform forward weights are."""

        scale: float = Field(
            1.0,
            gt=0,
            description="feedback weights in units of Xavier-uniform ones; under SGD 1 to 3 work "
            "best",
        )

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])
        drawn = xavier_feedback(self.graph, self.generator, self.settings.scale)
        self.feedback = self.remember(drawn)

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        self.graph.sweep(record, self.graph.errors(error), self.route, self.feedback)

    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        return measure_feedback(self.graph, self.feedback)
