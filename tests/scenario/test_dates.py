"""Clock times, weekdays and dates: what is read, and what is refused with the rule and how to write it."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillsim.scenario import dates
from fulfillsim.scenario.dates import Span
from fulfillsim.scenario.units import UnitError

READ = [
    (dates.clock_s, "14:00", 50400.0),
    (dates.clock_s, "24:00", 86400.0),
    (dates.clock_s, "06:00:30", 21630.0),
    (dates.span, "08:00-16:30", Span(28800.0, 59400.0)),
    (dates.span, "22:00 - 06:00", Span(79200.0, 108000.0)),
    (dates.span, "00:00-24:00", Span(0.0, 86400.0)),
    (dates.weekdays, "mon-sat", frozenset(range(6))),
    (dates.weekdays, "mon, wed, fri", frozenset({0, 2, 4})),
    (dates.weekdays, "Friday-Monday", frozenset({4, 5, 6, 0})),
    (dates.weekdays, "daily", frozenset(range(7))),
    (dates.day, "2026-03-02", date(2026, 3, 2)),
    (dates.moment, "2026-03-02T06:00", datetime(2026, 3, 2, 6)),
    (dates.moment, "2026-03-02", datetime(2026, 3, 2)),
]
REFUSED = [
    (dates.clock_s, "25:00", "must be a clock time from 00:00 to 24:00"),
    (dates.clock_s, "12:60", "must be a clock time from 00:00 to 24:00"),
    (dates.clock_s, 14, "must be a clock time - write it like 14:00"),
    (dates.span, "08:00", "must be two clock times with a hyphen between - write it like 08:00-16:30"),
    (dates.span, "08:00-08:00", "must have a length - write 00:00-24:00 for the whole day"),
    (dates.weekdays, "mon-fry", "must be weekdays - did you mean fri?"),
    (dates.weekdays, "", "must be weekdays - write mon-sat, or mon, wed, fri, or daily"),
    (dates.day, "2026-02-30", "must be a date that exists"),
    (dates.day, "02.03.2026", "must be a date - write year-month-day, as 2026-03-02"),
    (dates.moment, "2026-03-02T24:00", "must be a clock time before 24:00 - write 00:00 of the next day"),
    (dates.zone, "Europe/Berln", "must be an IANA time zone - did you mean Europe/Berlin?"),
    (dates.zone, "../etc/passwd", "must be an IANA time zone"),
]


@pytest.mark.parametrize(("parse", "text", "value"), READ)
def test_what_people_write_is_read(parse, text, value) -> None:  # type: ignore[no-untyped-def]
    assert parse(text) == value


@pytest.mark.parametrize(("parse", "value", "message"), REFUSED)
def test_what_cannot_be_read_is_refused_with_the_rule_and_how_to_write_it(parse, value, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnitError) as caught:
        parse(value)
    assert str(caught.value).startswith(message)


@given(st.integers(0, 86399), st.integers(1, 86400))
def test_a_span_keeps_its_length_over_midnight(start: int, length: int) -> None:
    def clock(second: int) -> str:
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"

    end = start + length
    if length == 86400 and start:
        return
    shown = clock(end if end <= 86400 else end - 86400)
    assert dates.span(f"{clock(start)}-{shown}") == Span(float(start), float(end))


@given(st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_survive_being_written(days: set[int]) -> None:
    assert dates.weekdays(", ".join(dates.WEEKDAYS[day] for day in days)) == days
