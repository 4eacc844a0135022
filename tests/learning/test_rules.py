"""What every registered learning rule owes."""

import pytest

from evo.registry import RULES, resolve


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_one_with_described_settings(name: str) -> None:
    kind = resolve(RULES[name])
    kind.Settings()
    for field, info in kind.Settings.model_fields.items():
        assert info.description, field
