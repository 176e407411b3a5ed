"""Small random scenarios, as files would hold them: hypothesis strategies that follow the schema section by section.

Each is valid by construction, so that whatever is refused or breaks on one is a fault of ours. To let it grow with the
schema: a key in the section's ``optional``, where hypothesis takes it or leaves it.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.testing.random_scenarios.delivery import delivery_section
from fulfillsim.testing.random_scenarios.demand import clients, demand_section, services
from fulfillsim.testing.random_scenarios.events import events_section
from fulfillsim.testing.random_scenarios.fulfillment import fulfillment_section
from fulfillsim.testing.random_scenarios.goods import goods_section
from fulfillsim.testing.random_scenarios.kits import assembly, ways_to_make_kits
from fulfillsim.testing.random_scenarios.processing import PROCESSING, RETURNS, communication
from fulfillsim.testing.random_scenarios.staff import staff_section
from fulfillsim.testing.random_scenarios.words import ZONES, calendars, divided, one, section


@st.composite
def scenarios(draw: DrawFn) -> dict[str, Any]:
    """Settings of a small scenario: any stage may be missing, a few dozen orders a day for a day or three."""
    found: dict[str, Any] = {"schema": 1, "name": "random"} | draw(_FRAME)
    found["zones"] = draw(divided(ZONES, lambda share: {"share": share}))
    found["services"] = draw(services())
    has_goods = draw(st.booleans())
    if has_goods:
        found |= draw(goods_section())
    found["demand"] = draw(demand_section(has_goods))
    if draw(st.booleans()):
        found["processing"] = draw(PROCESSING)
        if draw(st.integers(0, 3)):
            found["delivery"] = draw(delivery_section(sorted(found["zones"])))
            _let_promises_be_kept(found)
            if draw(st.booleans()):
                fetched = {"collected": one((0.4, 1))} if "fleet" in found["delivery"] else {}
                found["returns"] = draw(RETURNS) | draw(section({}, optional=fetched))
    if draw(st.integers(0, 3)):
        found["fulfillment"] = draw(fulfillment_section(found))
    if draw(st.booleans()):
        found["communication"] = draw(communication("delivery" in found))
    if ways := ways_to_make_kits(found):
        found |= draw(assembly(found["catalog"]["skus"], ways))
    if draw(st.booleans()):
        found["clients"] = draw(clients(found))
        if has_goods:
            found["catalog"]["skus"] = max(3, found["catalog"]["skus"])  # so that each has one
        for channel in found["demand"]["channels"].values():
            channel["client"] = draw(one(("acme", "best")))
    found["staff"] = draw(staff_section(found))
    if not draw(st.integers(0, 3)):
        found["events"] = draw(events_section(found))
    return found


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
