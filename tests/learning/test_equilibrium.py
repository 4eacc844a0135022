"""Equilibrium propagation.

Closed forms against autograd, estimates against truncated BPTT, and what must not matter.
"""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.equilibrium.chain import Equilibrium
from evo.learning.losses import CrossEntropy, Loss, SquaredError
from evo.learning.measures.bptt import compare_with_bptt, estimate, primitive, truncated_bptt
from evo.learning.measures.probe import measure
from evo.learning.networks.blocks import Block, blocks
from evo.learning.networks.graph import Graph
from evo.learning.networks.operations.functions import Steepened
from evo.learning.networks.stacked import stack
from evo.learning.networks.transfer import transfer
from evo.learning.rules.bp import BP
from evo.learning.rules.ep import EP
from evo.registry import RULES, resolve


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shrunk(network: nn.Module, scale: float = 0.7, seed: int = 0) -> nn.Module:
    draws = generator(seed)
    for parameter in network.parameters():
        parameter.data.copy_(
            (torch.rand(parameter.shape, generator=draws) * 2 - 1)
            * scale
            / parameter[0].numel() ** 0.5
        )
    return network.double()


def dense(scale: float = 0.7) -> nn.Module:
    return shrunk(
        nn.Sequential(
            nn.Linear(9, 8), nn.Tanh(), nn.Linear(8, 7), nn.Sigmoid(), nn.Linear(7, 4), nn.Tanh()
        ),
        scale,
    )


def convolutional(pool: type[nn.Module] = nn.AvgPool2d, scale: float = 0.7) -> nn.Module:
    """Odd sizes all the way: 11 x 14 inputs, strides that leave a rest, pooling that does too."""
    return shrunk(
        nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1),
            nn.Tanh(),
            nn.Conv2d(4, 6, 2),
            pool(2),
            nn.Sigmoid(),
            nn.Flatten(),
            nn.Linear(6 * 2 * 3, 5),
            nn.Tanh(),
            nn.Linear(5, 3),
        ),
        scale,
    )


def batch(kind: str, count: int = 6) -> tuple[Tensor, Tensor]:
    shape = (count, 9) if kind == "dense" else (count, 2, 11, 14)
    return torch.rand(shape, generator=generator(5), dtype=torch.float64), torch.randint(
        3, (count,), generator=generator(6)
    )


def rule(network: nn.Module, loss: Loss | None = None, **settings: object) -> EP:
    return EP(network, loss or SquaredError(), EP.Settings.model_validate(settings), generator())


def chain_of(one: EP) -> list[Block]:
    assert isinstance(one.system, Equilibrium)
    return list(one.system.chain)


def backward_of(one: EP) -> list[Parameter | None]:
    return [one.backward_weights.get(block.name) for block in chain_of(one)]


@pytest.mark.parametrize("pool", [nn.MaxPool2d, nn.AvgPool2d])
def test_drive_is_the_derivative_of_the_primitive_function(pool: type[nn.Module]) -> None:
    network = convolutional(pool)
    chain = blocks(Graph(network, generator()), network, "ep", pooling=True)
    system = Equilibrium(chain, None, 1.0, [None] * len(chain))
    inputs, _ = batch("convolutional")
    with torch.no_grad():
        driven, zeros = system.begin(inputs)
    states = [
        torch.rand(zero.shape, generator=generator(index), dtype=zero.dtype)
        for index, zero in enumerate(zeros)
    ]
    drives = [torch.empty_like(state) for state in states]
    with torch.no_grad():
        system.drive(driven, states, drives)
    tracked = [state.requires_grad_() for state in states]
    for drive, true in zip(
        drives, torch.autograd.grad(primitive(system.chain, inputs, tracked), tracked), strict=True
    ):
        torch.testing.assert_close(drive, true, rtol=0, atol=1e-13)


