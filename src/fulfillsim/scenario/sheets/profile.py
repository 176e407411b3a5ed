"""A sheet with the hours of a week: how a channel's orders spread over it.

Either a row per hour and weekday (columns weekday, hour, and orders or weight), or a row per hour and a column per
weekday. It becomes the channel's ``hours`` and ``weekdays``, and its ``orders_per_day`` where the scenario gives none.
"""

from __future__ import annotations

import re
from datetime import time

from fulfillsim.errors import Fault
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.dates import WEEKDAYS, weekdays
from fulfillsim.scenario.nodes import Node, Path, Setting, fault_at, find
from fulfillsim.scenario.tables import Table
from fulfillsim.scenario.units import UnitError

VALUES = ("orders", "weight")
_HOUR = re.compile(r"(\d{1,2})(?::00(?::00)?)?(?:\s*[-–]\s*\d{1,2}(?::00)?)?")
Week = dict[tuple[int, int], float]


def profile_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """Hours, weekday factors and, if the channel has no other source, orders per day."""
    channel = section[:-1]
    for other in ("hours", "rate", "headway"):
        beside = find(named, (*channel, other))
        if beside is not None:
            place = beside.key or beside.place
            faults.append(fault_at(place, (*channel, other), "stands beside profile", hint="take one of the two out"))
    week = _long(table, faults) if "weekday" in table.columns else _wide(table, faults)
    if faults:
        return []
    total = sum(week.values())
    if not total:
        faults.append(table.fault(0, "hour", "and all others hold no order", hint="put a value above 0 in some hour"))
        return []
    place = table.place(0)
    settings = []
    if find(named, (*channel, "orders_per_day")) is None:
        settings.append(Setting((*channel, "orders_per_day"), total / 7, place))
    for day, name in enumerate(WEEKDAYS):
        of_day = {hour: value for (weekday, hour), value in sorted(week.items()) if weekday == day and value}
        settings.append(Setting((*channel, "weekdays", name), 7 * sum(of_day.values()) / total, place))
        settings += [
            Setting((*channel, "hours", name, f"{hour:02d}"), 168 * value / total, place)
            for hour, value in of_day.items()
        ]
    return settings


def _long(table: Table, faults: list[Fault]) -> Week:
    value = next((name for name in VALUES if name in table.columns), VALUES[0])
    faults += table.unknown(("weekday", "hour", value))
    days = table.column("weekday", lambda cell: weekdays(text(cell)), faults)
    hours = table.column("hour", _hour, faults)
    values = table.column(value, not_negative(number), faults)
    week: Week = {}
    for row, (on, hour, weight) in enumerate(zip(days, hours, values, strict=False) if not faults else ()):
        for day in on:
            if (day, hour) in week:
                what = f"says {WEEKDAYS[day]}, hour {hour} twice"
                faults.append(table.fault(row, "hour", what, hint="keep one row"))
            week[day, hour] = weight
    return week


def _wide(table: Table, faults: list[Fault]) -> Week:
    hours = table.column("hour", _hour, faults)
    week: Week = {}
    for name in (name for name in table.columns if name != "hour"):
        try:
            days = weekdays(name)
        except UnitError as error:
            where = f"column {name}"
            faults.append(Fault(table.name, table.head, None, where, "must be a weekday, or hour", None, error.hint))
            continue
        values = table.column(name, not_negative(number), faults)
        for row, (hour, weight) in enumerate(zip(hours, values, strict=False)):
            for day in days:
                if (day, hour) in week:
                    what = f"says {WEEKDAYS[day]}, hour {hour} twice"
                    faults.append(table.fault(row, name, what, hint="keep one of the two"))
                week[day, hour] = weight
    return week


def _hour(cell: object) -> int:
    """Hour of the day, 0 to 23, of 7, "07", "07:00", "7-8" or a time of day."""
    if isinstance(cell, time):
        cell = f"{cell:%H:%M:%S}"
    match = _HOUR.fullmatch(text(cell))
    if match is None or int(match[1]) > 23:
        raise UnitError("must be an hour from 0 to 23", "write it like 7 or 07:00")
    return int(match[1])
