"""Neurons as Karl Sims has them, each with a function of its own.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 4.
"""

from evo.jit import kernel
from evo.networks.brains.columns import Circuit, circuit_type
from evo.networks.kernels import Array, clip, float64, floats1, floats2, void


@kernel(void(circuit_type, floats1, float64, float64, floats2, floats1))
def fire(
    circuit: Circuit, signals: Array, time: float, tick: float, memory: Array, control: Array
) -> None:
    """Give every neuron its value from those of the decision before.

    Args:
        circuit: the neurons.
        signals: what the creature senses.
        time: in s.
        tick: from one decision to the next, in s.
        memory: `(neurons, 2)` what each gives, and what it remembers beside.
        control: `(dofs,)` for the actuators, from -1 to 1.
    """
    for k in range(len(control)):
        driver = circuit.driver[k]
        value = signals[driver] if driver >= 0 else memory[-1 - driver, 0]
        control[k] = clip(circuit.gain[k] * value, -1.0, 1.0)
