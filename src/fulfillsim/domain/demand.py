"""Where orders come from and what is in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S, Days
from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution

ChannelKind = Literal["web", "phone", "in_person", "file_drop"]


@dataclass(frozen=True)
class Content:
    """What the orders of a channel look like; each attribute is drawn at birth by its own purpose.

    Parameters
    ----------
    lines
        Lines per order (whole numbers from 1); ``None`` where orders have no lines (a pure service model).
    units
        Units per line (whole numbers from 1).
    zone_share, service_share
        Shares by destination zone and by requested service, shape (n_zones,) and (n_services,), each summing to 1.
    gift_prob, instruction_prob
        Chance of gift wrap and of a special instruction.
    capture_error_prob
        Chance that the order was taken down wrongly.
    priority_share
        Shares by priority class (0 is most urgent), shape (n_classes,); (1,) where there is one class.
    day_lines, day_units
        Calendar ordinal -> mean of that day, where a forecast says so: the law keeps its shape above 1.
    """

    lines: Distribution | None
    units: Distribution
    zone_share: tuple[float, ...] = (1.0,)
    service_share: tuple[float, ...] = (1.0,)
    gift_prob: float = 0.0
    instruction_prob: float = 0.0
    capture_error_prob: float = 0.0
    priority_share: tuple[float, ...] = (1.0,)
    day_lines: dict[int, float] = field(default_factory=dict)
    day_units: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrivals:
    """When customers place orders in one channel.

    Parameters
    ----------
    edges_s
        Second of each change of rate, shape (n_pieces + 1,), rising, from 0 to the run's end or beyond; no piece
        crosses a local midnight, so that each day is drawn by itself.
    expected
        Expected arrivals in each piece before the random factors, shape (n_pieces,).
    vmr
        Variance-to-mean ratio of the counts left after the day factor; 1 is Poisson.
    headway
        Time between arrivals of a renewal process, instead of the rates; ``None`` for rates.
    orders_per_arrival
        Orders that come together (whole numbers from 1); ``None`` for one.
    """

    edges_s: NDArray[np.float64]
    expected: NDArray[np.float64]
    vmr: float = 1.0
    headway: Distribution | None = None
    orders_per_arrival: Distribution | None = None

    def orders_per_day(self, days: Days) -> float:
        """Expected orders per day of 24 hours in the first week, or as far as rates are known.

        Taken over the whole run, it would let a longer run change what is planned at its beginning.
        """
        together = 1.0 if self.orders_per_arrival is None else self.orders_per_arrival.mean
        if self.headway is not None:
            return DAY_S / self.headway.mean * together
        end_s = min(days.midnight_s[min(7, len(days))], float(self.edges_s[-1]))
        return float(self.expected[self.edges_s[:-1] < end_s].sum()) / end_s * DAY_S * together


@dataclass(frozen=True)
class Channel:
    """A way in for orders.

    Parameters
    ----------
    capture
        Station of the people who take orders down (agents, counter); ``None`` where the customer types.
    drop_times_s
        Seconds at which a file with all orders placed since the last one arrives, rising; empty for at once.
    client
        Index of the client whose orders come this way.
    """

    name: str
    kind: ChannelKind
    arrivals: Arrivals
    content: Content
    capture: Station | None = None
    drop_times_s: tuple[float, ...] = ()
    client: int = 0

    @property
    def is_waited_in(self) -> bool:
        """Whether an order may stand at receipt: for somebody to take it down, or for the next file."""
        return self.capture is not None or bool(self.drop_times_s)


@dataclass(frozen=True)
class History:
    """Orders replayed instead of drawn: columns by name, in order of arrival.

    Parameters
    ----------
    arrival_s
        Seconds since clock zero, shape (n,), rising.
    channel
        Channel index, shape (n,).
    line_start, sku, quantity
        Lines in compressed rows: those of order i are ``line_start[i]:line_start[i + 1]``.
    zone, service, priority, gift
        Optional columns, shape (n,); what is missing is drawn.
    client
        Client index, shape (n,); None where it is that of the channel.
    order_id
        The history's own names, for display; shape (n,).
    hours
        Weight of each hour of the week, shape (7, 24), by which times of day are drawn where the history knows the
        day only.
    counts
        What the import kept, dropped and merged, rule by rule, for the record.
    """

    arrival_s: NDArray[np.float64]
    channel: NDArray[np.int16]
    line_start: NDArray[np.int64]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int32]
    order_id: tuple[str, ...]
    zone: NDArray[np.int16] | None = None
    service: NDArray[np.int16] | None = None
    priority: NDArray[np.int16] | None = None
    gift: NDArray[np.bool_] | None = None
    client: NDArray[np.int16] | None = None
    hours: NDArray[np.float64] | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, rows: NDArray[np.int64]) -> History:
        """Some of the orders with their lines, in the order of ``rows``, shape (n,)."""
        n_lines = np.diff(self.line_start)[rows]
        line_start = np.concatenate([[0], np.cumsum(n_lines)]).astype(np.int64)
        lines = np.repeat(self.line_start[:-1][rows] - line_start[:-1], n_lines) + np.arange(line_start[-1])
        optional = ("zone", "service", "priority", "gift", "client")
        return replace(
            self,
            arrival_s=self.arrival_s[rows],
            channel=self.channel[rows],
            line_start=line_start,
            sku=self.sku[lines],
            quantity=self.quantity[lines],
            order_id=tuple(self.order_id[row] for row in rows.tolist()),
            **{name: values[rows] for name in optional if (values := getattr(self, name)) is not None},
        )


@dataclass(frozen=True)
class Demand:
    """All channels and the randomness they share.

    Parameters
    ----------
    day_cv
        Coefficient of variation of the factor shared by all hours and channels of a day.
    forecast_cv
        The same for the factor shared by a whole replication.
    zones, services, clients
        Names by index; a warehouse that works for itself has one client.
    history
        A replayed history; then the channels' arrivals are not drawn.
    """

    channels: tuple[Channel, ...]
    zones: tuple[str, ...] = ("all",)
    services: tuple[str, ...] = ("standard",)
    clients: tuple[str, ...] = ("all",)
    day_cv: float = 0.0
    forecast_cv: float = 0.0
    history: History | None = None
