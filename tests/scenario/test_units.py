"""Human quantities: what each way of writing means, and what is refused with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillsim.scenario import units
from fulfillsim.scenario.units import Money, UnitError, WorkingDays

READ = [
    (units.duration_s, "45s", 45.0),
    (units.duration_s, "90 s", 90.0),
    (units.duration_s, "2h", 7200.0),
    (units.duration_s, "1h30m", 5400.0),
    (units.duration_s, "1 h 30 min 5 s", 5405.0),
    (units.duration_s, "1.5 h", 5400.0),
    (units.duration_s, "15 min", 900.0),
    (units.duration_s, "2 days", 172800.0),
    (units.duration_s, "1 week", 604800.0),
    (units.duration_s, 0, 0.0),
    (units.working_days, "3 working days", WorkingDays(3)),
    (units.working_days, "1 working day", WorkingDays(1)),
    (units.working_days, "3 wd", WorkingDays(3)),
    (units.lead_time, "2 wd", WorkingDays(2)),
    (units.lead_time, "36 h", 129600.0),
    (units.rate_per_s, "120/h", 120 / 3600),
    (units.rate_per_s, "2/min", 2 / 60),
    (units.rate_per_s, "6000/day", 6000 / 86400),
    (units.rate_per_s, "3 per hour", 3 / 3600),
    (units.weight_kg, "1.2 kg", 1.2),
    (units.weight_kg, "300 g", 0.3),
    (units.volume_l, "2 l", 2.0),
    (units.volume_l, "5000 cm3", 5.0),
    (units.volume_l, "0.3 m3", 300.0),
    (units.length_m, "2.4 m", 2.4),
    (units.length_m, "30 cm", 0.3),
    (units.speed_m_per_s, "1.0 m/s", 1.0),
    (units.speed_m_per_s, "3.6 km/h", 1.0),
    (units.share, "12 %", 0.12),
    (units.share, 0.12, 0.12),
    (units.share, 1, 1.0),
    (units.money, "2.5 EUR", Money(2.5, "EUR")),
    (units.money, "3€", Money(3.0, "EUR")),
    (units.money, 0, Money(0.0, None)),
]  # fmt: skip


@pytest.mark.parametrize(("parse", "text", "value"), READ)
def test_a_quantity_means_what_its_writer_means(parse, text, value) -> None:  # type: ignore[no-untyped-def]
    found = parse(text)
    assert found == (pytest.approx(value, rel=1e-15) if isinstance(value, float) else value)


REFUSED = [
    (units.duration_s, 45, "must be a time with a unit; the unit is missing - write it like 45s, 15 min or 2 h"),
    (units.duration_s, "45", "must be a time with a unit - write it like 45s, 15 min, 1h30m or 2 days"),
    (units.duration_s, "-3 s", "must not be negative - write it like 45s, 15 min, 1h30m or 2 days"),
    (units.duration_s, "3 huors", "must be a time; huors is no unit of it - did you mean hours?"),
    (units.duration_s, "30m 1h", "must have its units from the largest to the smallest, each once - write"),
    (units.duration_s, "3 working days", "must be a time on the clock, not working days"),
    (units.duration_s, True, "must be a time with a unit - write it like"),
    (units.duration_s, "9999999 weeks", "must be at most 100 years"),
    (units.duration_s, [1], "must be a time with a unit - write it like"),
    (units.working_days, "1.5 wd", "must be a whole number of working days - write it like 3 working days"),
    (units.rate_per_s, "1e9/h", "must be at most 1e7/h - check the unit"),
    (units.rate_per_s, 120, "must be a rate - write it like 120/h"),
    (units.rate_per_s, "-1/h", "must not be negative"),
    (units.rate_per_s, "1e400/h", "must be finite"),
    (units.rate_per_s, "5/fortnight", "must be a rate; fortnight is no unit of it"),
    (units.weight_kg, 1.2, "must be a weight; the unit is missing - write it like 1.2 kg or 300 g"),
    (units.weight_kg, "2 pounds", "must be a weight; pounds is no unit of it - write it like 1.2 kg or 300 g"),
    (units.length_m, "-1 m", "must not be negative"),
    (units.share, 12, "must be between 0 and 1 - for percent write 12 %"),
    (units.share, "120 %", "must be between 0 and 1"),
    (units.share, float("inf"), "must be finite"),
    (units.money, 2.5, "must be an amount of money; the unit is missing - write it like 2.5 EUR"),
    (units.money, "2.5 EUR/h", "must be an amount, not a rate - write it like 2.5 EUR"),
    (units.money, "-1 EUR", "must not be negative"),
]  # fmt: skip


@pytest.mark.parametrize(("parse", "value", "message"), REFUSED)
def test_what_cannot_be_read_is_refused_with_the_rule_and_how_to_write_it(parse, value, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnitError) as caught:
        parse(value)
    assert str(caught.value).startswith(message)


def test_money_per_something_is_not_money_per_something_else() -> None:
    assert units.money("18.5 EUR/h", per="h") == Money(18.5, "EUR")
    with pytest.raises(UnitError, match=r"must be per km - write it like 2\.5 EUR/km"):
        units.money("18.5 EUR/h", per="km")


AMOUNTS = st.floats(0, 5e3).map(lambda x: round(x, 3))
MEASURES = [
    (units.length_m, units.LENGTHS),
    (units.weight_kg, units.WEIGHTS),
    (units.volume_l, units.VOLUMES),
    (units.speed_m_per_s, units.SPEEDS),
    (units.duration_s, units.DURATIONS),
]


@pytest.mark.parametrize(("parse", "table"), MEASURES)
@given(data=st.data())
def test_an_amount_in_any_unit_is_the_amount_times_the_unit(parse, table, data) -> None:  # type: ignore[no-untyped-def]
    amount, unit = data.draw(AMOUNTS), data.draw(st.sampled_from(sorted(table)))
    blank = data.draw(st.sampled_from(["", " "]))
    assert parse(f"{amount:f}{blank}{unit}") == pytest.approx(amount * table[unit], rel=1e-12)


@given(st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_a_duration_in_pieces_is_their_sum(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"{days}d{hours}h {minutes}min{seconds}s"
    assert units.duration_s(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds
