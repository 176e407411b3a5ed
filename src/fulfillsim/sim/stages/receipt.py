"""Receipt: orders come in by web, phone, counter and file drop.

Web orders are in the system at once; phone and counter orders are taken down by people, for whom customers wait as
long as their patience lasts; files bring all orders placed since the last one.
"""

from __future__ import annotations

import numpy as np

from fulfillsim.domain.demand import Channel
from fulfillsim.domain.records import Milestone
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.station import Party


def build(model: Model, onward: Intake) -> Intake:
    """Wire each channel's way in."""
    received = model.noting(Milestone.RECEIVED, onward)
    channels = model.world.demand.channels
    waits = [channel.is_waited_in for channel in channels]
    intakes = [_channel(model, channels[i], received) if waits[i] else onward for i in range(len(channels))]
    _received_at_once(model, [i for i in range(len(channels)) if not waits[i]])
    if len(intakes) == 1:
        return intakes[0]

    def intake(order: Order, now: float) -> None:
        intakes[order.channel](order, now)

    return intake


def _received_at_once(model: Model, channels: list[int]) -> None:
    """Orders of channels that nobody waits in are received when they are placed."""
    tape = model.tape

    def note() -> None:
        came = slice(model.n_given, model.n_given + model.engine.n_arrived)
        rows = model.n_given + np.flatnonzero(np.isin(tape.channel[came], channels))
        model.milestones.add_block(rows, Milestone.RECEIVED, tape.placed_s[rows])

    if channels:
        model.afterwards.append(note)


def _channel(model: Model, channel: Channel, received: Intake) -> Intake:
    intake = _captured(model, channel, received) if channel.capture else received
    return _dropped(model, channel, intake) if channel.drop_times_s else intake


def _captured(model: Model, channel: Channel, received: Intake) -> Intake:
    """Customers who wait for somebody to take their order down."""
    plan = channel.capture
    assert plan is not None and plan.time is not None
    party = Party(
        received,
        lambda item, now: model.close(item, Milestone.BLOCKED, now),
        lambda item, now: model.close(item, Milestone.HUNG_UP, now),
    )
    station = model.call_station(plan, Order, party)
    if plan.patience is None:

        def waits(order: Order, now: float) -> None:
            station.offer_for(order, now, None)

        return waits
    u = model.tape.uniforms(f"patience:{plan.name}")
    patience_s = plan.patience.quantile(u)

    def intake(order: Order, now: float) -> None:
        station.offer_for(order, now, float(patience_s[order.row]))

    return intake


def _dropped(model: Model, channel: Channel, intake: Intake) -> Intake:
    """Orders that wait for the next file."""
    waiting: list[Order] = []

    def drop(now: float) -> None:
        arrived, waiting[:] = waiting[:], []
        for order in arrived:
            intake(order, now)

    for time_s in channel.drop_times_s:
        model.engine.call_at(time_s, Rank.DECIDE, drop)
    return lambda order, now: waiting.append(order)
