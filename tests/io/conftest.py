from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fulfillsim.domain.clock import Days


def days_from(first: date, n: int, zone: str = "Europe/London") -> Days:
    """A window of n days from a local midnight, clock changes included."""
    midnights = [
        datetime.combine(first + timedelta(days=i), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        for i in range(n + 1)
    ]
    seconds = tuple((m - midnights[0]).total_seconds() for m in midnights)
    return Days(first.toordinal(), seconds, 0, n, 0, zone)


@pytest.fixture
def make_days():
    return days_from


@pytest.fixture
def write(tmp_path):
    """Write text (or bytes) to a file and return its path."""

    def to_file(content, name="orders.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return to_file
