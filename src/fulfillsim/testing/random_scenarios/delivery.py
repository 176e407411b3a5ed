"""Random carriers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.scenario.schema.listed import CARRIER_ASSIGNMENT, CARRIER_CHOICE
from fulfillsim.testing.random_scenarios.words import calendars, one, section, shares, weekdays

_PICKUP = st.one_of(
    section(
        {"time": one(("06:30", "12:00", "18:00", "20:15"))}, optional={"days": weekdays, "capacity": one((0, 3, 99))}
    ),
    section({"every": one(("90 min", "7h"))}, optional={"capacity": one((0, 3, 99))}),
)
_SURCHARGES = {
    "fuel": {"share": "12 %"},
    "door": {"per_parcel": "0.5 EUR", "residential": True},
    "peak": {"per_kg": "0.1 EUR/kg", "from": "2026-03-03", "until": "2026-03-28"},
}
_RATES = section(
    {
        "zones": one(
            ({"all": {"1 kg": "4 EUR", "5 kg": "6 EUR"}}, {"all": {"2 kg": "3 EUR"}, "near": {"1 kg": "5 EUR"}})
        )
    },
    optional={
        "extra_per_kg": st.just("1 EUR/kg"),
        "divisor": one((5000, 4000)),
        "step": st.just("500 g"),
        "minimum": st.just("4 EUR"),
        "heaviest": st.just("30 kg"),
        "per": one(("parcel", "consignment")),
        "surcharges": st.just(_SURCHARGES),
    },
)
_CARRIER_SERVICE = section(
    {"transit": one((0, 1, 3))},
    optional={
        "late": one(({"0": 1}, {"-1": "10 %", "0": "80 %", "3": "10 %"})),
        "rates": _RATES,
        "damage": shares,
        "failed_attempt": shares,
        "loss": shares,
        "hazmat": st.booleans(),
    },
)
_CARRIER = section(
    {
        "pickups": st.dictionaries(one(("first", "second")), _PICKUP, min_size=1),
        "services": st.dictionaries(one(("ground", "air")), _CARRIER_SERVICE, min_size=1),
    },
    optional={
        "calendar": calendars,
        "close_out": one(("0s", "2h")),
        "shock_correlation": shares,
        "delivery_hours": one(("09:00-18:00", "00:00-23:00")),
        "daily_cap": one((0, 7, 300, {"mon-fri": 20, "sat": 0})),
        "daily_cap_on": st.just({"2026-03-03": 2}),
        "commitment": one(({"per_week": 40, "shortfall": "1 EUR"}, {"per_week": 0})),
    },
)
CARTONS = {
    "small": {"inner": "20 x 15 x 10 cm", "cost": "0.3 EUR", "weight": "80 g", "max_weight": "3 kg"},
    "large": {"inner": "50 x 40 x 40 cm", "cost": "0.9 EUR", "wall": "4 mm"},
}
_DELIVERY = section(
    {"carriers": st.dictionaries(one(("parcelco", "postal")), _CARRIER, min_size=1)},
    optional={
        "choice": one(CARRIER_CHOICE.names()),
        "lateness_cost": st.just("3 EUR"),
        "residential": shares,
        "consolidate": one(("2h", "2 days")),
        "assignment": one((*CARRIER_ASSIGNMENT.names(), {"method": "optimal", "on_promise": "90 %"})),
    },
)


_VAN = section(
    {"count": st.integers(1, 3), "parcels": one((2, 40))},
    optional={
        "max_distance": one(("30 km", "90 km")),
        "reloads": st.booleans(),
        "starts": st.just({"east": "1 km", "north": "5 km"}),
        "ends": st.just({"east": "4 km", "north": "5 km"}),
    },
)
_FLEET = section(
    {
        "vans": section({"small": _VAN}),
        "depot": st.just({"east": "3 km", "north": "3 km"}),
        "waves": one(({"morning": "07:30"}, {"morning": "07:30", "noon": "12:30"})),
        "solver": one(("savings", "insertion")),
    },
    optional={
        "slots": one(({"day": "08:00-18:00"}, {"early": "08:00-12:30", "late": "13:00-18:00"})),
        "failed_attempt": shares,
        "attempts": st.integers(1, 3),
        "travel_cv": one((0.0, 0.5)),
        "replan_after": one(("never", "5 min")),
        "insert_up_to": st.just("9 EUR"),
        "speeds": one(({"07-09": 0.6}, {"mon-fri": {"16-18": 0.7}})),
        "loading": one(("0 min", "5 min")),
        "calendar": calendars,
    },
)


@st.composite
def delivery_section(draw: DrawFn, zones: list[str]) -> dict[str, Any]:
    """Carriers, services of which each goes with some truck, and shares where parcels are assigned; own vans."""
    found: dict[str, Any] = draw(_DELIVERY)
    if "assignment" in found and len(found["carriers"]) > 1 and draw(st.booleans()):
        found["carriers"]["postal"]["max_share"] = "60 %"
    if draw(st.booleans()):
        found["fleet"] = draw(_FLEET)
        found["fleet"]["zones"] = {name: {"east": "6 km", "north": "2 km"} for name in zones[: draw(st.integers(1, 3))]}
    for carrier in found["carriers"].values():
        if any("every" in pickup for pickup in carrier["pickups"].values()):  # a truck on each of the days
            carrier["services"] |= {
                name: service | {"days": draw(weekdays)} for name, service in carrier["services"].items()
            }
    return found
