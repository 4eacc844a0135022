"""Target propagation: exact inverses, what decoders converge to, and where targets lie."""

import copy
import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.losses import CrossEntropy, Loss, SquaredError
from evo.learning.networks.stacked import stack
from evo.learning.rules.ao_sdtp import AOSDTP
from evo.learning.rules.base import Rule
from evo.learning.rules.bp import BP
from evo.learning.rules.dtp import DTP
from evo.learning.rules.l_drl import LDRL
from evo.learning.rules.sdtp import SDTP
from evo.learning.rules.target_rule import Pass, TargetRule
from evo.learning.rules.tp import TP
from evo.registry import RULES, resolve

LEARNED = {"tp": TP, "dtp": DTP, "sdtp": SDTP, "ao-sdtp": AOSDTP, "l-drl": LDRL}


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def rule(
    kind: type[TargetRule],
    network: nn.Module,
    loss: Loss | None = None,
    seed: int = 1,
    **settings: object,
) -> TargetRule:
    return kind(
        network, loss or SquaredError(), kind.Settings.model_validate(settings), generator(seed)
    )


def filled(network: nn.Module, seed: int = 0) -> nn.Module:
    draws = generator(seed)
    for parameter in network.parameters():
        parameter.data.copy_(
            (torch.rand(parameter.shape, generator=draws) * 2 - 1)
            * (3.0 / parameter[0].numel()) ** 0.5
        )
    return network.double()


def square(activation: nn.Module | None = None, width: int = 6) -> nn.Module:
    between = activation or nn.LeakyReLU(0.3)
    layers = [
        nn.Linear(width, width),
        between,
        nn.Linear(width, width),
        between,
        nn.Linear(width, width),
        between,
    ]
    network = filled(nn.Sequential(*layers, nn.Linear(width, width)))
    for layer in network[::2]:  # pyright: ignore
        layer.weight.data.copy_(
            torch.linalg.qr(layer.weight.data)[0] + 0.1 * layer.weight.data
        )  # well away from singular
    return network


def plain(classes: int = 4) -> nn.Module:
    return filled(
        nn.Sequential(
            nn.Linear(6, 8),
            nn.Tanh(),
            nn.Linear(8, 7),
            nn.Tanh(),
            nn.Linear(7, 5),
            nn.Tanh(),
            nn.Linear(5, classes),
        )
    )


def batch(count: int = 5, width: int = 6, classes: int = 4) -> tuple[Tensor, Tensor]:
    return torch.randn((count, width), generator=generator(5), dtype=torch.float64), torch.randint(
        classes, (count,), generator=generator(6)
    )


def run_of(one: TargetRule, inputs: Tensor, targets: Tensor) -> Pass:
    with torch.no_grad():
        values, saved = one._forward(inputs)
        return one._pass(
            values, saved, one.loss(values[-1], targets, one.graph.networks).error, targets
        )


def goals_of(one: TargetRule, inputs: Tensor, targets: Tensor) -> tuple[Pass, list[Tensor]]:
    run = run_of(one, inputs, targets)
    with torch.no_grad():
        return run, one.targets(run)


def gradients_of(one: Rule, inputs: Tensor, targets: Tensor) -> list[Tensor]:
    one.network.zero_grad()
    one.gradients(inputs, targets)
    found = [parameter.grad for parameter in one.network.parameters() if parameter.grad is not None]
    assert len(found) == len(list(one.network.parameters()))
    return found


@pytest.mark.parametrize("activation", [nn.LeakyReLU(0.3), nn.Tanh(), nn.Sigmoid()])
def test_exact_targets_are_reached(activation: Any) -> None:
    """Each target is what the next one needs: forward from t_1 arrives at t_L."""
    one = rule(TP, square(activation), inverse="exact", target_step=1e-4)
    run, goals = goals_of(one, *batch(classes=6))
    reached = goals[0]
    for block, goal in zip(
        one.chain[1:], [*goals[1:], run.values[-1] - 1e-4 * run.error], strict=True
    ):
        reached, _ = block.forward(reached)
        torch.testing.assert_close(reached, goal, rtol=0, atol=1e-10)
    assert all(
        (goal - here).abs().max() > 1e-6 for goal, here in zip(goals, run.values[1:], strict=False)
    )


