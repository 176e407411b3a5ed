"""Formulas of carriers: what a parcel costs and why, who takes it, how full cartons are, what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.measure import ratio
from fulfillsim.kpi.service import in_quoted_time

if TYPE_CHECKING:
    from fulfillsim.domain.carton import Carton
    from fulfillsim.domain.delivery import Delivery
    from fulfillsim.domain.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RATE = "rate"
"""What a carrier charges without surcharges."""
BARE = "none"
"""In place of a carton: goods as they are."""
DAYS_PER_WEEK = 7
HOUR_S = 3600.0


def _delivery(facts: Facts) -> Delivery:
    delivery = facts.world.delivery
    assert delivery is not None, "these figures are asked for where parcels are delivered"
    return delivery


def has_choice(world: World) -> bool:
    """Several carrier services to choose from."""
    return world.delivery is not None and len(world.delivery.services) > 1


def has_surcharges(world: World) -> bool:
    """Carriers charge more than a rate."""
    return world.delivery is not None and bool(world.delivery.surcharges)


def bills_otherwise(world: World) -> bool:
    """Billed weights differ from those of the scale."""
    services = world.delivery.services if world.delivery is not None else ()
    return any(service.tariff.kg_per_l or service.tariff.step_kg for service in services)


def damages(world: World) -> bool:
    """Goods may arrive damaged."""
    return world.delivery is not None and any(service.damage_prob for service in world.delivery.services)


def commits(world: World) -> bool:
    """Carriers were promised volume."""
    return world.delivery is not None and any(carrier.commitment for carrier in world.delivery.carriers)


def rates_consignments(world: World) -> bool:
    """Some carrier rates the parcels of an order as one."""
    services = world.delivery.services if world.delivery is not None else ()
    return any(service.tariff.per_consignment for service in services)


def _gatherings(facts: Facts) -> tuple[Floats, Floats]:
    """Parts in each gathering of the window, and hours from the first of them to the leave, shape (n,)."""
    rows = facts.inside(facts.column("gatherings", "until_s"))
    since_s, until_s = (facts.column("gatherings", name)[rows] for name in ("since_s", "until_s"))
    return facts.column("gatherings", "n_parts")[rows], (until_s - since_s) / HOUR_S


def consolidated(facts: Facts) -> float:
    """Share of the parts of split orders that left the dock with other parts of theirs."""
    n_parts, _ = _gatherings(facts)
    return ratio(n_parts[n_parts > 1].sum(), n_parts.sum())


def consolidation_wait(facts: Facts) -> float:
    """Mean hours from the first part at the dock until it left, in vain or with others."""
    _, hours = _gatherings(facts)
    return ratio(hours.sum(), len(hours))


def consignment_saving(facts: Facts) -> float:
    """What the parcels of the window's consignments had cost apart, less what they cost."""
    rows = facts.inside(facts.column("consignments", "time_s"))
    return float((facts.column("consignments", "apart_cost") - facts.column("consignments", "cost"))[rows].sum())


def has_cartons(world: World) -> bool:
    """Orders are packed into cartons."""
    return world.delivery is not None and world.fulfillment is not None and bool(world.fulfillment.cartons)


def cost_parts(facts: Facts) -> dict[str, float]:
    """What carriers charge for the parcels that left: rate and each surcharge; they sum to the whole."""
    rows, names = facts.rows("parcels"), _delivery(facts).surcharges
    inside = np.zeros(len(facts.column("parcels", "cost")), np.bool_)
    inside[rows] = True
    parcel, kind = facts.index("surcharges", "parcel"), facts.index("surcharges", "kind")
    amounts = np.where(inside[parcel], facts.column("surcharges", "amount"), 0.0)
    extras = np.bincount(kind, amounts, minlength=len(names))
    rate = float(facts.column("parcels", "cost")[rows].sum() - extras.sum())
    return {RATE: rate, **dict(zip(names, extras.tolist(), strict=True))}


def cost_parts_per_parcel(facts: Facts) -> dict[str, float]:
    """The same over the parcels that left."""
    n = len(facts.rows("parcels"))
    return {name: ratio(part, n) for name, part in cost_parts(facts).items()}


def _by_service(facts: Facts, values: Floats) -> dict[str, float]:
    """Mean of a value of parcels by carrier service; NaN for one that took none."""
    rows, services = facts.rows("parcels"), _delivery(facts).services
    lane = facts.index("parcels", "carrier_service")[rows]
    n = np.bincount(lane, minlength=len(services))
    sums = np.bincount(lane, values, minlength=len(services))
    return {service.name: ratio(sums[index], n[index]) for index, service in enumerate(services)}


