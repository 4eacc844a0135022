"""P networks at once are P networks."""

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.losses import LOSSES, find_loss
from evo.learning.measures.alignment import alignment
from evo.learning.networks.stacked import PopulationSGD, stack, unstack
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.hebbian import Hebbian
from evo.learning.rules.ifa import IFA
from evo.learning.rules.kolen_pollack import KolenPollack
from evo.learning.rules.sign import BRSF, FRSF, USF
from tests.learning.teaching import generator

P, STEPS = 5, 12
RATES = [0.05, 0.1, 0.2, 0.01, 0.3]


def networks() -> list[nn.Module]:
    torch.manual_seed(0)
    return [
        nn.Sequential(
            nn.Linear(12, 9),
            nn.Tanh(),
            nn.Dropout(0.1),
            nn.Linear(9, 7),
            nn.ReLU(),
            nn.Linear(7, 4),
        )
        for _ in range(P)
    ]


def alone(
    kind: Any,
    network: nn.Module,
    row: int,
    inputs: Tensor,
    targets: Tensor,
    judge: str,
    momentum: float,
    **settings: Any,
) -> Any:
    taught = kind(network, find_loss(judge), kind.Settings(**settings), generator(100 + row))
    optimiser = torch.optim.SGD(network.parameters(), lr=RATES[row], momentum=momentum)
    seen = None
    for step in range(STEPS):
        optimiser.zero_grad()
        seen = taught.gradients(inputs[step], targets[step])
        optimiser.step()
        taught.after_step()
    return seen


RULES: list[tuple[Any, dict[str, Any]]] = [
    (kind, {}) for kind in (BP, FA, DFA, IFA, USF, FRSF, BRSF, KolenPollack, Hebbian)
]
RULES += [
    (Hebbian, {"form": "oja"}),
    (DFA, {"connections": 2}),
    (Hebbian, {"form": "abcd", "a": 0.1, "b": 0.1, "c": -0.1, "d": 0.01}),
]


@pytest.mark.parametrize("own_batches", [False, True])
@pytest.mark.parametrize(("kind", "settings"), RULES)
def test_a_population_equals_its_networks_one_by_one(
    kind: Any, settings: dict[str, Any], own_batches: bool
) -> None:
    singles, judge = networks(), sorted(LOSSES)[len(settings) % len(LOSSES)]
    together = stack(singles)
    before = [copy.deepcopy(single.state_dict()) for single in singles]
    shape = (STEPS, P, 6) if own_batches else (STEPS, 6)
    inputs = torch.randn(*shape, 12, generator=generator(1))
    targets = torch.randint(4, shape, generator=generator(2))
    momentum = 0.9 if own_batches and kind is not Hebbian else 0.0
    taught = kind(
        together,
        find_loss(judge),
        kind.Settings(**settings),
        [generator(100 + row) for row in range(P)],
    )
    optimiser = PopulationSGD(together.parameters(), torch.tensor(RATES), momentum)
    seen = None
    for step in range(STEPS):
        optimiser.zero_grad()
        seen = taught.gradients(inputs[step], targets[step])
        optimiser.step()
        taught.after_step()
    assert seen is not None and seen.loss.shape == (P,) and seen.outputs.shape == (P, 6, 4)
    for row, single in enumerate(singles):
        assert all(
            torch.equal(before[row][name], value) for name, value in single.state_dict().items()
        )
        mine = (inputs[:, row], targets[:, row]) if own_batches else (inputs, targets)
        last = alone(kind, single, row, *mine, judge, momentum, **settings)
        torch.testing.assert_close(seen.loss[row], last.loss, rtol=0, atol=1e-5)
        copied = copy.deepcopy(single)
        unstack(together, copied, row)
        for (name, by_itself), of_many in zip(
            single.named_parameters(), copied.parameters(), strict=True
        ):
            torch.testing.assert_close(of_many, by_itself, rtol=0, atol=1e-5)
            assert "bias" in name or not torch.equal(by_itself, before[row][name])


def test_one_generator_for_all_draws_different_feedback_for_each() -> None:
    taught = FA(stack(networks()), find_loss("cross-entropy"), FA.Settings(), generator())
    assert taught.feedback[1].shape == (P, 7, 9)
    assert len({float(each[0, 0]) for each in taught.feedback[1]}) == P


def test_measures_of_a_population_are_means() -> None:
    singles = networks()
    inputs, targets = torch.randn(6, 12), torch.randint(4, (6,))
    together = FA(
        stack(singles),
        find_loss("cross-entropy"),
        FA.Settings(),
        [generator(row) for row in range(P)],
    )
    figures = alignment(together, inputs, targets)
    apart = [
        alignment(FA(s, find_loss("cross-entropy"), FA.Settings(), generator(r)), inputs, targets)
        for r, s in enumerate(singles)
    ]
    for name in ("angle_to_bp/0.weight", "angle_to_feedback/3"):
        assert figures[name] == pytest.approx(sum(each[name] for each in apart) / P, abs=0.01)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([], "no network to stack"),
        (
            [nn.Sequential(nn.Linear(2, 3)), nn.Sequential(nn.Linear(2, 4))],
            "different architectures",
        ),
        (
            [nn.Sequential(nn.Linear(2, 3), nn.Tanh()), nn.Sequential(nn.Linear(2, 3), nn.ReLU())],
            "different architectures",
        ),
        ([nn.Sequential(nn.Conv2d(1, 2, 3))] * 2, "Conv2d cannot be stacked"),
        (
            [nn.Sequential(nn.Linear(2, 3), nn.Flatten())] * 2,
            "Flatten cannot be stacked after other layers",
        ),
    ],
)
def test_what_cannot_be_stacked(members: list[nn.Module], words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        stack(members)
    assert caught.value.hint


def test_pictures_are_flattened_first() -> None:
    singles = [nn.Sequential(nn.Flatten(), nn.Linear(6, 3)) for _ in range(4)]
    inputs = torch.randn(5, 1, 2, 3)
    outputs = (
        BP(stack(singles), find_loss("cross-entropy"), BP.Settings(), generator())
        .gradients(inputs, torch.zeros(5, dtype=int))
        .outputs
    )
    torch.testing.assert_close(
        outputs, torch.stack([single(inputs) for single in singles]).detach()
    )


def test_rates_and_inputs_that_do_not_fit() -> None:
    together = stack(networks())
    with pytest.raises(UsageError, match=r"learning rates"):
        PopulationSGD(together.parameters(), torch.ones(P + 1))
    with pytest.raises(UsageError, match="do not fit 5 networks of 12 inputs"):
        together(torch.zeros(6, 13))
