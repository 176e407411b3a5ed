"""Orders of which only the date is known get a time of day by a profile of hours."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import History
from fulfillsim.sampling.streams import Streams
from fulfillsim.tape.time_of_day import _share_of_day, with_times_of_day
from fulfillsim.testing.worlds import DAY_S, MONDAY, days_of

DAYS = days_of(7)


def profile(**hours):
    """The same weights on every weekday: h8=1, h20=3."""
    weights = np.zeros((7, 24))
    for name, weight in hours.items():
        weights[:, int(name[1:])] = weight
    return weights


def dated(days, hours):
    """Orders at the midnights of some days; order i has i + 1 lines of its own SKUs."""
    n_lines = np.arange(1, len(days) + 1)
    total = int(n_lines.sum())
    return History(
        arrival_s=np.array(days) * DAY_S,
        channel=np.zeros(len(days), np.int16),
        line_start=np.concatenate([[0], np.cumsum(n_lines)]).astype(np.int64),
        sku=np.arange(total, dtype=np.int32),
        quantity=np.arange(total, dtype=np.int32) + 1,
        order_id=tuple(f"o{i}" for i in range(len(days))),
        zone=np.arange(len(days), dtype=np.int16),
        hours=hours,
    )


@pytest.mark.parametrize(("u", "hour"), [(0.0, 8.0), (0.125, 8.5), (0.25, 20.0), (0.625, 20.5)])
def test_a_quantile_of_the_profile_is_the_hour_at_which_so_many_orders_have_come(u, hour):
    share = _share_of_day(profile(h8=1, h20=3)[0], np.array([u]))
    assert share[0] * 24 == pytest.approx(hour)


def test_every_order_keeps_its_day_and_its_lines_and_all_are_in_order_of_time():
    before = dated([0, 0, 0, 2, 2], profile(h8=1, h9=1))
    after = with_times_of_day(before, DAYS, Streams(1, 0))
    assert (np.diff(after.arrival_s) >= 0).all()
    assert ((after.arrival_s % DAY_S >= 8 * 3600) & (after.arrival_s % DAY_S < 10 * 3600)).all()
    for row, name in enumerate(after.order_id):
        i = int(name[1:])
        assert DAYS.of(after.arrival_s[row]) == (0 if i < 3 else 2)
        lines, own = (slice(*h.line_start[r : r + 2]) for h, r in ((after, row), (before, i)))
        assert after.sku[lines].tolist() == before.sku[own].tolist()
        assert after.quantity[lines].tolist() == before.quantity[own].tolist()
        assert after.zone[row] == i


def test_the_draws_of_a_day_depend_on_seed_and_replication_and_not_on_other_days():
    alone = with_times_of_day(dated([2, 2], profile(h8=1)), DAYS, Streams(1, 0)).arrival_s
    among = with_times_of_day(dated([0, 1, 2, 2, 3], profile(h8=1)), DAYS, Streams(1, 0)).arrival_s
    other = with_times_of_day(dated([2, 2], profile(h8=1)), DAYS, Streams(1, 1)).arrival_s
    assert alone.tolist() == among[2:4].tolist()
    assert alone.tolist() != other.tolist()


def test_a_history_with_times_stays_as_it_is():
    history = dated([0, 1], None)
    assert with_times_of_day(history, DAYS, Streams(1, 0)) is history


def test_a_day_of_23_hours_holds_its_orders():
    days = Days(MONDAY, (0.0, 82_800.0, 169_200.0), 0, 1, 0, "UTC")
    last_hour = replace(dated([0] * 50, profile(h23=1)), hours=profile(h23=1))
    placed = with_times_of_day(last_hour, days, Streams(1, 0)).arrival_s
    assert (placed >= 82_800.0 * 23 / 24).all()
    assert (placed < 82_800.0).all()
