"""Random release, picking, paths and steps."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.scenario.schema.listed import BATCHING, ROUTING
from fulfillsim.testing.random_scenarios.delivery import CARTONS
from fulfillsim.testing.random_scenarios.goods import FORWARD, records
from fulfillsim.testing.random_scenarios.words import (
    DISCIPLINES,
    MOST_STEPS,
    Any_,
    counts,
    divided,
    one,
    seconds,
    section,
    shares,
    works,
)

_PICKING: dict[str, Any_] = {
    "batch": section(
        {},
        optional={
            "max_orders": counts,
            "max_lines": counts,
            "max_units": counts,
            "max_weight": one(("1 kg", "20 kg")),
            "max_volume": one(("2 l", "90 l")),
            "policy": one(BATCHING.names()),
        },
    ),
    "discipline": one(("fifo", "priority")),
    "sort": section({"totes": one((1, 6))}, optional={"time": seconds}),
}
_OPTIONS = {"options": one(({"gift": True}, {"hazmat": False, "instruction": False}, {"kit": False}))}
_COUNTS = {"lines": one((1, {"least": 2}, {"most": 3})), "units": one(({"least": 1, "most": 4},))}
_SINGLES = one(({"lines": 1}, {"lines": 1, "options": {"hazmat": False}, "zones": {"near": True}}))
_MULTIS = one(({"lines": {"least": 2}}, {"lines": {"least": 2, "most": 4}, "options": {"gift": True}}))


def _condition(has_goods: bool) -> Any_:
    return section({}, optional=_OPTIONS | (_COUNTS if has_goods else {}))


def _errors(has_stock: bool) -> Any_:
    ways = ("repick", "partial", "backorder") if has_stock else ("repick", "partial")
    return section({}, optional={"mispick": shares, "short": shares, "when_short": one(ways)})


@st.composite
def fulfillment_section(draw: DrawFn, so_far: dict[str, Any]) -> dict[str, Any]:
    """Release, perhaps picking with paths of their own, and steps; stock may get slots and wrong records."""
    found: dict[str, Any] = {"release": draw(_release("delivery" in so_far))}
    has_layout, has_stock, has_goods = (name in so_far for name in ("layout", "inventory", "catalog"))
    if draw(st.integers(0, 2)):
        found["picking"] = draw(_picking(has_layout, has_stock))
        if draw(st.booleans()):
            found["paths"] = draw(_paths(found["picking"], has_goods, has_layout, has_stock, "delivery" in so_far))
        if has_stock and draw(st.booleans()):
            so_far["inventory"]["forward"] = draw(FORWARD)
        if has_stock and draw(st.booleans()):
            so_far["inventory"]["records"] = draw(records())
    steps = draw(_steps("picking" in found, has_goods, sorted(found.get("paths", {}))))
    if steps:
        found["steps"] = steps
    more = {"priority": one(("first_come", "due_departure", "class")), "packaging_cost": st.just("0.4 EUR")}
    if has_goods and "volume" in so_far["catalog"]:
        more |= {"cartons": one((CARTONS, {"tiny": {"inner": "9 x 9 x 9 cm"}})), "carton_rule": one(("quick", "fit"))}
    return found | draw(section({}, optional=more))


def _release(delivers: bool) -> Any_:
    waves: Any_ = one(
        ({"waves": {"dawn": "06:00", "noon": "12:00"}}, {"every": "45 min"}, {"waves": {"late": "02:30"}})
    )
    choices = [st.just({"rule": "on_arrival"}), waves.map(lambda when: {"rule": "waves", **when})]
    if delivers:
        more = {"lead": one(("30 min", "4h")), "lead_from": one(("plan", "observed"))}
        choices.append(section({"rule": st.just("cutoff_driven")}, optional=more))
    return st.one_of(choices)


@st.composite
def _paths(draw: DrawFn, shared: dict[str, Any], *has: bool) -> dict[str, Any]:
    """One or two paths, with a release or picking of their own; the zones are those of the building."""
    has_goods, has_layout, has_stock, delivers = has
    found: dict[str, Any] = {}
    by_name = {"singles": _SINGLES, "multis": _MULTIS} if has_goods else {"gifts": st.just({"options": {"gift": True}})}
    for name in draw(st.lists(one(sorted(by_name)), min_size=1, unique=True)):
        found[name] = {"when": draw(by_name[name]), "rank": draw(one((0, 1)))}
        if draw(st.booleans()):
            found[name]["release"] = draw(_release(delivers))
        if draw(st.booleans()):
            found[name]["picking"] = draw(_picking(has_layout, has_stock, "zones" not in shared))
            found[name]["picking"].pop("zones", None)
            if "zones" not in shared:
                found[name]["picking"].pop("consolidation", None)
    return found


@st.composite
def _picking(draw: DrawFn, has_layout: bool, has_stock: bool, zoned: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = draw(section({}, optional=_PICKING | {"errors": _errors(has_stock)}))
    if zoned and draw(st.booleans()):
        found["zones"] = draw(divided(("west", "east", "loft"), lambda share: {"share": share}))
        found["split"] = draw(one(("lines", "all")))
        if draw(st.booleans()):
            found["consolidation"] = draw(one((1, 5, 60)))
    if has_layout and draw(st.booleans()):
        more = {
            "setup": seconds,
            "search": seconds,
            "unit": seconds,
            "cv": one((0.0, 0.6)),
            "speed": st.just("0.7 m/s"),
            "congestion": one((0.0, 0.2)),
        }
        found["tour"] = {"routing": draw(one(ROUTING.names()))} | draw(section({}, optional=more))
    else:
        found |= {"time": draw(works), "per": draw(one(("order", "tour")))}
    if "tour" not in found or found.get("split") == "all":  # nothing to plan batches by
        found.get("batch", {}).pop("policy", None)
    if (most := found.get("batch", {}).get("max_orders")) is not None and draw(st.booleans()):
        found["batch"]["min_orders"] = draw(st.integers(1, most))
    return found


@st.composite
def _steps(draw: DrawFn, picked: bool, has_goods: bool, paths: list[str]) -> dict[str, Any]:
    names = [f"step{number}" for number in range(draw(st.integers(0 if picked else 1, MOST_STEPS)))]
    before = ["picking"] * picked
    found: dict[str, Any] = {}
    for name in names:
        more = {
            "staffed": st.booleans(),
            "discipline": one(DISCIPLINES),
            "only": st.just("gift") | _condition(has_goods),
        }
        if paths:
            more["paths"] = st.dictionaries(one([*paths, "others"]), st.just(True), min_size=1)
        found[name] = {"time": draw(works)} | draw(section({}, optional=more))
        if before:
            found[name]["after"] = before[-1]
        before.append(name)
        if draw(st.booleans()):
            more = {"mispicks": shares}
            found[name]["rework"] = {"to": draw(one(before)), "prob": draw(one(("5 %", "50 %")))}
            found[name]["rework"] |= draw(section({}, optional=more))
        if draw(st.booleans()):
            later = names[names.index(name) + 1 :]
            more = {"until": one(later)} if later else {}
            found[name]["wall"] = draw(section({"positions": one((1, 3, 40))}, optional=more))
    return found