@pytest.mark.parametrize("step", [1.0, 0.4])
@pytest.mark.parametrize(
    ("kind", "loss"),
    [("dense", SquaredError()), ("dense", CrossEntropy()), ("conv", SquaredError())],
)
def test_error_against_truncated_bptt_falls_with_beta(kind: Any, loss: Any, step: float) -> None:
    network = (
        convolutional()
        if kind == "conv"
        else dense()
        if isinstance(loss, SquaredError)
        else dense()[:-1]
    )  # pyright: ignore
    one = rule(network, loss, free_steps=300, nudged_steps=12, step=step)
    rows = compare_with_bptt(one, *batch(kind), betas=[0.01, 0.001])
    assert max(row["free_residual"] for row in rows) < 1e-10  # pyright: ignore
    checked = 0
    for parameter, _ in network.named_parameters():
        for phases, order, margin in (("two-phase", 1.0, 0.05), ("three-phase", 2.0, 0.1)):
            large, small = (
                row["relative_error"]
                for row in rows
                if (row["parameter"], row["phases"]) == (parameter, phases)
            )
            if isinstance(loss, CrossEntropy) and parameter.startswith("4."):
                assert max(large, small) < 1e-12  # the read-out learns by the delta rule  # pyright: ignore
                continue
            assert np.log10(large / small) == pytest.approx(order, abs=margin), (parameter, phases)
            checked += 1
    assert checked >= 8


@pytest.mark.parametrize(("phases", "order"), [("two-phase", 1.0), ("three-phase", 2.0)])
def test_the_error_is_a_measure_where_it_is_asked_for(phases: str, order: Any) -> None:
    errors = []
    for beta in (0.01, 0.001):
        one = rule(
            dense(),
            SquaredError(),
            free_steps=300,
            nudged_steps=12,
            phases=phases,
            beta=beta,
            compare=True,
        )
        errors.append(measure(one, *batch("dense"))["bptt_error"])
        assert all(parameter.grad is None for parameter in one.network.parameters())
    assert np.log10(errors[0] / errors[1]) == pytest.approx(order, abs=0.05 * order)
    assert "bptt_error" not in measure(rule(dense(), SquaredError()), *batch("dense"))


def test_max_pooling_follows_truncated_bptt_where_it_comes_to_rest() -> None:
    one = rule(convolutional(nn.MaxPool2d, 0.3), free_steps=300, nudged_steps=12)
    rows = compare_with_bptt(one, *batch("conv"), betas=[0.001])
    assert rows[0]["free_residual"] < 1e-10  # pyright: ignore
    assert min(row["cosine"] for row in rows if row["phases"] == "three-phase") > 0.9999  # pyright: ignore


def test_no_nudge_changes_nothing_at_rest() -> None:
    one = rule(dense(), free_steps=300)
    inputs, targets = batch("dense")
    with torch.no_grad():
        driven, zeros = one.system.begin(inputs)
        free, _ = one.system.settle(driven, zeros, 300)
        wanted = one.loss.encode(targets, free[-1])
        for state, after in zip(
            free, one._nudged(driven, free, wanted, torch.tensor(0.0)), strict=True
        ):
            torch.testing.assert_close(state, after, rtol=0, atol=1e-15)


def test_exchanging_the_signs_of_beta_leaves_the_three_phase_estimate() -> None:
    network, (inputs, targets) = dense(), batch("dense")
    one, parameters = rule(network, free_steps=100), list(network.parameters())
    ahead = estimate(one, inputs, targets, parameters, beta=0.3)
    for plus, minus in zip(
        ahead, estimate(one, inputs, targets, parameters, beta=-0.3), strict=True
    ):
        torch.testing.assert_close(plus, minus, rtol=0, atol=1e-15)


def test_random_sign_is_one_of_the_two_signs_and_resumes() -> None:
    network, (inputs, targets) = dense(), batch("dense")
    one, parameters = rule(network, phases="random-sign", free_steps=50), list(network.parameters())
    signs = [
        estimate(one, inputs, targets, parameters, phases="two-phase", beta=beta)[0]
        for beta in (0.5, -0.5)
    ]
    seen = []
    for _ in range(12):
        state = one.state_dict()
        found = estimate(one, inputs, targets, parameters)[0]
        one.load_state_dict(state)
        torch.testing.assert_close(
            estimate(one, inputs, targets, parameters)[0], found, rtol=0, atol=0
        )
        seen.append([bool(torch.equal(found, sign)) for sign in signs].index(True))
    assert set(seen) == {0, 1}


