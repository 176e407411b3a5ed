"""Random channels, requested services and clients."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.testing.random_scenarios.words import (
    CHANNELS,
    SERVICES,
    Any_,
    divided,
    one,
    section,
    shares,
    sizes,
    times,
    works,
)


@st.composite
def clients(draw: DrawFn, found: dict[str, Any]) -> dict[str, Any]:
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


@st.composite
def services(draw: DrawFn) -> dict[str, Any]:
    """Requested services with their promises."""
    whole = draw(divided(SERVICES, lambda share: {"share": share}))
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
def demand_section(draw: DrawFn, has_goods: bool) -> dict[str, Any]:
    """One to three channels, a few dozen orders a day."""
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