def test_exact_targets_become_gauss_newton() -> None:
    """(h_1 - t_1) / alpha is e through the inverse Jacobian, as soon as no kink lies between."""
    network, (inputs, targets) = square(), batch(classes=6)
    one = rule(TP, network, inverse="exact", target_step=1e-9)
    run, goals = goals_of(one, inputs, targets)
    above = nn.Sequential(*list(network)[2:])  # pyright: ignore
    for sample, (here, goal, error) in enumerate(
        zip(run.values[1], goals[0], run.error, strict=True)
    ):
        jacobian = torch.autograd.functional.jacobian(above, here)
        true = torch.linalg.solve(jacobian, error)  # pyright: ignore
        torch.testing.assert_close(
            (here - goal) / 1e-9, true, rtol=1e-5, atol=1e-5, msg=f"sample {sample}"
        )


def test_exact_targets_of_orthogonal_layers_are_backpropagation() -> None:
    network = square(nn.Identity())
    for layer in network[::2]:  # pyright: ignore
        layer.weight.data.copy_(torch.linalg.qr(layer.weight.data)[0])
    inputs, targets = batch(classes=6)
    found = gradients_of(rule(TP, network, inverse="exact", target_step=0.7), inputs, targets)
    true = gradients_of(BP(network, SquaredError(), None, generator()), inputs, targets)
    for one, other in zip(found, true, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-13)


def test_differences_vanish_for_exact_inverses() -> None:
    """DTP is TP where g is an inverse: given the same t_{L-1}, the same targets."""
    one = rule(TP, square(), inverse="exact", target_step=0.5)
    run, goals = goals_of(one, *batch(classes=6))
    one.decode = lambda index, values, run: one_inverse(one, index, values)
    for goal, other in zip(goals, one.differences(run, goals[-1]), strict=True):
        torch.testing.assert_close(goal, other, rtol=0, atol=1e-11)


def one_inverse(one: TargetRule, index: int, values: Tensor) -> Tensor:
    from evo.learning.targets.inverses import invert

    return invert(one.chain[index], values)


def linear_decoder(kind: type[TargetRule], steps: int, **settings: object) -> tuple[Tensor, Tensor]:
    """What a decoder of a linear layer (6 to 9) learns on white inputs, and the layer's W."""
    network = filled(
        nn.Sequential(
            nn.Linear(6, 6), nn.Identity(), nn.Linear(6, 9), nn.Identity(), nn.Linear(9, 3)
        ),
        seed=3,
    )
    network[0].weight.data.copy_(torch.eye(6))  # pyright: ignore
    one, draws = rule(kind, network, decoder_rate=1e-2, **settings), generator(8)
    for step in range(steps):
        if step > steps // 2:
            one.decoders.optimiser.param_groups[0]["lr"] = 1e-3
        one.decoders.learn(
            one._forward(torch.randn((64, 6), generator=draws, dtype=torch.float64))[0][1:][
                : len(one.decoders.each)
            ]
        )
    return one.decoders.each[0].weight.detach().mT, network[2].weight.detach()  # pyright: ignore


def distance(found: Tensor, true: Tensor) -> float:
    return float((found - true).norm() / true.norm())


def test_reconstruction_converges_to_the_pseudo_inverse() -> None:
    """V maps 9 outputs to 6 inputs.

    What it does outside of the layer's range is nobody's business.
    """
    with torch.no_grad():
        decoder, weight = linear_decoder(DTP, 1500, noise=0.1)
    assert distance(decoder @ weight, torch.eye(6, dtype=torch.float64)) < 0.05
    assert distance(decoder @ weight, weight.T @ weight) > 0.3


def test_difference_reconstruction_converges_to_the_transpose() -> None:
    with torch.no_grad():
        decoder, weight = linear_decoder(LDRL, 1500, noise=0.5)
    assert distance(decoder, weight.T) < 0.1
    assert distance(decoder, torch.linalg.pinv(weight)) > 0.3


