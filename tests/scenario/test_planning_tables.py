"""Forecast and roster as sheets: settings like any other, refused by row."""

import datetime as dt

import numpy as np
import openpyxl
import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import scenario_from
from fulfillsim.tape import draw_tape
from fulfillsim.tape.forecast import with_mean

SMALL = {
    "schema": 1,
    "name": "small",
    "start": "2026-03-02",
    "catalog": {"skus": 40},
    "staff": {"crew": {"skills": {"picking": 1}, "shifts": {"day": {"hours": "always", "headcount": 1}}}},
    "fulfillment": {"picking": {"time": "1 min"}},
}
FORECAST = """\
date,channel,orders,lines,units
2026-03-02,web,600,3,2
2026-03-03,web,300,,
"""
ROSTER = """\
date,role,shift,heads
2026-03-02,pickers,day,7
2026-03-04,pickers,day,2
"""


@pytest.fixture
def site(small, tmp_path):
    """Maker of the small scenario with files beside it."""

    def make(files, changes):
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        return small(changes, tmp_path)

    return make


def refused(site, files, changes):
    with pytest.raises(ScenarioError) as caught:
        site(files, changes)
    return str(caught.value).splitlines()


def forecasting(site, text=FORECAST, **changes):
    return site({"f.csv": text}, {"demand.forecast": {"table": "f.csv"}, "days": 2, **changes})


def expected_by_day(world):
    (channel,) = world.demand.channels
    midnights = np.asarray(world.days.midnight_s)
    day = np.searchsorted(midnights, channel.arrivals.edges_s[:-1], side="right") - 1
    return np.bincount(day, channel.arrivals.expected)


def test_a_forecast_says_how_many_orders_a_day_has_and_hours_spread_them(site):
    world = forecasting(site, **{"demand.channels.web.hours": {"08-20": 1}, "demand.factor": 2}).world()
    days = expected_by_day(world)
    warm_up = world.days.n_warm_up
    assert days[warm_up : warm_up + 2] == pytest.approx([1200, 600])  # the factor is on all volumes
    assert days[:warm_up] == pytest.approx([480] * warm_up)  # the channel's usual day


def test_a_forecast_has_weekdays_and_special_days_in_it_already(site):
    changes = {"demand.special_days": {"2026-03-02": 1.5}, "demand.channels.web.weekdays": {"mon": 2, "tue-sun": 1}}
    world = forecasting(site, **changes).world()
    assert expected_by_day(world)[world.days.n_warm_up] == pytest.approx(600)


def test_lines_and_units_of_a_day_have_the_mean_of_the_forecast(site):
    more = {"demand.channels.web.units": {"geometric": {"mean": 1.4}}, "catalog.skus": 4000}
    world = forecasting(site, **more, **{"layout.aisles": 40, "layout.cells": 50}).world()
    tapes = [draw_tape(world, 1, replication) for replication in range(4)]
    day = [np.searchsorted(world.days.midnight_s, tape.placed_s, side="right") - 1 for tape in tapes]
    for offset, lines, units in ((0, 3.0, 2.0), (1, 1.5, 1.4)):
        there = [number == world.days.n_warm_up + offset for number in day]
        n_lines = np.concatenate([tape.n_lines[rows] for tape, rows in zip(tapes, there, strict=True)])
        n_units = np.concatenate([tape.n_units[rows] for tape, rows in zip(tapes, there, strict=True)])
        assert n_lines.mean() == pytest.approx(lines, rel=0.06)
        assert n_units.sum() / n_lines.sum() == pytest.approx(units, rel=0.06)


def test_days_without_a_mean_of_their_own_keep_their_orders(site):
    plain = forecasting(site, text="date,orders\n2026-03-02,600\n2026-03-03,300\n").world()
    given = forecasting(site).world()
    one, other = draw_tape(plain, 1, 0), draw_tape(given, 1, 0)
    assert np.array_equal(one.placed_s, other.placed_s)
    tuesday = one.placed_s >= plain.days.midnight_s[plain.days.n_warm_up + 1]
    assert np.array_equal(one.n_lines[tuesday], other.n_lines[tuesday])


def test_stretched_counts_have_the_mean_exactly():
    u = (np.arange(1000) + 0.5) / 1000
    assert with_mean(np.full(1000, 3), 2.0, 1.7, u).mean() == pytest.approx(1 + 2 * 0.7)
    assert with_mean(np.ones(1000, np.int64), 1.0, 2.25, u).mean() == pytest.approx(2.25)