@pytest.mark.parametrize(
    "last", [nn.Tanh(), nn.Sigmoid(), nn.Hardtanh(0.0, 1.0), nn.Hardsigmoid(), nn.Identity()]
)
def test_small_steps_never_raise_the_energy(last: Any) -> None:
    network = shrunk(
        nn.Sequential(
            nn.Linear(9, 8),
            nn.Hardtanh(0.0, 1.0),
            nn.Linear(8, 7),
            nn.Sigmoid(),
            nn.Linear(7, 4),
            last,
        ),
        2.0,
    )
    one = rule(network, step=0.05)
    inputs, _ = batch("dense")
    with torch.no_grad():
        driven, states = one.system.begin(inputs)
        states = [torch.full_like(state, 0.4) for state in states]
        assert isinstance(one.system, Equilibrium)
        energies = [one.system.energy(inputs, states)]
        for _ in range(200):
            states, _ = one.system.settle(driven, states, 1)
            energies.append(one.system.energy(inputs, states))
    falls = torch.stack(energies).diff()
    assert (falls <= 1e-12).all()
    assert falls[0] < -1e-3


KNOWN = [
    nn.Identity(),
    nn.Tanh(),
    nn.Sigmoid(),
    nn.Hardsigmoid(),
    nn.Hardtanh(-0.5, 2.0),
    nn.LeakyReLU(0.2),
    nn.ReLU6(),
]