def test_dtp_takes_its_first_target_down_the_gradient() -> None:
    network, (inputs, targets) = plain(), batch()
    run, goals = goals_of(rule(DTP, network, CrossEntropy(), target_step=0.25), inputs, targets)
    last = run.values[-2].detach().requires_grad_()
    gradient = torch.autograd.grad(
        nn.functional.cross_entropy(network[-1](last), targets, reduction="sum"), last
    )[0]  # pyright: ignore
    torch.testing.assert_close(goals[-1], run.values[-2] - 0.25 * gradient, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", [SDTP, AOSDTP, LDRL, TP])
def test_no_weight_is_transported(kind: Any) -> Any:
    """Nothing is sent back through forward weights.

    Only DTP reads the output layer's, as NaN in its place shows.
    """
    network, (inputs, targets) = plain(), batch()

    def poisoned(one: TargetRule) -> TargetRule:
        for block in one.chain:
            whole = block.layer.backward

            def backward(saved: Any, error: Any, weight: Any = None, whole: Any = whole) -> Any:
                assert weight is None or one.transports
                return whole(
                    saved, error, None if weight is None else torch.full_like(weight, math.nan)
                )

            block.layer.backward = backward  # pyright: ignore
        return one

    clean = gradients_of(rule(kind, network, CrossEntropy()), inputs, targets)
    for found, true in zip(
        gradients_of(poisoned(rule(kind, network, CrossEntropy())), inputs, targets),
        clean,
        strict=True,
    ):
        torch.testing.assert_close(found, true, rtol=0, atol=0)
    found = gradients_of(poisoned(rule(DTP, network, CrossEntropy())), inputs, targets)
    assert torch.isnan(found[0]).all()


def test_sdtp_is_dtp_below_the_penultimate_layer() -> None:
    network, (inputs, targets) = plain(), batch()
    dtp, sdtp = rule(DTP, network, CrossEntropy()), rule(SDTP, network, CrossEntropy())
    for one, other in zip(dtp.decoders.each, sdtp.decoders.each, strict=False):
        for parameter, same in zip(one.parameters, other.parameters, strict=True):
            same.data.copy_(parameter)
    run, goals = goals_of(dtp, inputs, targets)
    _, others = goals_of(sdtp, inputs, targets)
    with torch.no_grad():
        for goal, same in zip(goals, sdtp.differences(run, goals[-1]), strict=True):
            torch.testing.assert_close(goal, same, rtol=0, atol=0)
    assert (goals[-1] - others[-1]).abs().max() > 1e-3


def test_sdtp_sets_its_first_target_where_the_loss_is_least() -> None:
    network, (inputs, targets) = plain(), batch()
    one = rule(SDTP, network, CrossEntropy())
    run, goals = goals_of(one, inputs, targets)
    top = one.decoders.each[-1]
    with torch.no_grad():
        wanted = nn.functional.one_hot(targets, 4).double() @ top.weight + top.bias
        seen = torch.softmax(run.values[-1], 1) @ top.weight + top.bias
    torch.testing.assert_close(
        goals[-1], run.values[-2] + torch.tanh(wanted) - torch.tanh(seen), rtol=0, atol=1e-14
    )


@pytest.mark.parametrize("step", [1.0, 0.3])
@pytest.mark.parametrize("kind", [SDTP, TP, LDRL])
def test_the_top_target_goes_as_far_as_is_set(kind: type[TargetRule], step: float) -> None:
    network, (inputs, targets) = plain(), batch()
    taught = rule(kind, network, CrossEntropy(), target_step=step)
    run, goals = goals_of(taught, inputs, targets)
    top, outputs = taught.decoders.each[-1], run.values[-1]

    def inverse(values: Tensor) -> Tensor:
        return torch.tanh(values @ top.weight + top.bias)

    with torch.no_grad():
        predictions, classes = torch.softmax(outputs, 1), nn.functional.one_hot(targets, 4).double()
        goal = predictions + step * (classes - predictions)
        if kind is TP:
            expected = inverse(goal)
        elif kind is SDTP:
            expected = run.values[-2] + inverse(goal) - inverse(predictions)
        else:
            moved = outputs - step * (predictions - classes)
            expected = run.values[-2] + inverse(moved) - inverse(outputs)
    torch.testing.assert_close(goals[-1], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", LEARNED)
def test_without_hidden_layers_only_the_delta_rule_is_left(name: str) -> None:
    torch.manual_seed(0)
    network, (inputs, targets) = nn.Sequential(nn.Linear(6, 4)).double(), batch()
    taught = rule(LEARNED[name], network, CrossEntropy())
    gradients = gradients_of(taught, inputs, targets)
    cost = nn.functional.cross_entropy(network(inputs), targets)
    exact = torch.autograd.grad(cost, list(network.parameters()))
    for gradient, true in zip(gradients, exact, strict=True):
        torch.testing.assert_close(gradient, true, rtol=0, atol=1e-14)
    assert taught.measures(inputs, targets) == {}


def test_auxiliary_outputs_are_seen_by_the_top_decoder() -> None:
    network, (inputs, targets) = plain(), batch()
    one = rule(AOSDTP, network, CrossEntropy(), features=3)
    run, goals = goals_of(one, inputs, targets)
    assert isinstance(one, AOSDTP)
    top, hidden = one.decoders.each[-1], run.values[-2]
    with torch.no_grad():
        extra = torch.tanh(hidden @ one.projection) @ top.parameters[2]
        wanted = nn.functional.one_hot(targets, 4).double() @ top.weight + top.bias + extra
        seen = torch.softmax(run.values[-1], 1) @ top.weight + top.bias + extra
    assert extra.abs().max() > 0.01
    torch.testing.assert_close(
        goals[-1], hidden + torch.tanh(wanted) - torch.tanh(seen), rtol=0, atol=1e-14
    )


def test_layers_learn_from_their_own_target_only() -> None:
    """Half the squared distance to the target, inputs and target held still.

    Each layer's part, by autograd.
    """
    network, (inputs, targets) = plain(), batch()
    one = rule(DTP, network, CrossEntropy(), target_step=0.25, decoder_steps=1, schedule="parallel")
    run, goals = goals_of(one, inputs, targets)
    found = gradients_of(one, inputs, targets)
    for index, (below, goal) in enumerate(zip(run.values, goals, strict=False)):
        layer = network[2 * index]  # pyright: ignore
        distance = (torch.tanh(layer(below)) - goal).square().sum() / 2 / 0.25 / len(inputs)  # pyright: ignore
        for gradient, true in zip(
            found[2 * index : 2 * index + 2],
            torch.autograd.grad(distance, list(layer.parameters())),
            strict=True,
        ):  # pyright: ignore
            torch.testing.assert_close(gradient, true, rtol=0, atol=1e-13)
    whole = nn.functional.cross_entropy(network(inputs), targets)
    last = list(network[-1].parameters())  # pyright: ignore
    for gradient, true in zip(found[-2:], torch.autograd.grad(whole, last), strict=True):
        torch.testing.assert_close(gradient, true, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("schedule", "steps"), [("alternating", 3), ("parallel", 1)])
def test_decoders_learn_before_or_after_targets_are_set(schedule: str, steps: Any) -> None:
    network, (inputs, targets) = plain(), batch()
    one = rule(DTP, network, CrossEntropy(), schedule=schedule, decoder_steps=3)
    _, goals = goals_of(one, inputs, targets)
    seen, set_targets = [], one.targets
    one.targets = lambda run: seen.append(set_targets(run)) or seen[-1]
    one.gradients(inputs, targets)
    assert [
        float(one.decoders.optimiser.state[p]["step"]) for p in one.decoders.each[0].parameters
    ] == [steps, steps]
    assert torch.equal(seen[0][0], goals[0]) == (schedule == "parallel")


def decoder_loss(one: TargetRule, below: Tensor, index: int, kind: str, sigma: float) -> Tensor:
    """By torch's own means, with the noise that the rule draws next."""
    decoder, draws = one.decoders.each[index], torch.Generator()
    draws.set_state(one.generator.get_state())  # pyright: ignore
    block = one.chain[index + 1]

    def decode(values: Tensor) -> Tensor:
        return torch.tanh(values @ decoder.weight + decoder.bias)

    noise = torch.randn(below.shape, generator=draws, dtype=below.dtype) * sigma
    moved = block.forward(below + noise)[0]
    if kind != "jacobian":
        return (
            (decode(moved) - (below + noise if kind == "preserving" else below)).square().sum()
            / 2
            / len(below)
        )
    clean = block.forward(below)[0]
    shift = torch.randn(clean.shape, generator=draws, dtype=below.dtype) * sigma
    gap = decode(clean + shift) - decode(clean)
    return (-2 * (noise * (decode(moved) - decode(clean))).sum() + gap.square().sum()) / len(below)


@pytest.mark.parametrize("kind", ["preserving", "denoising", "jacobian"])
def test_decoders_follow_the_gradient_of_their_loss(kind: Any) -> None:
    network = filled(
        nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 7), nn.Tanh(), nn.Linear(7, 4))
    )
    one = (
        rule(LDRL, network, noise=0.3)
        if kind == "jacobian"
        else rule(DTP, network, reconstruction=kind, noise=0.3)
    )
    below = one._forward(batch()[0])[0][1].detach()
    decoder = one.decoders.each[0]
    true = torch.autograd.grad(decoder_loss(one, below, 0, kind, 0.3), decoder.parameters)
    with torch.no_grad():
        one.decoders.each = one.decoders.each[:1]
        one.decoders.learn([below])
    for parameter, gradient in zip(decoder.parameters, true, strict=True):
        assert parameter.grad is not None
        torch.testing.assert_close(parameter.grad, gradient, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", LEARNED)
def test_resumes_exactly(name: str) -> None:
    network, (inputs, targets) = plain(), batch()
    one = rule(LEARNED[name], network, CrossEntropy())
    for _ in range(3):
        gradients_of(one, inputs, targets)
    other = rule(LEARNED[name], copy.deepcopy(network), CrossEntropy(), seed=7)
    other.load_state_dict(one.state_dict())
    for _ in range(2):
        for found, same in zip(
            gradients_of(one, inputs, targets), gradients_of(other, inputs, targets), strict=True
        ):
            torch.testing.assert_close(found, same, rtol=0, atol=0)


@pytest.mark.parametrize("name", LEARNED)
def test_runs_without_autograd_and_goes_on_outside_of_inference_mode(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, (inputs, targets) = plain(), batch()
    usual = rule(LEARNED[name], network, CrossEntropy())
    gradients_of(usual, inputs, targets)
    true = gradients_of(usual, inputs, targets)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("autograd was used")

    monkeypatch.setattr(torch.autograd, "grad", refuse)
    monkeypatch.setattr(Tensor, "backward", refuse)
    one = rule(LEARNED[name], network, CrossEntropy())
    with torch.inference_mode():
        gradients_of(one, inputs, targets)
    for found, same in zip(gradients_of(one, inputs, targets), true, strict=True):
        torch.testing.assert_close(found, same, rtol=0, atol=0)


@pytest.mark.parametrize("name", LEARNED)
@pytest.mark.parametrize("schedule", ["alternating", "parallel"])
def test_inputs_that_crash_others(name: str, schedule: str) -> None:
    """Batch 1, pictures that are no squares, strides that leave a rest, one output; float32."""
    network = nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2),
        nn.Tanh(),
        nn.Conv2d(4, 6, 2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(6 * 4 * 5, 5),
        nn.Tanh(),
        nn.Linear(5, 1),
    )
    inputs = torch.rand((1, 2, 11, 14), generator=generator())
    one = rule(LEARNED[name], network, schedule=schedule)
    before = [
        parameter.detach().clone()
        for decoder in one.decoders.each
        for parameter in decoder.parameters
    ]
    gradients = gradients_of(one, inputs, torch.tensor([[0.3]]))
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
    after = [parameter for decoder in one.decoders.each for parameter in decoder.parameters]
    assert not any(torch.equal(old, new) for old, new in zip(before, after, strict=True))
    assert all(
        math.isfinite(figure) for figure in one.measures(inputs, torch.tensor([[0.3]])).values()
    )


def test_a_convolution_is_decoded_by_its_transpose() -> None:
    network = filled(
        nn.Sequential(
            nn.Conv2d(2, 4, 3),
            nn.Tanh(),
            nn.Conv2d(4, 6, 3, stride=2, padding=1),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(30, 2),
        )
    )
    one = rule(DTP, network)
    below = torch.rand((3, 4, 5, 9), generator=generator(), dtype=torch.float64)
    decoder = one.decoders.each[0]
    decoder.bias.data.uniform_(-1, 1, generator=generator())
    with torch.no_grad():
        values = decoder.encode(below)
        found, _ = decoder(values, below)
    true = torch.tanh(
        nn.functional.conv_transpose2d(values, decoder.weight, decoder.bias, stride=2, padding=1)
    )
    assert true.shape == below.shape
    torch.testing.assert_close(found, true, rtol=0, atol=1e-14)


def test_measures_change_nothing_and_tell_angles() -> None:
    network, (inputs, targets) = plain(), batch()
    one = rule(DTP, network, CrossEntropy())
    gradients_of(one, inputs, targets)
    before, state = (
        [p.grad.clone() for p in network.parameters() if p.grad is not None],
        one.state_dict(),
    )
    figures = one.measures(inputs, targets)
    assert figures["target_angle/4"] == pytest.approx(0.0, abs=0.1)
    assert set(figures) == {
        "target_angle/4",
        "target_angle/2",
        "target_angle/0",
        "reconstruction_error/2",
        "reconstruction_error/4",
    }
    for kept, parameter in zip(before, network.parameters(), strict=True):
        assert parameter.grad is not None and torch.equal(kept, parameter.grad)
    after = one.state_dict()
    assert (state["generator"] == after["generator"]).all() and repr(state["decoders"]) == repr(
        after["decoders"]
    )


def test_a_trained_decoder_beats_a_frozen_one() -> None:
    network, (inputs, targets) = plain(), batch(200)
    one = rule(DTP, network, CrossEntropy(), decoder_rate=1e-2)
    frozen = one.measures(inputs, targets)
    for _ in range(200):
        one.gradients(inputs, targets)
    learned = one.measures(inputs, targets)
    assert learned["reconstruction_error/2"] < 0.5 * frozen["reconstruction_error/2"]
    assert learned["target_angle/0"] < frozen["target_angle/0"] - 10


@pytest.mark.parametrize("name", ["dtp", "sdtp", "l-drl"])
def test_learns(name: str) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2)
    )
    inputs = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    targets = torch.tensor([0, 1, 1, 0])
    one, optimiser = (
        rule(LEARNED[name], network, CrossEntropy()),
        torch.optim.Adam(network.parameters(), lr=1e-2),
    )
    for _ in range(150):
        optimiser.zero_grad()
        one.gradients(inputs, targets)
        optimiser.step()
    assert (one.predict(inputs).argmax(1) == targets).all()


