"""Random catalogs, layouts and stock."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.scenario.schema.listed import SUPPLIER_CHOICE
from fulfillsim.testing.random_scenarios.words import (
    Any_,
    calendars,
    divided,
    one,
    seconds,
    section,
    shares,
    weekdays,
    works,
)


@st.composite
def goods_section(draw: DrawFn) -> dict[str, Any]:
    """A catalog, and perhaps a layout and stock."""
    found: dict[str, Any] = {"catalog": draw(_CATALOG)}
    if draw(st.booleans()):
        found["layout"] = draw(_LAYOUT)
    if draw(st.integers(0, 3)):
        found["inventory"] = draw(_inventory())
    return found


_CATALOG = section(
    {"skus": one((1, 3, 25))},
    optional={
        "zipf": one((0.0, 1.2)),
        "weight": one(("2 kg", {"lognormal": {"mean": "900 g", "cv": 2}})),
        "volume": one(("1 l", {"gamma": {"mean": "3 l", "cv": 1}})),
        "price": one((0, 20, {"lognormal": {"mean": 24, "cv": 1}})),
        "hazmat": shares,
        "slots": one(("popularity", "random")),
    },
)
_LAYOUT = section(
    {"aisles": one((1, 4)), "cells": one((13, 20))},
    optional={"levels": one((1, 3)), "cell": one(("0.5 m", "1 m")), "aisle_spacing": one(("2 m", "5 m"))},
)
_LEVELS: dict[str, Any_] = {
    "service_level": one(("60 %", "99 %")),
    "order_cover": one(("1 days", "14 days")),
    "reorder_point": st.integers(-1, 6),
    "order_quantity": one((1, 7, 40)),
    "order_up_to": one((7, 60)),
}


@st.composite
def _inventory(draw: DrawFn) -> dict[str, Any]:
    rule = draw(one(("rq", "sS", "RS", "base_stock", "none")))
    found: dict[str, Any] = {"rule": rule, "shortage": draw(one(("backorder", "split", "later", "cancel")))}
    if rule == "none":
        found |= {"on_hand": draw(one((1, 30))), "start": "given"}
    else:
        found |= draw(section({}, optional=_LEVELS)) | {"suppliers": draw(_suppliers())}
        found |= draw(section({}, optional={"start": one(("steady", "given", "empty")), "on_hand": one((0, 9))}))
    handling = section({"time": works}, optional={"per_unit": seconds})
    review = section({}, optional={"days": weekdays, "at": one(("06:00", "00:00", "23:30"))})
    more = {"receiving": handling, "putaway": handling, "review": review, "waiting": one(("first_come", "priority"))}
    if rule != "none":
        more["sourcing"] = one(SUPPLIER_CHOICE.names()) | section(
            {"policy": st.just("best_score")}, optional={"weights": st.just({"price": 0, "reliability": 3})}
        )
    return found | draw(section({}, optional=more))


_UNRELIABLE: dict[str, Any_] = {
    "price": one((0.8, 1.3)),
    "late": section(
        {"prob": shares, "by": one(("1 days", "7h", {"exponential": {"mean": "1 days"}}))},
        optional={"together": one((0.0, 0.6))},
    ),
    "short": section(
        {"prob": one(("10 %", 0.9))},
        optional={
            "missing": one(("30 %", 1, {"uniform": {"low": 0, "high": 1}})),
            "rest": one(("follows", "cancelled")),
            "after": one(("0s", "9h", "2 days")),
        },
    ),
    "parts": one(({"whole": {"share": 1}}, {"first": {"share": "60 %"}, "second": {"share": 0.4, "after": "1 days"}})),
}


@st.composite
def records(draw: DrawFn) -> dict[str, Any]:
    """Records that differ from the shelf, and perhaps counts."""
    more: dict[str, Any_] = {
        "wrong": shares,
        "error": one(("10 %", "100 %")),
        "misbooked": shares,
        "shrinkage": shares,
        "when_short": one(("wait", "split", "cancel")),
        "counts": section(
            {"time": works},
            optional={
                "per_unit": seconds,
                "at": one(("06:00", "00:00", "12:30")),
                "days": weekdays,
                "per_day": one((1, 9)),
                "classes": one(({"A": 300, "C": 12}, {"B": 52})),
            },
        ),
    }
    found: dict[str, Any] = draw(section({}, optional=more))
    if "counts" in found:
        found["after_short"] = draw(one(("correct", "count")))
    return found


FORWARD = section(
    {"time": works},
    optional={
        "capacity": one((12, 40)),
        "cover": one(("1 days", "7 days")),
        "minimum": one((0, 3)),
        "rule": one(("min_max", "demand")),
        "when_empty": one(("wait", "reserve", "split", "cancel")),
        "per_unit": seconds,
        "reserve_pick": seconds,
    },
)


@st.composite
def _suppliers(draw: DrawFn) -> dict[str, Any]:
    more = section(
        {"lead_time": one(("0s", "5h", "1 days", "1 working days", {"gamma": {"mean": "2 days", "cv": 1}}))},
        optional={"calendar": calendars, "min_order": one((1, 25))} | _UNRELIABLE,
    )
    whole = draw(divided(("acme", "import"), lambda share: {"share": share}))
    return {name: plan | draw(more) for name, plan in whole.items()}