@pytest.mark.parametrize(
    "module", [*KNOWN, Steepened(2.5, nn.Tanh()), Steepened(4.9, nn.Sigmoid())], ids=str
)
def test_activations_inverses_and_potentials_belong_together(module: Any) -> None:
    known = transfer(module)
    assert known is not None
    before = torch.linspace(-0.4, 0.4, 9, dtype=torch.float64) + (
        0.5 if isinstance(module, nn.ReLU6) else 0.0
    )
    after = known.apply_(before.clone())
    torch.testing.assert_close(after, module(before.clone()), rtol=0, atol=1e-15)
    torch.testing.assert_close(known.inverse(after), before, rtol=0, atol=1e-12)
    state = after.clone().requires_grad_()
    torch.testing.assert_close(
        torch.autograd.grad(known.potential(state).sum(), state)[0], before, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_the_energy_falls_where_the_drive_says(kind: Any) -> None:
    """Its derivative by a state is f^-1(s) - drive."""
    one, (inputs, _) = rule(dense() if kind == "dense" else convolutional()), batch(kind)
    assert isinstance(one.system, Equilibrium)
    with torch.no_grad():
        driven, zeros = one.system.begin(inputs)
        states = [torch.full_like(zero, 0.3 + 0.1 * index) for index, zero in enumerate(zeros)]
        drives = [torch.empty_like(state) for state in states]
        one.system.drive(driven, states, drives)
    tracked = [state.requires_grad_() for state in states]
    slopes = torch.autograd.grad(one.system.energy(inputs, tracked), tracked)
    for function, state, drive, slope in zip(
        one.system.transfers, states, drives, slopes, strict=True
    ):
        torch.testing.assert_close(
            slope, function.inverse(state.detach()) - drive, rtol=0, atol=1e-12
        )


def test_both_forms_rest_in_the_same_state() -> None:
    inputs, _ = batch("conv")
    for found, other in zip(
        rule(convolutional(), free_steps=300).predict(inputs),
        rule(convolutional(), free_steps=600, step=0.3).predict(inputs),
        strict=True,
    ):
        torch.testing.assert_close(found, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_separate_weights_equal_to_the_forward_ones_settle_and_learn_alike(kind: Any) -> None:
    """At B = W both products add up to the symmetric estimate, to first order in the nudge."""
    network = dense() if kind == "dense" else convolutional()
    inputs, targets = batch(kind)
    parameters = list(network.parameters())
    symmetric = rule(network, free_steps=200, nudged_steps=12, beta=1e-4)
    separate = rule(network, free_steps=200, nudged_steps=12, beta=1e-4, weights="separate")
    for block, weights in zip(chain_of(separate), backward_of(separate), strict=True):
        if weights is not None:
            weights.data.copy_(block.layer.weight)
    torch.testing.assert_close(symmetric.predict(inputs), separate.predict(inputs), rtol=0, atol=0)
    true = estimate(symmetric, inputs, targets, parameters)
    found = estimate(separate, inputs, targets, parameters)
    backward = {
        id(b.layer.weight): w.grad
        for b, w in zip(chain_of(separate), backward_of(separate), strict=True)
        if w is not None
    }
    assert len(backward) == len(chain_of(separate)) - 1
    for parameter, one, other in zip(parameters, true, found, strict=True):
        total = other if backward.get(id(parameter)) is None else other + backward[id(parameter)]  # pyright: ignore
        torch.testing.assert_close(one, total, rtol=1e-5, atol=1e-9)


def test_mean_update_moves_both_weights_alike() -> None:
    network, (inputs, targets) = convolutional(), batch("conv")
    one = rule(network, weights="separate", update="mean")
    one.gradients(inputs, targets)
    moved = [
        (block.layer.weight.grad, weights.grad)
        for block, weights in zip(chain_of(one), backward_of(one), strict=True)
        if weights is not None
    ]
    assert len(moved) == 3
    for forward, backward in moved:
        torch.testing.assert_close(forward, backward, rtol=0, atol=1e-14)


def test_separate_weights_survive_a_resume() -> None:
    network, (inputs, _) = dense(), batch("dense")
    one, other = (
        rule(network, weights="separate"),
        EP(network, SquaredError(), EP.Settings(weights="separate"), generator(9)),
    )
    assert not torch.equal(one.predict(inputs), other.predict(inputs))
    other.load_state_dict(one.state_dict())
    torch.testing.assert_close(one.predict(inputs), other.predict(inputs), rtol=0, atol=0)
    with pytest.raises(UsageError, match="no primitive function"):
        truncated_bptt(one, *batch("dense"))


def test_runs_without_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    network, (inputs, targets) = convolutional(nn.MaxPool2d), batch("conv")
    one, parameters = rule(network), list(network.parameters())
    usual = estimate(one, inputs, targets, parameters)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("autograd was used")

    monkeypatch.setattr(torch.autograd, "grad", refuse)
    monkeypatch.setattr(Tensor, "backward", refuse)
    with torch.inference_mode():
        for found, true in zip(estimate(one, inputs, targets, parameters), usual, strict=True):
            torch.testing.assert_close(found, true, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("loss", "weights"),
    list(itertools.product([SquaredError(), CrossEntropy()], ["symmetric", "separate"])),
)
def test_inputs_that_crash_others(loss: Any, weights: Any) -> None:
    """Batch 1, oblong pictures, odd pooling, two Linear layers after the convolutions, float32."""
    network = convolutional(nn.MaxPool2d).float()
    inputs, targets = batch("conv", 1)
    value, outputs = rule(network, loss, weights=weights).gradients(inputs.float(), targets)
    assert torch.isfinite(value) and outputs.shape == (1, 3)
    assert all(
        parameter.grad is not None and torch.isfinite(parameter.grad).all()
        for parameter in network.parameters()
    )


def test_one_output() -> None:
    network = shrunk(nn.Sequential(nn.Linear(9, 8), nn.Tanh(), nn.Linear(8, 1)))
    inputs, _ = batch("dense")
    assert rule(network).gradients(inputs, inputs.sum(1)).outputs.shape == (6, 1)


def test_learns() -> None:
    """A problem no linear map solves, from raw initial weights.

    The two phases pull in the right direction.
    """
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(2, 32), nn.Hardtanh(0.0, 1.0), nn.Linear(32, 2), nn.Hardtanh(0.0, 1.0)
    )
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([0, 1, 1, 0])
    one, optimiser = rule(network), torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(300):
        optimiser.zero_grad()
        one.gradients(inputs, targets)
        optimiser.step()
    assert (one.predict(inputs).argmax(1) == targets).all()


def test_refuses_in_words() -> Any:
    wide = nn.Linear(9, 9)
    with pytest.raises(UsageError, match="bounded activation"):
        rule(nn.Sequential(wide, nn.ReLU(), nn.Linear(9, 4)))
    with pytest.raises(UsageError, match="bounded activation"):
        rule(nn.Sequential(wide, nn.Linear(9, 4)))
    with pytest.raises(UsageError, match="average pool comes after Tanh"):
        rule(
            nn.Sequential(
                nn.Conv2d(1, 2, 3), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(9, 4)
            )
        )
    with pytest.raises(UsageError, match="no use for BatchNorm1d"):
        rule(nn.Sequential(wide, nn.BatchNorm1d(9), nn.Tanh(), nn.Linear(9, 4)))
    with pytest.raises(UsageError, match="reads CrossEntropy out of its last state"):
        rule(nn.Sequential(wide), CrossEntropy())
    with pytest.raises(UsageError, match="padded with zeros"):
        rule(
            nn.Sequential(
                nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"),
                nn.Tanh(),
                nn.Flatten(),
                nn.Linear(9, 4),
            )
        )

    class Skip(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wide, self.last = wide, nn.Linear(9, 4)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.last(torch.tanh(self.wide(inputs)) + inputs)

    with pytest.raises(UsageError, match="cannot follow step"):
        rule(Skip())


def test_what_is_predicted_is_the_settled_state() -> None:
    """Not the network's forward pass, which knows no feedback."""
    network, (inputs, _) = dense(), batch("dense")
    one = rule(network, free_steps=300)
    assert (one.predict(inputs) - network(inputs)).abs().max() > 1e-3
    torch.testing.assert_close(
        BP(network, SquaredError(), None, generator()).predict(inputs),
        network(inputs),
        rtol=0,
        atol=1e-15,
    )


def test_is_registered() -> None:
    assert resolve(RULES["ep"]) is EP


def test_a_population_settles_and_learns_as_its_networks_do() -> None:
    networks = [shrunk(nn.Sequential(nn.Flatten(), *dense()), seed=seed) for seed in range(3)]
    inputs, targets = batch("dense")
    inputs = inputs.view(-1, 3, 3)
    for loss, settings in (
        (SquaredError(), {"phases": "random-sign"}),
        (SquaredError(), {"weights": "separate", "update": "mean"}),
        (CrossEntropy(), {}),
    ):
        cut = slice(0, None if isinstance(loss, SquaredError) else -1)
        singles = [nn.Sequential(*list(network.children())[cut]) for network in networks]
        stacked = stack(singles)
        together = EP(
            stacked,
            loss,
            EP.Settings.model_validate(settings),
            [generator(seed) for seed in range(3)],
        )
        value, outputs = together.gradients(inputs, targets)
        for row, network in enumerate(singles):
            network.zero_grad()
            alone = EP(network, loss, EP.Settings.model_validate(settings), generator(row))
            step = alone.gradients(inputs, targets)
            torch.testing.assert_close(value[row], step.loss, rtol=0, atol=1e-14)
            torch.testing.assert_close(outputs[row], step.outputs, rtol=0, atol=1e-14)
            for one, all_of_them in zip(network.parameters(), stacked.parameters(), strict=True):
                assert one.grad is not None and all_of_them.grad is not None
                torch.testing.assert_close(all_of_them.grad[row], one.grad, rtol=0, atol=1e-13)
            for one, all_of_them in zip(alone.parameters(), together.parameters(), strict=True):
                assert one.grad is not None and all_of_them.grad is not None
                torch.testing.assert_close(all_of_them.grad[row], one.grad, rtol=0, atol=1e-13)
