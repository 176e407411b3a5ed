"""Forecasts: of channels whose volume is given by day, for days on which somebody may order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.demand import Channel
from fulfillsim.scenario.schema.root import Settings


def check_forecast(settings: Settings) -> Iterator[Finding]:
    """Each forecast can be spread over its days, and says something of every day that counts."""
    for name, channel in settings.demand.channels.items():
        if not channel.forecast:
            continue
        at = ("demand", "channels", name, "forecast")
        if settings.demand.history is not None:
            yield Finding(at, "has no meaning for orders replayed from a history", "take one of the two out")
        for source in ("rate", "headway"):
            if getattr(channel, source) is not None:
                yield Finding(at, f"stands beside {source}", "write orders_per_day and hours instead")
        yield from _days(at, channel)
        yield from _missing(settings, at, channel)


def _days(at: Path, channel: Channel) -> Iterator[Finding]:
    for day, expected in channel.forecast.items():
        here = (*at, day.isoformat())
        if expected.orders and not any(channel.hours[day.weekday()]):
            yield Finding(here, "has orders on a weekday without hours", "give the weekday a profile under hours")
        if expected.lines is not None and channel.lines is None:
            yield Finding((*here, "lines"), "needs a law of lines for the channel", "lines: {geometric: {mean: 1.6}}")


def _missing(settings: Settings, at: Path, channel: Channel) -> Iterator[Finding]:
    days = [settings.start + timedelta(days=number) for number in range(settings.days)]
    missing = [day for day in days if day not in channel.forecast]
    if missing and len(missing) < len(days):
        rule = f"says nothing of {missing[0]}" + (f" and {len(missing) - 1} more days" if len(missing) > 1 else "")
        yield Finding(at, f"{rule}: the usual day is taken", "add rows, or change days", is_warning=True)
    if len(missing) == len(days):
        yield Finding(at, "says nothing of any day that counts", "change its dates, or start", is_warning=True)
