"""Small random scenarios, as files would hold them: hypothesis strategies that follow the schema section by section.

Each is valid by construction, so that whatever is refused or breaks on one is a fault of ours. To let it grow with the
schema: a key in the section's ``optional``, where hypothesis takes it or leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fulfillsim.scenario.checks.stations import staffed_stations
from fulfillsim.scenario.schema import Settings
from fulfillsim.scenario.schema.listed import (
    ASSIGNMENT,
    BATCHING,
    CARRIER_ASSIGNMENT,
    CARRIER_CHOICE,
    NOTIFICATION,
    ROUTING,
    SUPPLIER_CHOICE,
)

Any_ = SearchStrategy[Any]
section = st.fixed_dictionaries
one = st.sampled_from

ZONES, SERVICES, CHANNELS = ("near", "far", "abroad"), ("standard", "express"), ("web", "phone", "store", "edi")
DISCIPLINES = ("fifo", "priority", "preemptive", "shortest")
MOST_STEPS = 3
MOST_SKUS_OF_A_KIT = 3

shares = one(("0 %", "3 %", "20 %", "60 %", "100 %"))
counts = st.integers(1, 12)
seconds = one(("0s", "5s", "45s", "4 min", "25 min"))
times = one(
    (
        *("40s", "6 min", {"exponential": {"mean": "3 min"}}, {"lognormal": {"mean": "5 min", "cv": 0.7}}),
        *({"gamma": {"mean": "90s", "cv": 1.4}}, {"uniform": {"low": "1 min", "high": "9 min"}}, "2h"),
        {"mixture": {"quick": {"share": "80 %", "of": "30s"}, "slow": {"share": "20 %", "of": "20 min"}}},
    )
)
parts = section(
    {"per_order": one(("20s", "3 min"))},
    optional={"per_line": seconds, "per_unit": one(("0s", "2s")), "per_gift": seconds, "cv": one((0.0, 0.4, 1.5))},
)
works = st.one_of(times, parts)
sizes = one((1, 3, {"geometric": {"mean": 1.8}}, {"shares": {"1": "70 %", "2": "20 %", "7": "10 %"}}))
weekdays = one(("daily", "mon-fri", "mon-sat", "tue", "sat-sun"))
calendars = section(
    {"working_days": weekdays}, optional={"holidays": one(({"2026-03-03": "Feast"}, {"2026-03-30": "Feast"}))}
)


@st.composite
def scenarios(draw: DrawFn) -> dict[str, Any]:
    """Settings of a small scenario: any stage may be missing, a few dozen orders a day for a day or three."""
    found: dict[str, Any] = {"schema": 1, "name": "random"} | draw(_FRAME)
    found["zones"] = draw(_whole(ZONES, lambda share: {"share": share}))
    found["services"] = draw(_services())
    has_goods = draw(st.booleans())
    if has_goods:
        found |= draw(_goods())
    found["demand"] = draw(_demand(has_goods))
    if draw(st.booleans()):
        found["processing"] = draw(_PROCESSING)
        if draw(st.integers(0, 3)):
            found["delivery"] = draw(_delivery())
            _let_promises_be_kept(found)
    if draw(st.integers(0, 3)):
        found["fulfillment"] = draw(_fulfillment(found))
    if draw(st.booleans()):
        found["communication"] = draw(_communication("delivery" in found))
    if ways := _ways_to_make_kits(found):
        found |= draw(_assembly(found["catalog"]["skus"], ways))
    if draw(st.booleans()):
        found["clients"] = draw(_clients(found))
        if has_goods:
            found["catalog"]["skus"] = max(3, found["catalog"]["skus"])  # so that each has one
        for channel in found["demand"]["channels"].values():
            channel["client"] = draw(one(("acme", "best")))
    return found | {"staff": draw(_staff(found))}


def _let_promises_be_kept(found: dict[str, Any]) -> None:
    """Where a promise is to be kept with a chance, carriers lose no more parcels than that allows."""
    if any(service.get("promise") == "quantile" for service in found["services"].values()):
        for carrier in found["delivery"]["carriers"].values():
            for service in carrier["services"].values():
                service.update({"loss": "20 %"} if service.get("loss") in ("60 %", "100 %") else {})


_FRAME = section(
    {
        "start": one(("2026-03-02", "2026-03-29", "2026-10-25", "2026-12-31")),
        "days": st.integers(1, 3),
        "warm_up": one(("0 days", "1 days")),
    },
    optional={
        "zone": one(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")),
        "drain": one(("auto", "0 days", "2 days")),
        "begin": one(("steady", "empty")),
        "calendar": calendars,
    },
)


@st.composite
def _clients(draw: DrawFn, found: dict[str, Any]) -> dict[str, Any]:
    """Two clients with SKUs of their own, and perhaps terms and messages."""
    terms = section(
        {}, optional={"cutoff": one(("11:00", {"mon-fri": "15:00"})), "handling": st.just("1 working days")}
    )
    whole: dict[str, dict[str, Any]] = {"acme": {"skus": "70 %"}, "best": {"skus": "30 %"}}
    for client in whole.values():
        if draw(st.booleans()):
            policy: Any_ = st.one_of(
                st.just({}), st.just({"promise": "load_aware"}), st.just({"promise": "cutoff_quote"})
            )
            client["services"] = {name: draw(terms) | draw(policy) for name in found["services"]}
        if "communication" in found and draw(st.booleans()):
            client["communication"] = draw(section({}, optional={"policy": one(("silent", "milestones"))}))
    return whole


def _whole(names: Sequence[str], made: Callable[[str], Any]) -> Any_:
    """Mapping of the first few names to what is made of their shares, which sum to 1."""
    splits = (("100 %",), ("65 %", "35 %"), ("50 %", "30 %", "20 %"))
    return one(
        [{n: made(s) for n, s in zip(names, split, strict=False)} for split in splits if len(split) <= len(names)]
    )


@st.composite
def _services(draw: DrawFn) -> dict[str, Any]:
    whole = draw(_whole(SERVICES, lambda share: {"share": share}))
    more = section(
        {},
        optional={
            "cutoff": one(("14:00", "00:00", {"mon-fri": "16:00", "sat": "11:00"}, {"sun": "23:00"})),
            "handling": one(("0 working days", "1 working days", "3 working days")),
        },
    )
    return {name: plan | draw(more) | draw(_PROMISES) for name, plan in whole.items()}


_PROMISES = st.one_of(
    st.just({}),
    st.builds(lambda days: {"promise": "fixed_days", "days": days}, st.integers(0, 4)),
    st.just({"promise": "load_aware"}),
    section({"promise": st.just("quantile"), "kept": one(("5 %", "50 %", "80 %"))}, optional={"path_time": times}),
)


@st.composite
def _demand(draw: DrawFn, has_goods: bool) -> dict[str, Any]:
    names = draw(st.lists(one(CHANNELS), min_size=1, max_size=3, unique=True))
    found = draw(
        section(
            {},
            optional={
                "day_cv": one((0.0, 0.3)),
                "forecast_error_cv": one((0.0, 0.2)),
                "dispersion": one((1.0, 2.5)),
                "factor": one((0.5, 1.0)),
                "special_days": one(({"2026-03-03": 2.0}, {"2026-03-29": {"factor": 0.0}})),
            },
        )
    )
    return found | {"channels": {name: draw(_channel(name, has_goods)) for name in names}}


_SOURCES = st.one_of(
    section(
        {"orders_per_day": one((40, 5, 90, 0))},
        optional={
            "hours": one(({"08-18": 1, "18-22": 2}, {"mon-fri": {"09-17": 1}, "sat-sun": {"00-24": 1}})),
            "weekdays": one(({"mon": 1.5, "sun": 0}, {"daily": 0.7})),
            "forecast": one(({"2026-03-02": 60}, {"2026-03-03": {"orders": 25}, "2026-10-25": 0, "2026-12-31": 30})),
        },
    ),
    section({"rate": one(("3/h", {"points": {"0h": "2/h", "6h": "5/h"}, "cycle": "12h"}))}),
    section({"rate": st.just({"mean": "3/h", "amplitude": "3/h", "period": "24h"})}),
    section({"headway": one(({"exponential": {"mean": "20 min"}}, {"gamma": {"mean": "30 min", "cv": 0.5}}, "1h"))}),
)
_CONTENT: dict[str, Any_] = {
    "orders_per_arrival": sizes,
    "gift_prob": shares,
    "instruction_prob": shares,
    "capture_error_prob": shares,
    "priorities": one(
        ({"a": {"rank": 0, "share": 1}}, {"a": {"rank": 0, "share": 0.2}, "b": {"rank": 3, "share": 0.8}})
    ),
}
_CAPTURE = section(
    {"time": works},
    optional={
        "station": st.just("agents"),
        "patience": times,
        "lines": st.integers(1, 4),
        "discipline": one(("fifo", "priority", "shortest")),
    },
)


@st.composite
def _channel(draw: DrawFn, name: str, has_goods: bool) -> dict[str, Any]:
    kind = {"phone": "phone", "store": "in_person", "edi": "file_drop"}.get(name, "web")
    found: dict[str, Any] = {"kind": kind} | draw(_SOURCES) | draw(section({}, optional=_CONTENT))
    if has_goods:
        found |= {"lines": draw(sizes), "units": draw(sizes)}
    if kind in ("phone", "in_person"):
        found["capture"] = draw(_CAPTURE)
    if kind == "file_drop":
        found["drops"] = draw(one(({"night": "05:30"}, {"one": "00:00", "two": "12:00"}, {"gap": "02:30"})))
    return found


@st.composite
def _goods(draw: DrawFn) -> dict[str, Any]:
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
def _records(draw: DrawFn) -> dict[str, Any]:
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


_FORWARD = section(
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
    whole = draw(_whole(("acme", "import"), lambda share: {"share": share}))
    return {name: plan | draw(more) for name, plan in whole.items()}


def _ways_to_make_kits(so_far: dict[str, Any]) -> list[str]:
    """How kits can be made in a scenario; none where there are too few SKUs for one."""
    if so_far.get("catalog", {}).get("skus", 0) < MOST_SKUS_OF_A_KIT:
        return []
    stock = so_far.get("inventory", {"rule": "none"})
    ways = ["to_stock"] if stock["rule"] != "none" and "records" not in stock else []
    plan = so_far.get("fulfillment")
    if plan is not None:
        pickings = [plan.get("picking", {}), *(path.get("picking", {}) for path in plan.get("paths", {}).values())]
        ends = [picking.get("errors", {}).get("when_short", "repick") for picking in pickings]
        ends += [stock.get("forward", {}).get("when_empty", "wait"), stock.get("records", {}).get("when_short", "wait")]
        if not {*ends} & {"partial", "backorder", "split", "cancel"}:
            ways.append("to_order")
    return ways


@st.composite
def _assembly(draw: DrawFn, n_skus: int, ways: list[str]) -> dict[str, Any]:
    """A kit of the most popular SKU, and where there are enough SKUs one that holds it."""
    if not draw(st.booleans()):
        return {}
    width = len(str(n_skus))
    names = [f"SKU-{number:0{width}d}" for number in range(1, n_skus + 1)]
    benches = draw(one(((), ("bench",), ("gluing", "wrapping"))))
    held = [{names[1]: draw(one((1, 3))), names[2]: 1}, {names[0]: 2, names[4 % n_skus]: 1}]
    kits = {
        name: draw(_kit(parts, ways, benches))
        for name, parts in zip([names[0], names[3 % n_skus]], held, strict=True)
        if name not in parts
    }
    found: dict[str, Any] = {"kits": kits, "time": draw(times)}
    if benches:
        found["benches"] = {name: draw(section({}, optional={"positions": one((1, 4))})) for name in benches}
    return {"assembly": found}


def _kit(parts: dict[str, int], ways: list[str], benches: Sequence[str]) -> Any_:
    """How a kit of these components is made."""
    given: dict[str, Any_] = {"components": st.just(parts), "make": one(ways)}
    if benches:
        given["bench"] = one(benches)
    return section(
        given, optional={"time": times, "setup": seconds, "lead_time": one(("1h", "2 days")), "lot": one((1, 7))}
    )


_HOLD = section({"share": shares, "duration": times}, optional={"cancel": shares})
_PROCESSING = section(
    {},
    optional={
        "automatic": seconds,
        "manual": section({"time": works}, optional={"share": shares, "discipline": one(DISCIPLINES)}),
        "catch": shares,
        "address_share": shares,
        "duplicates": shares,
        "instructions_refused": shares,
        "conflict": one(("change_service", "cancel")),
        "holds": st.dictionaries(one(("payment", "fraud")), _HOLD),
        "clock_start": one(("placed", "payment_cleared", "accepted")),
    },
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
def _fulfillment(draw: DrawFn, so_far: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"release": draw(_release("delivery" in so_far))}
    has_layout, has_stock, has_goods = (name in so_far for name in ("layout", "inventory", "catalog"))
    if draw(st.integers(0, 2)):
        found["picking"] = draw(_picking(has_layout, has_stock))
        if draw(st.booleans()):
            found["paths"] = draw(_paths(found["picking"], has_goods, has_layout, has_stock, "delivery" in so_far))
        if has_stock and draw(st.booleans()):
            so_far["inventory"]["forward"] = draw(_FORWARD)
        if has_stock and draw(st.booleans()):
            so_far["inventory"]["records"] = draw(_records())
    steps = draw(_steps("picking" in found, has_goods, sorted(found.get("paths", {}))))
    if steps:
        found["steps"] = steps
    more = {"priority": one(("first_come", "due_departure", "class")), "packaging_cost": st.just("0.4 EUR")}
    if has_goods and "volume" in so_far["catalog"]:
        more |= {"cartons": one((_CARTONS, {"tiny": {"inner": "9 x 9 x 9 cm"}})), "carton_rule": one(("quick", "fit"))}
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
        found["zones"] = draw(_whole(("west", "east", "loft"), lambda share: {"share": share}))
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
_CARTONS = {
    "small": {"inner": "20 x 15 x 10 cm", "cost": "0.3 EUR", "weight": "80 g", "max_weight": "3 kg"},
    "large": {"inner": "50 x 40 x 40 cm", "cost": "0.9 EUR", "wall": "4 mm"},
}
_DELIVERY = section(
    {"carriers": st.dictionaries(one(("parcelco", "postal")), _CARRIER, min_size=1)},
    optional={
        "choice": one(CARRIER_CHOICE.names()),
        "lateness_cost": st.just("3 EUR"),
        "residential": shares,
        "assignment": one((*CARRIER_ASSIGNMENT.names(), {"method": "optimal", "on_promise": "90 %"})),
    },
)


@st.composite
def _delivery(draw: DrawFn) -> dict[str, Any]:
    """Carriers, services of which each goes with some truck, and shares where parcels are assigned."""
    found: dict[str, Any] = draw(_DELIVERY)
    if "assignment" in found and len(found["carriers"]) > 1 and draw(st.booleans()):
        found["carriers"]["postal"]["max_share"] = "60 %"
    for carrier in found["carriers"].values():
        if any("every" in pickup for pickup in carrier["pickups"].values()):  # a truck on each of the days
            carrier["services"] |= {
                name: service | {"days": draw(weekdays)} for name, service in carrier["services"].items()
            }
    return found


_CONTACT = section(
    {"time": works},
    optional={
        "station": st.just("agents"),
        "patience": times,
        "late": shares,
        "noticed_factor": one((0.0, 1.0)),
        "silence": one(("3h", "2 days")),
        "silent": shares,
        "later": shares,
        "delay": one(("0s", "5h")),
        "cost": st.just("1 EUR"),
    },
)
_NOTICES = ("confirmation", "shipped", "out_for_delivery", "delivered", "eta_change", "delay")


def _communication(promises: bool) -> Any_:
    policies = NOTIFICATION.names() if promises else ("silent", "milestones")
    more = {"policy": one(policies), "late_chance": shares, "every": one(("1h", "25 min", "3 days"))}
    return section({}, optional={"notices": st.dictionaries(one(_NOTICES), st.booleans()), "contact": _CONTACT} | more)


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
def _staff(draw: DrawFn, so_far: dict[str, Any]) -> dict[str, Any]:
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
