"""What must hold beyond types: whether the parts of a scenario fit together.

A check is a generator of findings; `CHECKS` is the visible list. To add one: a function in the file of its
subject, and its name here.
"""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.assembly import check_kits
from fulfillsim.scenario.checks.building import check_layout
from fulfillsim.scenario.checks.carriers import check_carriers, check_cartons
from fulfillsim.scenario.checks.clients import check_clients
from fulfillsim.scenario.checks.events import check_events
from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.checks.fleet import as_written, check_fleet
from fulfillsim.scenario.checks.flow import check_chain, check_picking, check_pickups, check_promises, check_release
from fulfillsim.scenario.checks.forecast import check_forecast
from fulfillsim.scenario.checks.load import check_load
from fulfillsim.scenario.checks.orders import check_channels, check_goods, check_money, check_rates
from fulfillsim.scenario.checks.paths import check_paths, check_waves
from fulfillsim.scenario.checks.rates import check_rate_cards
from fulfillsim.scenario.checks.references import check_names, check_shares
from fulfillsim.scenario.checks.returns import check_returns
from fulfillsim.scenario.checks.slots import check_records, check_slots
from fulfillsim.scenario.checks.snapshot import check_beginning
from fulfillsim.scenario.checks.staffing import check_shifts, check_stations
from fulfillsim.scenario.checks.targets import check_targets
from fulfillsim.scenario.checks.telling import check_communication
from fulfillsim.scenario.schema.root import Settings

__all__ = ["CHECKS", "Finding", "check_settings"]

CHECKS = (
    check_beginning,
    check_names,
    check_shares,
    check_channels,
    check_rates,
    check_forecast,
    check_goods,
    check_clients,
    check_slots,
    check_records,
    check_kits,
    check_layout,
    check_money,
    check_stations,
    check_shifts,
    check_chain,
    check_picking,
    check_release,
    check_paths,
    check_waves,
    check_promises,
    check_pickups,
    check_rate_cards,
    check_carriers,
    check_cartons,
    check_fleet,
    check_returns,
    check_communication,
    check_targets,
    check_events,
    check_load,
)


def check_settings(settings: Settings) -> Iterator[Finding]:
    """All findings of all checks."""
    for check in CHECKS:
        yield from map(as_written, check(settings))
