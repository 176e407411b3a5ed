"""What every test may ask for."""

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# Same examples every time and no clock: a failure in one place is a failure everywhere.
settings.register_profile("fulfillsim", derandomize=True, deadline=None, database=None)
settings.load_profile("fulfillsim")
settings.register_profile("seeded", settings.get_profile("fulfillsim"), derandomize=False)


def pytest_configure(config: pytest.Config) -> None:
    """Draw other examples where ``--hypothesis-seed`` asks for them; they too are the same every time."""
    if config.getoption("hypothesis_seed", None) is not None:
        settings.load_profile("seeded")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the shared data, so that ``-m 'not shared_data'`` leaves it out."""
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared_data)


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data beside the checkout; the test is skipped where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no folder ../shared/data beside the checkout: this test needs the real data in it")
    return SHARED_DATA
