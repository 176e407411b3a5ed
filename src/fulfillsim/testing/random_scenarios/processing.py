"""Random checks, holds and messages."""

from __future__ import annotations

from hypothesis import strategies as st

from fulfillsim.scenario.schema.listed import NOTIFICATION
from fulfillsim.testing.random_scenarios.words import DISCIPLINES, Any_, one, seconds, section, shares, times, works

_HOLD = section({"share": shares, "duration": times}, optional={"cancel": shares})
PROCESSING = section(
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


RETURNS = section(
    {"share": shares, "delay": one(("3h", "1 days")), "time": works},
    optional={"as_new": shares, "discipline": one(DISCIPLINES)},
)
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


def communication(promises: bool) -> Any_:
    """Messages, and customers who ask."""
    policies = NOTIFICATION.names() if promises else ("silent", "milestones")
    more = {"policy": one(policies), "late_chance": shares, "every": one(("1h", "25 min", "3 days"))}
    return section({}, optional={"notices": st.dictionaries(one(_NOTICES), st.booleans()), "contact": _CONTACT} | more)
