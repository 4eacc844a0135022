"""Networks at work: many on the same inputs, or one from step to step."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.networks.batch_kernels import activate_all, blocks
from evo.networks.flat import Networks
from evo.networks.kernels import advance, buffer, columns, forget

Floats = NDArray[np.float64]


def outputs(networks: Networks, inputs: ArrayLike, steps: int = 1) -> Floats:
    """The outputs of each network for each sample.

    Args:
        networks: n of them.
        inputs: `(batch, inputs)`, the same for all networks.
        steps: activations per sample. A recurrent network starts each sample without memory and
            needs as many steps as its longest path has links before an input reaches the outputs; a
            feed-forward network needs one.

    Returns:
        `(n networks, batch, outputs)`.

    Raises:
        ValueError: `inputs` has another shape, or `steps` is less than 1.
    """
    samples = np.asarray(inputs, np.float64)
    if samples.ndim != 2 or samples.shape[1] != networks.inputs:
        raise ValueError(
            f"inputs have shape {samples.shape}; these networks take (batch, {networks.inputs})"
        )
    if steps < 1:
        raise ValueError(f"steps = {steps}; at least 1 is needed")
    result = np.empty((len(networks), len(samples), networks.outputs))
    activate_all(
        columns(networks),
        networks.recurrent,
        np.require(samples.T, np.float64, ["C", "W"]),
        steps,
        blocks(networks),
        buffer(networks),
        result,
    )
    return result


class Policy:
    """One network as a function of what it observes; a recurrent one remembers until `reset`."""

    def __init__(self, networks: Networks, row: int = 0) -> None:
        self.inputs, self.recurrent, self.row = networks.inputs, networks.recurrent, row
        self.columns = columns(networks)
        self.values = buffer(networks)
        self.output = self.columns.output[row]
        self.old = self.new = 0

    def reset(self) -> None:
        """Forget all earlier observations."""
        forget(self.columns, self.inputs, self.row, self.values)
        self.old = self.new = 0

    def __call__(self, observation: ArrayLike) -> Floats:
        """`(outputs,)` for one observation `(inputs,)`.

        Raises `ValueError` if it has another shape.
        """
        if np.shape(observation) != (self.inputs,):
            raise ValueError(
                f"the observation has shape {np.shape(observation)}; this network takes "
                f"({self.inputs},)"
            )
        self.values[:, : self.inputs] = observation
        if self.recurrent:
            self.old, self.new = self.new, 1 - self.new
        advance(self.columns, self.inputs, self.row, self.values, self.old, self.new)
        return self.values[self.new, self.output]
