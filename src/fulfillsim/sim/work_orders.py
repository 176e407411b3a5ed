"""Work orders: kits made to stock, from the inventory rule that asks for them until they are on the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan

from fulfillsim.domain.assembly import Assembly, Kit
from fulfillsim.domain.records import StockMove
from fulfillsim.sim.benches import Benches, BenchJob
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Model
from fulfillsim.sim.purchasing import SupplierDelivery
from fulfillsim.sim.stock import NO_SUPPLIER, Stock


class WorkOrder(BenchJob):
    """So many kits of one SKU to be made for the shelf.

    Its number in the trace's visits is negative, so that it is no order's row. Whoever orders goods comes before it.

    Attributes
    ----------
    n_missing
        Components that are not all there yet.
    delivery
        The kits on their way to the shelf.
    opened_s, ready_s, made_s
        When it was opened, had its components, and left the bench; NaN for what has not happened.
    """

    __slots__ = ("delivery", "made_s", "n_missing", "opened_s", "ready_s")

    def __init__(self, number: int, delivery: SupplierDelivery, now: float) -> None:
        super().__init__(-1 - number, inf)
        self.delivery, self.opened_s, self.ready_s, self.made_s = delivery, now, nan, nan
        self.n_missing = 0


class WorkOrders:
    """Opens work orders and follows them.

    Attributes
    ----------
    all
        Every work order of the run, in the order in which they were opened.
    top_down
        Kits made to stock, each before the kits that it holds.
    """

    def __init__(self, model: Model, assembly: Assembly, stock: Stock, benches: Benches) -> None:
        self.assembly, self.stock, self.benches = assembly, stock, benches
        self.table = model.trace.tables["work_orders"]
        self.slots = model.slots
        self.all: list[WorkOrder] = []
        self.top_down = [kit.sku for kit in reversed(assembly.kits) if kit.to_stock]
        customers = stock.woken

        def woken(item: object, now: float) -> None:
            if isinstance(item, WorkOrder):
                self.component_there(item, now)
            else:
                customers(item, now)

        stock.woken, stock.kits = woken, self
        model.afterwards.append(self.close)

    def makes(self, sku: int) -> bool:
        """Whether work orders bring a SKU to the shelf."""
        return sku in self.assembly.to_stock

    def shelf_s(self, sku: int, now: float) -> float:
        """When a kit should be on the shelf for which a work order is opened now."""
        kit = self.assembly.by_sku[sku]
        parts_s = (self.stock.available_s(part, units, now) for part, units in self.assembly.needs[sku])
        return max(now, *parts_s) + kit.lead_s

    def open(self, sku: int, units: int, now: float) -> None:
        """Open work orders for so many kits, each within the kit's lot.

        They count at once, and reserve their components when whoever took the last kits has all goods that were there.
        """
        kit = self.assembly.by_sku[sku]
        for n in _lots(units, kit.lot):
            order = self._opened(kit, n, now)
            self.stock.count(order.delivery, now)
            self.stock.engine.at(now, Rank.COMPLETE, self._reserve, order)

    def _opened(self, kit: Kit, units: int, now: float) -> WorkOrder:
        purchasing = self.stock.purchasing
        purchasing.n_ordered[kit.sku] += 1
        keys = purchasing.keys[kit.sku], purchasing.n_ordered[kit.sku]
        due_s = self.shelf_s(kit.sku, now)
        delivery = SupplierDelivery(purchasing.number(), kit.sku, NO_SUPPLIER, units, now, due_s)
        delivery.keys, delivery.is_quoted = keys, False
        order = WorkOrder(len(self.all), delivery, now)
        order.jobs = self.benches.jobs_for([(kit.sku, units)], "-stock", *keys)
        self.all.append(order)
        return order

    def _reserve(self, order: WorkOrder, now: float) -> None:
        stock, units = self.stock, order.delivery.units
        wanted = [(part, n * units) for part, n in self.assembly.needs[order.delivery.sku]]
        lacking = [(part, n) for part, n in wanted if stock.free[part] < n]
        order.n_missing = len(lacking)
        for part, n in wanted:  # what is there first: what is lacking may come at once, and then the kits are begun
            if (part, n) not in lacking:
                stock.take(part, n, now)
        for part, n in lacking:
            stock.want(order, part, n, now, StockMove.LACKING)
        if not lacking:
            self._ready(order, now)

    def component_there(self, order: WorkOrder, now: float) -> None:
        """One of the components that it lacked is reserved."""
        order.n_missing -= 1
        if not order.n_missing:
            self._ready(order, now)

    def _ready(self, order: WorkOrder, now: float) -> None:
        """Fetch the components and go to the bench."""
        order.ready_s = now
        units = order.delivery.units
        for part, n in self.assembly.needs[order.delivery.sku]:
            self.stock.moves.add(part, StockMove.PICKED, n * units, now)
            if self.slots is not None:
                self.slots.issue(part, n * units, now)
        self.benches.go_on(order, now, self._made)

    def _made(self, order: WorkOrder, now: float) -> None:
        """Kits leave the bench for the shelf."""
        delivery = order.delivery
        order.made_s = delivery.arrived_s = now
        self.benches.note([(delivery.sku, delivery.units)], now)
        self.stock.moves.add(delivery.sku, StockMove.ARRIVED, delivery.units, now)
        self.stock.shelve(delivery, now)

    def close(self) -> None:
        """Write all work orders down, finished or not."""
        for number, order in enumerate(self.all):
            delivery = order.delivery
            self.table.add(number, delivery.sku, delivery.units, order.opened_s, order.ready_s, order.made_s)


def _lots(units: int, most: int) -> Iterator[int]:
    """Units cut into lots."""
    while units > 0:
        yield min(units, most)
        units -= most
