"""``fulfillsim check``: all faults of a scenario at once, and with ``--load`` whether there are enough people."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from fulfillsim.cli.options import Format, FormatOption, ScenarioArgument, SetOption
from fulfillsim.cli.tables import Row, as_table, show

if TYPE_CHECKING:
    from fulfillsim.domain.clock import Days
    from fulfillsim.kpi.load import Load

LoadOption = Annotated[
    bool, typer.Option("--load", help="Also weigh hours of work against rostered productive hours, without simulating.")
]


def check_scenario(
    scenario: ScenarioArgument, sets: SetOption = None, load: LoadOption = False, form: FormatOption = Format.table
) -> None:
    """Check a scenario file and tell all its faults at once, each with its line."""
    from fulfillsim.scenario import load_scenario

    checked = load_scenario(scenario, sets or ())
    for warning in checked.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{scenario}: no faults in {checked.name!r}", err=load and form is not Format.table)
    if load:
        typer.echo(_weighed(checked.workload(), checked.world().days, form))


def _weighed(load: Load, days: Days, form: Format) -> str:
    rows = _rows(load)
    said = [_tip(load, days), *_rest(load)]
    if form is not Format.table:
        tip = load.tip
        document = {
            "schema_version": 1,
            "days": [{**row, "load": _known(day.load)} for row, day in zip(rows, load.days, strict=True)],
            "tips_over": None
            if tip is None
            else {"hour": _clock(tip.hour_s, days), "station": tip.station, "role": tip.role, "left_h": tip.left_h},
            "utilization": load.utilization,
            "not_counted": list(load.not_counted),
        }
        return show(rows, form, document)
    shown = [{name: _cell(value) for name, value in row.items()} for row in rows]
    numbers = [name for name in shown[0] if name not in ("day", "role")] if shown else []
    return "\n".join(["", as_table(shown, numbers), "", *said])


def _rows(load: Load) -> list[Row]:
    with_agency = any(day.on_call_h for day in load.days)
    return [
        {
            "day": f"{date.fromisoformat(day.day):%a} {day.day}",
            "role": day.role,
            "work_h": round(day.work_h, 1),
            "carried_h": round(day.carried_h, 1),
            "productive_h": round(day.productive_h, 1),
            **({"on_call_h": round(day.on_call_h, 1)} if with_agency else {}),
            "load": "" if math.isinf(day.load) else f"{day.load:.0%}",
        }
        for day in load.days
    ]


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _known(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _clock(time_s: float, days: Days) -> str:
    import numpy as np

    from fulfillsim.io.local_time import local_times

    moment = local_times(np.array([time_s]), days).astype("datetime64[m]")[0].item()
    return f"{moment:%Y-%m-%dT%H:%M}"


def _tip(load: Load, days: Days) -> str:
    tip = load.tip
    if tip is None:
        return "nothing tips over: what is due can be done in time, if nobody ever waits for the step before"
    day, _, clock = _clock(tip.hour_s, days).partition("T")
    when = f"{date.fromisoformat(day):%a} {day} {clock}"
    return (
        f"tips over in the hour of {when}: {tip.station} ({tip.role}) has {tip.left_h:.1f} h of work left that is due"
    )


def _rest(load: Load) -> list[str]:
    if not load.not_counted:
        return []
    return [f"not counted, since it does not follow from orders alone: {', '.join(load.not_counted)}"]
