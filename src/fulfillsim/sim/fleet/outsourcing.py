"""Parcels meant for own vans that carriers bring instead: what their desk asks for them, and what is handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isnan

from fulfillsim.sim.carrier_desk import CarrierDesk
from fulfillsim.sim.fleet.parcel import Parcel
from fulfillsim.sim.model import Model


class Outsourcing:
    """The vans' side of the carriers' desk; without a desk nobody asks a price and nothing is handed over."""

    def __init__(self, model: Model, desk: CarrierDesk | None) -> None:
        self.desk, self.table = desk, model.trace.tables["outsourced"]

    def asks(self, due: Sequence[Parcel], now: float) -> dict[int, float]:
        """Prices for parcels that no van has taken out yet, by place among those that are due."""
        fresh = [number for number, parcel in enumerate(due) if isnan(parcel.departed_s)]
        if self.desk is None or not fresh:
            return {}
        orders, staged_s = [due[number].order for number in fresh], [due[number].staged_s for number in fresh]
        prices = zip(fresh, self.desk.asks(orders, staged_s, now), strict=True)
        return {number: price for number, price in prices if price < inf}

    def hand_over(self, due: Sequence[Parcel], asked: Mapping[int, float], taken: set[int], now: float) -> set[int]:
        """Give those to the desk that have a price and that no route takes; their identities."""
        given = {number: price for number, price in asked.items() if id(due[number]) not in taken}
        for number, price in given.items():
            assert self.desk is not None, "it has asked the price"
            parcel = due[number]
            self.table.add(parcel.order.row, now, price)
            self.desk.stage(parcel.order, parcel.lane, parcel.staged_s)
        return {id(due[number]) for number in given}
