"""What a scenario gives names to, in the order in which the build numbers it; checks and build share it.

Nothing here builds anything, so that checking stays light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fulfillsim.scenario.nodes import Path
    from fulfillsim.scenario.schema.delivery import CarrierService
    from fulfillsim.scenario.schema.fulfillment import Picking, Step
    from fulfillsim.scenario.schema.root import Settings

RETURNS = "returns"
"""The station that looks at what customers send back."""
ALL = "all"
"""In a rate card: every zone without a row of its own."""


def zone_names(settings: Settings) -> tuple[str, ...]:
    """Destination zones by index."""
    return tuple(sorted(settings.zones)) or ("all",)


def service_names(settings: Settings) -> tuple[str, ...]:
    """Requested services by index."""
    return tuple(sorted(settings.services)) or ("standard",)


def client_names(settings: Settings) -> tuple[str, ...]:
    """Clients by index; a warehouse that works for itself has one."""
    return tuple(sorted(settings.clients)) or ("all",)


def pick_zone_names(settings: Settings) -> tuple[str, ...]:
    """Picking zones by index."""
    picking = settings.fulfillment.picking if settings.fulfillment else None
    return tuple(sorted(picking.zones)) if picking and picking.zones else ("picking",)


def bench_names(settings: Settings) -> tuple[str, ...]:
    """Benches at which kits are put together, by name; one called ``assembly`` where none is named."""
    if settings.assembly is None:
        return ()
    return tuple(sorted(settings.assembly.benches)) or ("assembly",)


def sku_names(settings: Settings) -> tuple[str, ...] | None:
    """SKUs by index, as far as the scenario itself says them: None where a table or a history does."""
    plan = settings.catalog
    if plan is None or plan.table is not None:
        return None
    if plan.items:
        return tuple(sorted(plan.items))
    if plan.skus is None:
        return None
    width = len(str(plan.skus))
    return tuple(f"SKU-{i:0{width}d}" for i in range(1, plan.skus + 1))


OTHERS = "others"
"""Orders that no path of the fulfillment takes."""


def path_names(settings: Settings) -> tuple[str, ...]:
    """Paths by index, in the order in which they are asked."""
    paths = settings.fulfillment.paths if settings.fulfillment else {}
    return tuple(sorted(paths, key=lambda name: (paths[name].rank, name)))


def picking_stations(settings: Settings, path: str | None = None) -> tuple[str, ...]:
    """Stations of the shared picking, or of a path's own, by picking zone."""
    zones = pick_zone_names(settings)
    return zones if path is None else tuple(f"{path}_{zone}" for zone in zones)


def pickup_names(settings: Settings) -> dict[str, tuple[str, str]]:
    """``carrier/pickup`` to the two names."""
    carriers = settings.delivery.carriers if settings.delivery else {}
    return {f"{carrier}/{name}": (carrier, name) for carrier in sorted(carriers) for name in carriers[carrier].pickups}


def among(chosen: Mapping[str, bool], names: Iterable[str]) -> tuple[int, ...] | None:
    """Indices of the names that are chosen; without any, all but those ruled out; None where nothing is said.

    Examples
    --------
    >>> among({"b": True}, ["a", "b", "c"]), among({"b": False}, ["a", "b", "c"])
    ((1,), (0, 2))
    """
    if not chosen:
        return None
    default = not any(chosen.values())
    return tuple(index for index, name in enumerate(names) if chosen.get(name, default))


def n_classes(settings: Settings) -> int:
    """Priority classes of all channels together."""
    channels = settings.demand.channels.values()
    return 1 + max((c.rank for channel in channels for c in channel.priorities.values()), default=0)


def carrier_services(settings: Settings) -> dict[str, CarrierService]:
    """``carrier/service`` to the service, in the order of their indices."""
    carriers = settings.delivery.carriers if settings.delivery else {}
    return {
        f"{carrier}/{service}": carriers[carrier].services[service]
        for carrier in sorted(carriers)
        for service in sorted(carriers[carrier].services)
    }


def called(name: str, products: Mapping[str, CarrierService]) -> list[str]:
    """Carrier services that a name may mean: itself, or all services of a carrier named without one.

    Examples
    --------
    >>> called("parcelco", {"parcelco/ground": ..., "postal/parcel": ..., "postal/express": ...})
    ['parcelco/ground']
    """
    return [name] if name in products else [key for key in products if key.rpartition("/")[0] == name]


def usable(chosen: Mapping[str, bool], products: Mapping[str, CarrierService]) -> list[str]:
    """Carrier services that may serve a service: those chosen; without any, all but those ruled out."""
    flags = {key: flag for name, flag in chosen.items() for key in called(name, products)}
    return [key for key in products if flags.get(key, not any(flags.values()))]


def pickings(settings: Settings) -> dict[Path, Picking]:
    """Ways of picking, each where it is written: the usual one, and those of paths that have their own."""
    plan = settings.fulfillment
    if plan is None:
        return {}
    found: dict[Path, Picking | None] = {("fulfillment", "picking"): plan.picking}
    found |= {("fulfillment", "paths", name, "picking"): path.picking for name, path in plan.paths.items()}
    return {at: picking for at, picking in found.items() if picking is not None}


def chain(steps: Mapping[str, Step]) -> list[str]:
    """Steps in the order in which orders pass them; those that no chain reaches are left out."""
    after = {step.after: name for name, step in steps.items() if step.after not in (None, "picking")}
    first = [name for name, step in steps.items() if step.after in (None, "picking")]
    order: list[str] = []
    here = first[0] if first else None
    while here is not None and here not in order:
        order.append(here)
        here = after.get(here)
    return order
