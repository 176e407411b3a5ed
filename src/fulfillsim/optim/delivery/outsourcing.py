"""Own vans and carriers in one optimum: a stop is served by a van, or handed to its cheapest carrier in time.

What a carrier asks for a stop is what leaving it out costs: a prize. So every solver that knows optional stops decides
both at once (a vehicle routing problem with private fleet and common carrier: Bolduc, Renaud, Boctor, Laporte 2008,
A perturbation metaheuristic for the vehicle routing problem with private fleet and common carriers, J. Oper. Res.
Soc. 59).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop
from fulfillsim.optim.delivery.plan import Routes


@dataclass(frozen=True, slots=True)
class Offer:
    """What a carrier service asks for a stop's parcels, and the chance that they arrive by the promise.

    Parameters
    ----------
    price
        In the unit of the instance's costs.
    made_of
        What the price rests on, for tables: zone, billed weight ...
    """

    service: str
    price: float
    on_time_prob: float = 1.0
    made_of: Mapping[str, str | float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class MixedFleet:
    """An instance whose stops may be handed over, and the offer that would be taken for each.

    Parameters
    ----------
    instance
        Its prizes are the prices of ``offers``.
    offers
        By stop; stops without one must be driven to.
    """

    instance: DeliveryInstance
    offers: Mapping[int, Offer]

    def handed_over(self, plan: Routes) -> dict[int, Offer]:
        """Offers that a plan takes: those of the stops that no van serves."""
        served = {stop for route in plan for stop in route.stops}
        return {stop: offer for stop, offer in self.offers.items() if stop not in served}


def cheapest_in_time(offers: Sequence[Offer], on_time_prob: float) -> Offer | None:
    """The cheapest offer that meets the promise with a probability; the more punctual of equal ones."""
    fitting = [offer for offer in offers if offer.on_time_prob >= on_time_prob]
    return min(fitting, key=lambda offer: (offer.price, -offer.on_time_prob), default=None)


def with_carriers(
    instance: DeliveryInstance, offers: Mapping[int, Sequence[Offer]], on_time_prob: float = 0.0
) -> MixedFleet:
    """The instance in which each stop may be handed to a carrier.

    Parameters
    ----------
    instance
        Stops with a prize of their own keep the lower of prize and price.
    offers
        By stop: what carriers ask; stops that are committed to a van, or give something to take back, stay there.
    on_time_prob
        An offer counts only if it meets the promise with at least this chance.
    """
    loaded = {stop for van in instance.vehicles for stop in van.committed}
    taken = {
        stop: best
        for stop, asked in sorted(offers.items())
        if stop not in loaded
        and not any(instance.stops[stop].pickup)
        and (best := cheapest_in_time(asked, on_time_prob)) is not None
    }
    taken = {stop: offer for stop, offer in taken.items() if offer.price < _prize(instance.stops[stop])}
    stops: list[DeliveryStop] = list(instance.stops)
    for stop, offer in taken.items():
        stops[stop] = replace(stops[stop], prize=offer.price)
    return MixedFleet(replace(instance, stops=tuple(stops)), taken)


def _prize(stop: DeliveryStop) -> float:
    return float("inf") if stop.prize is None else stop.prize
