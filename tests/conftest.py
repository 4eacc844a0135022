"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """--slow: what documents show is carried out in full, also what takes minutes or a network."""
    parser.addoption("--slow", action="store_true", help="run the slow commands of documents too")


@pytest.fixture
def slow(request: pytest.FixtureRequest) -> bool:
    """Whether there is time."""
    return request.config.getoption("--slow")