def test_a_channel_without_a_volume_of_its_own_takes_the_mean_day_of_the_forecast(tmp_path):
    (tmp_path / "f.csv").write_text(FORECAST, "utf-8")
    web = {"lines": {"geometric": {"mean": 1.5}}}
    plan = SMALL | {"days": 2, "demand": {"channels": {"web": web}, "forecast": {"table": "f.csv"}}}
    settings = scenario_from(plan, tmp_path).settings
    assert settings.demand.channels["web"].orders_per_day == 450


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date,channel,orders\n2026-03-02,wb,5\n",
         'f.csv:2 column channel: is no channel of the scenario (got "wb") - did you mean web?'),
        ("date,channel,orders\n2026-03-02,web,-5\n", 'f.csv:2 column orders: must not be negative (got "-5")'),
        ("date,channel,orders\n2.3.2026,web,5\n",
         'f.csv:2 column date: must be a date (got "2.3.2026") - write year-month-day, as 2026-03-02'),
        ("date,orders\n2026-03-02,5\n2026-03-02,6\n", "f.csv:3 column date: is written twice for web, first in row 2"),
        ("date,channel,orders,lines\n2026-03-02,web,5,0.5\n", 'f.csv:2 column lines: must be at least 1 (got "0.5")'),
    ],
)  # fmt: skip
def test_a_forecast_is_refused_by_row(site, text, told):
    assert refused(site, {"f.csv": text}, {"demand.forecast": {"table": "f.csv"}}) == [told]


def test_a_forecast_that_leaves_a_day_out_is_warned_of(site):
    (warning,) = forecasting(site, days=3).warnings
    assert "says nothing of 2026-03-04: the usual day is taken" in str(warning)


def test_a_forecast_for_hours_in_which_nobody_orders_is_refused(site):
    (told,) = refused(site, {"f.csv": FORECAST}, {"demand.forecast": {"table": "f.csv"}, "days": 2,
                                                 "demand.channels.web.hours": {"tue-sun": {"00-24": 1}}})  # fmt: skip
    assert told.startswith("f.csv:2 demand.channels.web.forecast.2026-03-02: has orders on a weekday without hours")


def rostered(site, text=ROSTER, **roster):
    return site({"r.csv": text}, {"roster": {"table": "r.csv", **roster}, "days": 3})


def heads_by_date(scenario):
    world = scenario.world()
    (role,) = world.staff
    duties = {world.days.date(world.days.of(duty.start_s)).isoformat(): duty.heads for duty in role.shifts[0].duties}
    return [duties.get(f"2026-03-0{day}") for day in (2, 3, 4, 5)]


def test_a_roster_says_who_comes_on_which_day(site):
    assert heads_by_date(rostered(site)) == [7, 5, 2, 5]
    assert heads_by_date(rostered(site, others="nobody")) == [7, 0, 2, 5]


def test_a_roster_from_a_workbook_with_dates_of_its_own_kind_says_the_same(site, tmp_path):
    book = openpyxl.Workbook()
    for row in [("date", "role", "shift", "heads"), (dt.date(2026, 3, 2), "pickers", "day", 7),
                (dt.datetime(2026, 3, 4), "pickers", "day", 2.0)]:  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "plan.xlsx")
    assert heads_by_date(site({}, {"roster": {"table": "plan.xlsx"}, "days": 3})) == [7, 5, 2, 5]


def test_a_faulty_roster_hides_no_fault_of_the_scenario(site):
    text = "date,role,shift,heads\n2026-03-02,packer,day,7\n"
    nobody = {"roster": {"table": "r.csv"}, "staff.pickers.skills.packing": None}
    told = refused(site, {"r.csv": text}, nobody)
    assert any(line.startswith("r.csv:2 column role") for line in told)
    assert any("which nobody can serve" in line for line in told), told


def test_all_faults_of_a_roster_come_in_one_round(site):
    text = (
        "date,role,shift,heads\n2026-03-02,pickers,night,7\n2026-03-02,packer,day,x\n"
        "2026-03-03,pickers,day,2.5\n2026-03-03,pickers,day,2\n"
    )
    told = refused(site, {"r.csv": text}, {"roster": {"table": "r.csv"}})
    assert sorted(told) == [
        'r.csv:2 column shift: is no shift of pickers (got "night") - there are day',
        'r.csv:3 column heads: must be a finite number (got "x")',
        'r.csv:3 column role: is no role of the scenario (got "packer") - did you mean pickers?',
        'r.csv:4 column heads: must be a whole number (got "2.5")',
        "r.csv:5 column date: is written twice for pickers day, first in row 4",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date,role,shift,heads\n2026-03-02,packer,day,7\n",
         'r.csv:2 column role: is no role of the scenario (got "packer") - did you mean pickers?'),
        ("date,role,shift,heads\n2026-03-02,pickers,night,7\n",
         'r.csv:2 column shift: is no shift of pickers (got "night") - there are day'),
        ("date,role,shift,heads\n2026-03-02,pickers,day,2.5\n",
         'r.csv:2 column heads: must be a whole number (got "2.5")'),
        ("date,role,shift,heads\n2026-03-02,pickers,day,2\n2026-03-02,pickers,day,2\n",
         "r.csv:3 column date: is written twice for pickers day, first in row 2"),
    ],
)  # fmt: skip
def test_a_roster_is_refused_by_row(site, text, told):
    assert refused(site, {"r.csv": text}, {"roster": {"table": "r.csv"}}) == [told]
