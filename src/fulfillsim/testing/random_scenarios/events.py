"""Random disruptions on the first day, by the names that a scenario has."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.testing.random_scenarios.words import one


@st.composite
def events_section(draw: DrawFn, so_far: dict[str, Any]) -> dict[str, Any]:
    """One or two of those that can happen there."""
    kinds = _kinds(so_far)
    if not kinds:
        return {}
    names = draw(st.lists(one(sorted(kinds)), min_size=1, max_size=2, unique=True))
    day = so_far["start"]
    span = {"from": f"{day}T{draw(one(('08:00', '13:30')))}", "until": f"{day}T{draw(one(('14:00', '20:30')))}"}
    return {name: span | draw(one(kinds[name])) for name in names}


def _kinds(so_far: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    roles, channels = sorted(so_far["staff"]), so_far["demand"]["channels"]
    rated = sorted(name for name, channel in channels.items() if "headway" not in channel)
    suppliers = so_far.get("inventory", {}).get("suppliers", {})
    stations = sorted({name for role in so_far["staff"].values() for name in role["skills"]})
    kinds = {
        "outage": [{"stations": {name: True}} for name in ("all", *stations)] if stations else [],
        "flu": [{"role": name, "missing": "50 %"} for name in roles],
        "surge": [{"demand": 2}] * (len(rated) == len(channels)) + [{"demand": 0.3, "channel": name} for name in rated],
        "strike": [],
        "late_goods": [{"supplier": name, "late": "1 days"} for name in suppliers],
    }
    for name in so_far.get("delivery", {}).get("carriers", {}):
        kinds["strike"] += [{"carrier": name}, {"carrier": name, "slower": 2}]
    return {name: chances for name, chances in kinds.items() if chances}
