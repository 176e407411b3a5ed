"""Whether there are enough people, by plain arithmetic on means; a warning, since overload may be the question."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.sampling.distributions import Distribution
from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.schema.demand import Channel, RatePoints, RateWave
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.schema.staff import Shift
from fulfillsim.scenario.schema.work import WorkParts
from fulfillsim.scenario.units import DAY_S

WEEK_S = 7 * DAY_S


def check_load(settings: Settings) -> Iterator[Finding]:
    """Stations with an all-in time that get more work a week than people can do."""
    plan = settings.fulfillment
    if plan is None or settings.demand.history is not None:
        return
    works = {name: step.time for name, step in plan.steps.items() if step.staffed and not step.only and not step.paths}
    is_split = bool(plan.picking and plan.picking.zones) or any(path.picking for path in plan.paths.values())
    if plan.picking and plan.picking.time is not None and plan.picking.per == "order" and not is_split:
        works["picking"] = plan.picking.time
    for station, time in works.items():
        need_s = sum(orders_per_week(settings, c) * _seconds(time, c) for c in settings.demand.channels.values())
        have_s = available_per_week_s(settings, station)
        if have_s and need_s >= have_s:
            path = ("fulfillment", "picking") if station == "picking" else ("fulfillment", "steps", station)
            rule = (
                f"gets {need_s / 3600:.0f} hours of work a week, its people have {have_s / 3600:.0f}: queues only grow"
            )
            yield Finding(path, rule, "add people or hours", is_warning=True)


def _seconds(time: WorkParts | Distribution, channel: Channel) -> float:
    if not isinstance(time, WorkParts):
        return time.mean
    lines = channel.lines.mean if channel.lines else 0.0
    units = lines * channel.units.mean
    return time.per_order + time.per_line * lines + time.per_unit * units + time.per_gift * channel.gift_prob


def orders_per_week(settings: Settings, channel: Channel) -> float:
    """Expected orders of a usual week; 0 for a rate by points."""
    batch = channel.orders_per_arrival.mean if channel.orders_per_arrival else 1.0
    factor = settings.demand.factor * batch
    if channel.headway is not None:
        return factor * WEEK_S / channel.headway.mean if channel.headway.mean else 0.0
    if channel.orders_per_day is not None:
        open_days = [w if any(hours) else 0.0 for w, hours in zip(channel.weekdays, channel.hours, strict=True)]
        return factor * channel.orders_per_day * sum(open_days)
    rate = channel.rate.mean if isinstance(channel.rate, RateWave) else channel.rate
    if rate is None or isinstance(rate, RatePoints):
        return 0.0
    return factor * rate * DAY_S * sum(channel.weekdays)


def available_per_week_s(settings: Settings, station: str) -> float:
    """Standard seconds of work that all who can serve a station could do in a usual week, if they did nothing else."""
    return sum(
        shift.headcount * _on_duty_s(settings, shift) * (1 - role.indirect) * role.skills[station].speed
        for role in settings.staff.values()
        if station in role.skills
        for shift in role.shifts.values()
    )


def _on_duty_s(settings: Settings, shift: Shift) -> float:
    if shift.hours is None:
        return WEEK_S
    days = settings.calendar.working_days if shift.days is None else shift.days
    pauses = sum(pause.at.until_s - pause.at.from_s for pause in shift.breaks.values())
    return len(days) * (shift.hours.until_s - shift.hours.from_s - pauses)
