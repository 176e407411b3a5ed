"""Drawing the tape: first who comes when, then what each order contains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Channel, Content, Demand, History
from fulfillsim.domain.snapshot import Snapshot
from fulfillsim.domain.world import World
from fulfillsim.sampling.arrivals import arrival_times, day_factor, renewal_times, replication_factor
from fulfillsim.sampling.streams import Streams
from fulfillsim.tape.forecast import ForecastDays
from fulfillsim.tape.order_tape import Cell, Tape, draw_uniforms
from fulfillsim.tape.time_of_day import with_times_of_day

Floats = NDArray[np.float64]


def draw_tape(world: World, seed: int, replication: int, kind: type[Streams] = Streams) -> Tape:
    """Draw (or replay) every order of one replication.

    The result depends on (world's demand and catalog, seed, replication) alone, and each column on its own purpose
    and channel; a longer horizon leaves the orders before it as they were. `MirroredStreams` draw the antithetic tape.
    """
    streams = kind(seed, replication)
    history = world.demand.history
    if history is not None:
        history = with_times_of_day(history, world.days, streams)
        if world.days.begin_s > 0:
            history = history.take(np.flatnonzero(history.arrival_s >= world.days.begin_s))
    born = _replayed(world, history) if history else _arrivals(world, streams)
    tape = _contents(world, streams, born, history)
    return tape if world.snapshot is None else _open_orders(world, streams, world.snapshot).followed_by(tape)


def _open_orders(world: World, streams: Streams, snapshot: Snapshot) -> Tape:
    """Orders that are open when the run begins; what the snapshot does not say of them is drawn."""
    orders, n = snapshot.orders, len(snapshot.orders.arrival_s)
    born = _Born((Cell("snapshot:orders", 0, n),), np.arange(n), orders.arrival_s, orders.channel)
    return _contents(world, streams, born, orders)


@dataclass(frozen=True)
class _Born:
    """Orders with their time and channel, before anything else is known of them."""

    cells: tuple[Cell, ...]
    rank: NDArray[np.int64]
    placed_s: Floats
    channel: NDArray[np.int16]


def _arrivals(world: World, streams: Streams) -> _Born:
    cells: list[Cell] = []
    times: list[Floats] = []
    channels: list[NDArray[np.int16]] = []
    for index, channel in enumerate(world.demand.channels):
        for cell, placed_s in _channel_days(world, streams, channel):
            cells.append(cell)
            times.append(placed_s)
            channels.append(np.full(len(placed_s), index, dtype=np.int16))
    placed = np.concatenate(times) if times else np.empty(0)
    order = np.argsort(placed, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    channel_of = np.concatenate(channels) if channels else np.empty(0, dtype=np.int16)
    return _Born(tuple(cells), rank, placed[order], channel_of[order])


def _channel_days(world: World, streams: Streams, channel: Channel) -> list[tuple[Cell, Floats]]:
    """The arrivals of one channel, day by day (a renewal process is one cell)."""
    owner, plan, days = f"channel:{channel.name}", channel.arrivals, world.days
    if plan.headway is not None:
        times = renewal_times(streams, f"{owner}/arrivals", plan.headway, days.begin_s, days.end_s)
        return [_batched(streams, channel, Cell(owner, 0, len(times)), times)]
    common = replication_factor(streams, world.demand.forecast_cv)
    first_piece = np.searchsorted(plan.edges_s, np.asarray(days.midnight_s[: days.n_run + 1]))
    found = []
    for day in range(days.n_run):
        ordinal, pieces = days.ordinal(day), slice(first_piece[day], first_piece[day + 1])
        edges = plan.edges_s[first_piece[day] : first_piece[day + 1] + 1]
        factor = common * day_factor(streams, ordinal, world.demand.day_cv)
        expected = plan.expected[pieces] * factor
        times = arrival_times(streams, f"{owner}/arrivals", ordinal, edges, expected, vmr=plan.vmr)
        found.append(_batched(streams, channel, Cell(owner, ordinal, len(times)), times))
    return found


def _batched(streams: Streams, channel: Channel, cell: Cell, times: Floats) -> tuple[Cell, Floats]:
    """Repeat each arrival by the number of orders that come together."""
    sizes = channel.arrivals.orders_per_arrival
    if sizes is None or not cell.n:
        return cell, times
    u = streams.uniforms(f"{cell.owner}/batch_size", cell.number, cell.n)
    repeated = np.repeat(times, sizes.quantile(u).astype(np.int64))
    return Cell(cell.owner, cell.number, len(repeated)), repeated


def _replayed(world: World, history: History) -> _Born:
    """A history's orders; what it lacks is drawn in cells of one day each."""
    inside = history.arrival_s < world.days.end_s
    placed = history.arrival_s[inside]
    counts = np.diff(np.searchsorted(placed, np.asarray(world.days.midnight_s[: world.days.n_run + 1])))
    cells = tuple(Cell("history:orders", world.days.ordinal(day), int(n)) for day, n in enumerate(counts) if n)
    return _Born(cells, np.arange(len(placed)), placed, history.channel[inside])


def _contents(world: World, streams: Streams, born: _Born, history: History | None) -> Tape:
    demand, n = world.demand, len(born.placed_s)

    def u(purpose: str) -> Floats:
        return draw_uniforms(streams, born.cells, born.rank, purpose)

    def share(purpose: str, shares: Callable[[Content], tuple[float, ...]]) -> NDArray[np.int16]:
        return _by_channel(demand, born, lambda c, v: _pick(shares(c), v), u(purpose), np.int16)

    def mark(purpose: str, prob: Callable[[Content], float]) -> NDArray[np.bool_]:
        if not any(prob(channel.content) for channel in demand.channels):
            return np.zeros(n, dtype=np.bool_)
        return _by_channel(demand, born, lambda c, v: v < prob(c), u(purpose), np.bool_)

    if history is None:
        line_start, sku, quantity = _lines(world, streams, born, u)
    else:
        line_start = history.line_start[: n + 1]
        sku, quantity = history.sku[: line_start[-1]], history.quantity[: line_start[-1]]
    given = history or _NOTHING_GIVEN
    return Tape(
        streams=streams,
        cells=born.cells,
        rank=born.rank,
        placed_s=born.placed_s,
        channel=born.channel,
        client=_of_channel(demand, born) if given.client is None else given.client[:n],
        zone=share("zone", lambda c: c.zone_share) if given.zone is None else given.zone[:n],
        service=share("service", lambda c: c.service_share) if given.service is None else given.service[:n],
        priority=share("branch:priority", lambda c: c.priority_share) if given.priority is None else given.priority[:n],
        gift=mark("options:gift", lambda c: c.gift_prob) if given.gift is None else given.gift[:n],
        instruction=mark("options:instruction", lambda c: c.instruction_prob),
        capture_error=mark("capture_error", lambda c: c.capture_error_prob),
        line_start=line_start,
        sku=sku,
        quantity=quantity,
        order_id=() if history is None else history.order_id[:n],
    )


_NOTHING_GIVEN = History(
    np.empty(0),
    np.empty(0, np.int16),
    np.zeros(1, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
    (),
)


Value = Callable[[Content, Floats], ArrayLike]


def _by_channel(demand: Demand, born: _Born, value: Value, drawn: Floats, dtype: DTypeLike) -> NDArray[Any]:
    """A column whose law differs by channel: ``value`` of each channel's content and its orders' uniforms."""
    result: NDArray[Any] = np.zeros(len(born.placed_s), dtype=dtype)
    for index, channel in enumerate(demand.channels):
        rows = born.channel == index
        result[rows] = value(channel.content, drawn[rows])
    return result


def _of_channel(demand: Demand, born: _Born) -> NDArray[np.int16]:
    """Client of each order: that of the channel through which it comes."""
    return np.array([channel.client for channel in demand.channels], np.int16)[born.channel]


def _pick(shares: tuple[float, ...], u: Floats) -> NDArray[np.int64]:
    """Index drawn with the given shares."""
    edges = np.cumsum(np.asarray(shares))
    return np.searchsorted(edges[:-1] / edges[-1], u, side="right")


def _lines(
    world: World, streams: Streams, born: _Born, u: Callable[[str], Floats]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Lines per order, their SKUs by popularity and their quantities; a SKU stands once in an order."""
    n = len(born.placed_s)
    lawful = [channel.content for channel in world.demand.channels]
    if world.catalog is None or not any(content.lines for content in lawful):
        return np.zeros(n + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
    n_lines = _by_channel(
        world.demand,
        born,
        lambda c, v: c.lines.quantile(v).astype(np.int64) if c.lines else 0,
        u("n_lines"),
        np.int64,
    )
    of_day = ForecastDays(world, born.placed_s, born.channel)
    n_lines = of_day.lines(n_lines, lambda: u("n_lines:forecast"))
    order = np.repeat(np.arange(n), n_lines)

    def of_lines(purpose: str) -> Floats:
        return _line_uniforms(streams, born, n_lines, purpose)

    drawn_sku, drawn_quantity = of_lines("sku"), of_lines("quantity")
    sku = _skus(world.catalog, drawn_sku, born.channel[order], [channel.client for channel in world.demand.channels])
    quantity = np.ones(len(order), dtype=np.int64)
    for index, content in enumerate(lawful):
        rows = born.channel[order] == index
        quantity[rows] = content.units.quantile(drawn_quantity[rows]).astype(np.int64)
    quantity = of_day.units(quantity, order, lambda: of_lines("quantity:forecast"))
    return _merged(order, sku, quantity, n, len(world.catalog))


def _skus(catalog: Catalog, u: Floats, channel: NDArray[np.int16], clients: list[int]) -> NDArray[np.int64]:
    """SKU of each line by popularity, among those of the client of its channel."""
    sku = np.zeros(len(u), dtype=np.int64)
    of_client = np.array(clients)[channel]
    for client in set(clients):
        lines = of_client == client
        edges = np.cumsum(catalog.wanted_by(client))
        if edges[-1] > 0:
            sku[lines] = np.searchsorted(edges / edges[-1], u[lines], side="right")
    return sku


def _line_uniforms(streams: Streams, born: _Born, n_lines: NDArray[np.int64], purpose: str) -> Floats:
    """Uniforms of all lines for a purpose, in the order of the rows, drawn cell by cell."""
    drawn_lines = n_lines[born.rank]
    ends = np.cumsum([cell.n for cell in born.cells])
    drawn = [
        streams.uniforms(f"{cell.owner}/{purpose}", cell.number, int(drawn_lines[end - cell.n : end].sum()))
        for cell, end in zip(born.cells, ends, strict=True)
    ]
    by_row = np.argsort(np.repeat(born.rank, drawn_lines), kind="stable")
    return np.concatenate([*drawn, np.empty(0)])[by_row]


def _merged(
    order: NDArray[np.int64], sku: NDArray[np.int64], quantity: NDArray[np.int64], n: int, n_skus: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Compressed rows in which the same SKU of an order is one line with the summed quantity."""
    key = order * n_skus + sku
    by_key = np.argsort(key, kind="stable")
    key, quantity = key[by_key], quantity[by_key]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    summed = np.add.reduceat(quantity, first) if len(first) else quantity
    line_start = np.searchsorted(key[first], np.arange(n + 1) * n_skus)
    return line_start.astype(np.int64), (key[first] % n_skus).astype(np.int32), summed.astype(np.int32)
