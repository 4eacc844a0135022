import re
import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/examples/own_function.py"


def test_the_minimum_of_an_own_function(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))
    said = capsys.readouterr().out.strip()
    told = re.fullmatch(
        r"cost (.*) at width = (.*), height = (.*), ribs = (.*), material = (.*)", said
    )
    assert told, said
    cost, width, height = (float(told[i]) for i in (1, 2, 3))
    # the area is 9 / ribs, and a rib costs as much as an area of 0.2
    least, ribs = min((0.5 * (9 / ribs + 0.2 * ribs), ribs) for ribs in range(1, 11))
    assert (int(told[4]), told[5]) == (ribs, "steel")
    assert cost == pytest.approx(least, abs=0.01)
    assert width == pytest.approx(np.sqrt(9 / ribs), abs=0.1)
    assert width * height * ribs >= 9 - 1e-4
