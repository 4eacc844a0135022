"""Spiking equilibrium propagation: rates, spikes as the only messages, and learning."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.losses import CrossEntropy, SquaredError
from evo.learning.measures.bptt import estimate, truncated_bptt
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.ep import EP
from evo.learning.rules.eqspike import EqSpike, Spiking
from evo.registry import RULES, resolve
from tests.learning.teaching import DOUBLE, generator, rule
from tests.learning.test_evolved import random_network


def clamp() -> nn.Module:
    return nn.Hardtanh(0.0, 1.0)


def network(*sizes: int) -> nn.Sequential:
    torch.manual_seed(0)
    layers = [
        part
        for inputs, outputs in pairwise(sizes)
        for part in (nn.Linear(inputs, outputs), clamp())
    ]
    return nn.Sequential(*layers).double()


def test_a_neuron_fires_at_the_rate_of_its_drive() -> None:
    """Without leak: clamp(drive, 0, 1), to within one spike of the phase."""
    one = rule(
        EqSpike, network(1, 1), judge="squared-error", leak=0.0, trace=0.004, free_steps=3000
    )
    drive = torch.linspace(-0.5, 1.5, 9, dtype=DOUBLE).unsqueeze(1)
    one.network[0].weight.data.fill_(1.0)
    one.network[0].bias.data.zero_()
    torch.testing.assert_close(one.predict(drive), drive.clamp(0.0, 1.0), rtol=0, atol=0.01)


def test_a_leak_keeps_weak_drives_from_firing() -> None:
    one = rule(EqSpike, network(1, 1), judge="squared-error", leak=0.2, trace=0.01, free_steps=1000)
    one.network[0].weight.data.fill_(1.0)
    one.network[0].bias.data.zero_()
    rates = one.predict(torch.tensor([[0.15], [0.25], [0.6]], dtype=DOUBLE)).flatten()
    assert rates[0] == 0.0
    assert 0.0 < rates[1] < 0.25 and rates[1] < rates[2] < 0.6


def test_only_spikes_travel() -> None:
    one = rule(EqSpike, network(3, 8, 4, 2), judge="squared-error")
    assert isinstance(one.system, Spiking)
    seen: list[Tensor] = []
    for coupling in one.system.couplings[1:]:
        up, down = coupling.up, coupling.down
        coupling.up = lambda below, out=None, up=up: seen.append(below.clone()) or up(below, out)  # pyright: ignore
        coupling.down = lambda above, route, into, down=down: (
            seen.append(above.clone()) or down(above, route, into)
        )  # pyright: ignore
    one.predict(torch.rand(5, 3, generator=generator(), dtype=DOUBLE))
    assert all(((values == 0.0) | (values == 1.0)).all() for values in seen)
    assert max(float(values.max()) for values in seen) == 1.0


def test_the_estimate_points_where_that_of_rates_does() -> None:
    taught = network(6, 20, 4)
    inputs, targets = (
        torch.rand(32, 6, generator=generator(), dtype=DOUBLE),
        torch.randint(4, (32,), generator=generator()),
    )
    parameters = list(taught.parameters())
    spiking = rule(
        EqSpike,
        taught,
        judge="squared-error",
        leak=0.0,
        trace=0.02,
        free_steps=400,
        nudged_steps=200,
    )
    rates: EP = rule(EP, taught, judge="squared-error", free_steps=200, nudged_steps=50)
    found = [estimate(one, inputs, targets, parameters) for one in (spiking, rates)]
    for one, other in zip(*found, strict=True):
        assert nn.functional.cosine_similarity(one.flatten(), other.flatten(), 0) > 0.9


@pytest.mark.parametrize("loss", [SquaredError(), CrossEntropy()])
def test_learns(loss: SquaredError | CrossEntropy) -> None:
    taught = network(2, 32, 2)[: 4 if isinstance(loss, SquaredError) else 3].float()
    one = EqSpike(taught, loss, EqSpike.Settings(), generator())
    optimiser = torch.optim.Adam(taught.parameters(), lr=2e-2)
    inputs, targets = (
        torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        torch.tensor([0, 1, 1, 0]),
    )
    for _ in range(150):
        optimiser.zero_grad()
        with torch.inference_mode():
            one.gradients(inputs, targets)
        optimiser.step()
    assert (one.predict(inputs).argmax(1) == targets).all()


def test_refuses_in_words() -> None:
    with pytest.raises(UsageError, match="eqspike needs Hardtanh"):
        rule(
            EqSpike,
            nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2)),
            judge="cross-entropy",
        )
    with pytest.raises(UsageError, match="eqspike has no meaning on an evolved network"):
        rule(EqSpike, EvolvedNetwork(random_network(3)))


def test_is_registered() -> None:
    assert resolve(RULES["eqspike"]) is EqSpike


def test_it_is_not_compared_with_what_is_written_for_states() -> None:
    network = nn.Sequential(nn.Linear(5, 6), nn.Hardtanh(0.0, 1.0), nn.Linear(6, 3)).double()
    taught = rule(EqSpike, network, free_steps=8, nudged_steps=4)
    with pytest.raises(UsageError, match="written for chains of layers"):
        truncated_bptt(taught, torch.rand(4, 5, dtype=DOUBLE), torch.tensor([0, 1, 2, 0]))
    assert "step" not in EqSpike.Settings.model_fields


def test_the_nudge_sees_rates_and_not_spikes() -> None:
    network = nn.Sequential(
        nn.Linear(5, 6), nn.Hardtanh(0.0, 1.0), nn.Linear(6, 3), nn.Hardtanh(0.0, 1.0)
    ).double()
    taught = rule(EqSpike, network, judge="squared-error", free_steps=30)
    system, seen = taught.system, []
    driven, states = system.begin(3.0 * torch.rand(4, 5, dtype=DOUBLE, generator=generator(1)))
    with torch.no_grad():
        system.settle(driven, states, 30, lambda at, _: seen.append([s.clone() for s in at]))
        for steps in (10, 29):
            rates = system.settle(driven, states, steps)[0][2 * len(system.chain) :]
            assert all(torch.equal(a, b) for a, b in zip(seen[steps], rates, strict=True))
    assert any(0.0 < float(rate) < 1.0 for rate in seen[29][0].flatten())