def cost_per_parcel(facts: Facts) -> dict[str, float]:
    """Mean price of a parcel by carrier service."""
    return _by_service(facts, facts.column("parcels", "cost")[facts.rows("parcels")])


def on_time_by_service(facts: Facts) -> dict[str, float]:
    """Share of parcels first attempted in quoted time, by carrier service."""
    return _by_service(facts, in_quoted_time(facts, facts.rows("parcels")).astype(np.float64))


def parcel_shares(facts: Facts) -> dict[str, float]:
    """Share of the parcels that left, by carrier service."""
    rows, services = facts.rows("parcels"), _delivery(facts).services
    n = np.bincount(facts.index("parcels", "carrier_service")[rows], minlength=len(services))
    return {service.name: ratio(n[index], len(rows)) for index, service in enumerate(services)}


def diverted(facts: Facts, rows: Ints) -> float:
    """Share of parcels of promised orders that went with another carrier service than the promise was made with."""
    meant = np.full(len(facts.journeys), -1, np.int64)
    meant[facts.index("promises", "order")[::-1]] = facts.index("promises", "carrier_service")[::-1]
    meant = meant[facts.index("parcels", "order")[rows]]
    known = meant >= 0
    return ratio((known & (meant != facts.index("parcels", "carrier_service")[rows])).sum(), known.sum())


def billed_per_weight(facts: Facts, rows: Ints) -> float:
    """Billed kilograms over those of the scale."""
    return ratio(facts.column("parcels", "billed_kg")[rows].sum(), facts.column("parcels", "weight_kg")[rows].sum())


def n_damaged(facts: Facts, rows: Ints) -> float:
    """Parcels whose goods came damaged."""
    return float((facts.column("parcels", "damaged")[rows] > 0).sum())


def carton_fill(facts: Facts, rows: Ints) -> float:
    """Volume of goods over that of the cartons around them."""
    carton = facts.index("parcels", "carton")[rows]
    packed = carton >= 0
    inner_l = np.array([kind.volume_l for kind in _cartons(facts)])[carton[packed]].sum()
    return ratio(facts.column("parcels", "content_l")[rows][packed].sum(), inner_l)


def carton_shares(facts: Facts) -> dict[str, float]:
    """Share of the parcels that left, by carton."""
    rows, cartons = facts.rows("parcels"), _cartons(facts)
    n = np.bincount(facts.index("parcels", "carton")[rows] + 1, minlength=len(cartons) + 1)
    return dict(zip((BARE, *(kind.name for kind in cartons)), (ratio(part, len(rows)) for part in n), strict=True))


def carton_cost(facts: Facts) -> float:
    """Cartons of the parcels that left."""
    cartons = _cartons(facts)
    if not cartons:
        return 0.0
    carton = facts.index("parcels", "carton")[facts.rows("parcels")]
    return float(np.array([kind.cost for kind in cartons])[carton[carton >= 0]].sum())


def _cartons(facts: Facts) -> tuple[Carton, ...]:
    return facts.world.fulfillment.cartons if facts.world.fulfillment is not None else ()


def commitment_shortfall(facts: Facts) -> dict[str, float]:
    """Parcels missing from what each carrier was promised, week by week; of a week that is cut, for its days."""
    run, days, delivery = facts.run, facts.world.days, _delivery(facts)
    rows = facts.rows("parcels")
    lane = facts.index("parcels", "carrier_service")[rows]
    carrier = np.array([service.carrier for service in delivery.services])[lane]
    day = run.day_of(facts.column("parcels", "departed_s")[rows])
    inside = [d for d in range(len(days)) if facts.start_s <= days.midnight_s[d] < facts.end_s]
    week = np.array([(days.ordinal(d) - 1) // DAYS_PER_WEEK for d in range(len(days))])
    found = {}
    for index, plan in enumerate(delivery.carriers):
        if plan.commitment is None:
            continue
        lacking = 0.0
        for number in np.unique(week[inside]).tolist() if inside else []:
            share = sum(week[d] == number for d in inside) / DAYS_PER_WEEK
            got = int(((carrier == index) & (week[day] == number)).sum())
            lacking += max(0.0, plan.commitment.per_week * share - got)
        found[plan.name] = lacking
    return found


def commitment_cost(facts: Facts) -> float:
    """What missing parcels cost."""
    prices = {c.name: c.commitment.shortfall_cost for c in _delivery(facts).carriers if c.commitment is not None}
    return sum(prices[name] * n for name, n in commitment_shortfall(facts).items())
