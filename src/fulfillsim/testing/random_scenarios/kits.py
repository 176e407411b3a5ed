"""Random bills of material and benches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fulfillsim.testing.random_scenarios.words import MOST_SKUS_OF_A_KIT, Any_, one, seconds, section, times


def ways_to_make_kits(so_far: dict[str, Any]) -> list[str]:
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
def assembly(draw: DrawFn, n_skus: int, ways: list[str]) -> dict[str, Any]:
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