def test_refuses_in_words() -> None:
    with pytest.raises(UsageError, match="no exact inverse"):
        rule(TP, plain(), inverse="exact")
    with pytest.raises(UsageError, match="no exact inverse"):
        rule(
            TP,
            nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)),
            inverse="exact",
        )
    with pytest.raises(UsageError, match="dtp has no use for MaxPool2d"):
        rule(
            DTP,
            nn.Sequential(
                nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Tanh(), nn.Flatten(), nn.Linear(8, 2)
            ),
        )
    with pytest.raises(UsageError, match="ao-sdtp needs a Linear last"):
        rule(AOSDTP, nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Conv2d(2, 2, 3)))


def test_are_registered() -> None:
    for name, kind in LEARNED.items():
        assert resolve(RULES[name]) is kind and kind.name == name


@pytest.mark.parametrize("name", LEARNED)
def test_a_population_learns_as_its_networks_do(name: str) -> None:
    """Two steps: the second one with decoders that have learned."""
    singles, (inputs, targets) = [filled(plain(), seed) for seed in range(3)], batch()
    stacked, kind = stack(singles), LEARNED[name]
    together = kind(
        stacked, CrossEntropy(), kind.Settings(), [generator(seed) for seed in range(3)]
    )
    gradients_of(together, inputs, targets)
    all_of_them = gradients_of(together, inputs, targets)
    for row, network in enumerate(singles):
        alone = rule(kind, network, CrossEntropy(), seed=row)
        gradients_of(alone, inputs, targets)
        for one, every in zip(gradients_of(alone, inputs, targets), all_of_them, strict=True):
            torch.testing.assert_close(every[row], one, rtol=0, atol=1e-12)
    assert all(math.isfinite(figure) for figure in together.measures(inputs, targets).values())


def test_a_population_inverts_exactly() -> None:
    singles, (inputs, targets) = [square(), square()], batch(classes=6)
    singles[1][0].weight.data.mul_(1.1)  # pyright: ignore
    one = rule(TP, stack(singles), inverse="exact", target_step=1e-4)
    _, goals = goals_of(one, inputs, targets)
    for row, network in enumerate(singles):
        _, alone = goals_of(rule(TP, network, inverse="exact", target_step=1e-4), inputs, targets)
        for goal, own in zip(goals, alone, strict=True):
            torch.testing.assert_close(goal[row], own, rtol=0, atol=1e-11)
