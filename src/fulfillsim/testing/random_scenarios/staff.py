"""Random people, of whom somebody can work everywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.scenario.checks.stations import staffed_stations
from fulfillsim.scenario.schema import Settings
from fulfillsim.scenario.schema.listed import ASSIGNMENT
from fulfillsim.testing.random_scenarios.words import Any_, one, section, weekdays

_SHIFT = st.one_of(
    section({"hours": st.just("always"), "headcount": st.integers(0, 2)}),
    section(
        {"hours": st.just("06:00-14:00"), "headcount": st.integers(0, 3)},
        optional={
            "days": weekdays,
            "holidays": st.booleans(),
            "breaks": one(({"lunch": "10:00-10:30"}, {"a": "06:00-06:15", "b": {"at": "13:30-14:00", "paid": False}})),
            "heads": one(({"2026-03-02": 2}, {"2026-03-29": 0, "2026-12-31": 1})),
            "agency": section(
                {"rate": st.just("25 EUR/h"), "notice": one(("0s", "1 days"))},
                optional={"orders_per_head": one((1, 9))},
            ),
        },
    ),
    section(
        {"hours": st.just("22:00-06:30"), "headcount": st.integers(1, 3)},
        optional={"days": weekdays, "breaks": one(({"night": "02:15-02:45"}, {"late": "23:30-00:30"}))},
    ),
)
_ROLE: dict[str, Any_] = {
    "wage": one((0, "17.5 EUR/h")),
    "indirect": one(("0 %", "8 %", "60 %")),
    "at_break": one(("finish", "hand_over")),
    "assignment": one(ASSIGNMENT.names()),
    "absence": one(("20 %", {"share": "50 %", "correlation": "40 %", "paid": False})),
    "learning": one(("50 %", {"start": "30 %", "errors": 5, "tenure": {"exponential": {"mean": "10 days"}}})),
    "spread": one((0.0, 0.2)),
    "overtime": one(("2h", {"at_most": "0s", "home_after": "3h"}, {"at_most": "9h", "home_after": "1h"})),
}
ON_THE_SPOT = {"hours": "06:00-21:00", "headcount": 1, "days": "daily", "holidays": True}
"""Somebody is there whenever a truck leaves, and every station has somebody."""


@st.composite
def staff_section(draw: DrawFn, so_far: dict[str, Any]) -> dict[str, Any]:
    """A role for each station, and perhaps one whose people serve several."""
    stations = sorted(staffed_stations(Settings.model_validate(so_far)))
    sets = [[name] for name in stations]
    if len(stations) > 1 and draw(st.booleans()):
        sets.append(draw(st.lists(one(stations), min_size=2, max_size=3, unique=True)))
    return {f"role{number}": draw(_role(names)) for number, names in enumerate(sets)}


@st.composite
def _role(draw: DrawFn, stations: list[str]) -> dict[str, Any]:
    shifts = draw(st.dictionaries(one(("early", "late")), _SHIFT)) | {"day": ON_THE_SPOT}
    ranked = {name: {"rank": rank + 1, "speed": draw(one((0.5, 1, 1.3)))} for rank, name in enumerate(stations)}
    return {"skills": ranked, "shifts": shifts} | draw(section({}, optional=_ROLE))
