"""What carriers' rate cards ask for the stops of a delivery instance: zone and weight of each parcel, priced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from math import inf, isfinite
from pathlib import Path as FilePath
from typing import NamedTuple

from pydantic import ValidationError

from fulfillsim.domain.tariff import Charge, Rate, Surcharge, Tariff
from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.outsourcing import Offer
from fulfillsim.scenario.build.rates import build_tariff
from fulfillsim.scenario.cells import flag, not_negative, number, text
from fulfillsim.scenario.checks.finding import Finding, one_currency, told
from fulfillsim.scenario.checks.rates import check_card, money_of
from fulfillsim.scenario.faults import faults_of
from fulfillsim.scenario.names import ALL
from fulfillsim.scenario.nodes import Node, plain
from fulfillsim.scenario.schema.rate_cards import CardService, RateCards
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.text import read_file
from fulfillsim.scenario.units import DAY_S

KM_M = 1000.0
UNSAID = -1.0


class Parcel(NamedTuple):
    """What goes to a stop; its zone is None where no zone reaches."""

    zone: str | None
    weight_kg: float
    volume_l: float
    residential: bool


def read_rate_cards(file: FilePath, instance: DeliveryInstance) -> dict[int, list[Offer]]:
    """Offers by stop.

    Parameters
    ----------
    file
        YAML, as `fulfillsim.scenario.schema.rate_cards.RateCards` says; tables that it names lie beside it.
    instance
        Whose stops they are. Prices are in the unit in which its costs are printed.

    Raises
    ------
    ScenarioError
        With every fault of the file, or of the tables that it names.
    """
    tree = read_file(file)
    try:
        cards = RateCards.model_validate(plain(tree))
    except ValidationError as error:
        raise ScenarioError(faults_of(error, tree, RateCards)) from None
    _refuse(tree, _findings(cards, instance))
    parcels = _parcels(cards, instance, file.parent)
    zones = tuple(sorted({parcel.zone for stop in parcels for parcel in stop if parcel.zone is not None}))
    tariffs = _tariffs(cards, zones, file.parent)
    _refuse(tree, _unpriced(cards, zones, tariffs))
    at_s = 0.0 if cards.pickup is None else _midnight(cards.pickup)
    offers = {
        stop: [
            offer
            for name, tariff in tariffs.items()
            if (offer := _offer(name, cards.services[name], tariff, sent, at_s, instance.convention.divisor))
        ]
        for stop, sent in enumerate(parcels)
    }
    return {stop: asked for stop, asked in offers.items() if asked}


def _refuse(tree: Node, findings: Iterator[Finding]) -> None:
    if faults := [told(tree, finding) for finding in findings]:
        raise ScenarioError(faults)


# --- checks -------------------------------------------------------------------------------------------------------


def _findings(cards: RateCards, instance: DeliveryInstance) -> Iterator[Finding]:
    n_dims = instance.n_dims
    for word in ("weight", "volume"):
        if len(said := getattr(cards, word)) > n_dims:
            yield Finding((word,), f"has {len(said)} figures, demand has {n_dims}", "one for each dimension of demand")
    if not cards.weight and cards.parcels is None:
        yield Finding(("weight",), "is missing", "weight: 1 kg, of a unit of demand; or parcels: parcels.csv")
    for name, service in cards.services.items():
        yield from check_card(service.rates, (), ("services", name, "rates"))
    amounts = (money_of(service.rates, ("services", name, "rates")) for name, service in cards.services.items())
    yield from one_currency(chain.from_iterable(amounts))


def _unpriced(cards: RateCards, zones: tuple[str, ...], tariffs: dict[str, Tariff]) -> Iterator[Finding]:
    """Zones of stops that no card knows, and dates that count while nobody says of which day the parcels are."""
    known = {zone for tariff in tariffs.values() for zone in tariff.by_zone}
    for zone in zones:
        if zone not in known:
            near = nearest(zone, known)
            hint = f"did you mean {near}?" if near else f"cards have {', '.join(sorted(known))}"
            yield Finding(("zones", zone) if zone in cards.zones else ("services",), f"no card has zone {zone}", hint)
    for name, service in cards.services.items():
        for zone in service.on_time if isinstance(service.on_time, dict) else ():
            if zone not in (*zones, *cards.zones, *known):
                yield Finding(("services", name, "on_time", zone), f"is about zone {zone}, which no card has")
    dated = [name for name, tariff in tariffs.items() if _is_dated(tariff)]
    if dated and cards.pickup is None:
        yield Finding(("pickup",), f"must be said, as prices of {dated[0]} have dates", "pickup: 2026-03-02")


def _midnight(day: date) -> float:
    """Begin of a day, in seconds of a calendar without zones."""
    return day.toordinal() * DAY_S


def _is_dated(tariff: Tariff) -> bool:
    rows: list[Rate | Surcharge] = [*tariff.rates, *tariff.surcharges]
    return any(isfinite(row.until_s) or row.from_s > 0 for row in rows)


# --- parcels ------------------------------------------------------------------------------------------------------


def _parcels(cards: RateCards, instance: DeliveryInstance, folder: FilePath) -> list[list[Parcel]]:
    """What goes to each stop: the rows of the table, or one parcel of its demand."""
    usual = [_usual(cards, instance, stop) for stop in range(len(instance.stops))]
    if cards.parcels is None:
        return [[parcel] for parcel in usual]
    listed = _listed(read_table(cards.parcels, folder), instance, usual, bool(cards.weight))
    return [rows or [parcel] for rows, parcel in zip(listed, usual, strict=True)]


def _usual(cards: RateCards, instance: DeliveryInstance, stop: int) -> Parcel:
    demand, way_m = instance.stops[stop].demand, instance.travel.distance_m[0, instance.n_depots + stop]
    unit = KM_M if instance.convention.is_metric else instance.convention.scale
    rings = sorted(cards.zones.items(), key=lambda ring: ring[1]) or [(ALL, inf)]
    return Parcel(
        zone=next((zone for zone, most in rings if way_m <= most * unit), None),
        weight_kg=sum(n * kg for n, kg in zip(demand, cards.weight, strict=False)),
        volume_l=sum(n * liters for n, liters in zip(demand, cards.volume, strict=False)),
        residential=cards.residential,
    )


def _listed(table: Table, instance: DeliveryInstance, usual: list[Parcel], is_weighed: bool) -> list[list[Parcel]]:
    """Rows of the table by stop; what a row leaves open is as usual."""
    faults = table.unknown(("stop", *Parcel._fields))
    amount, place = not_negative(number), {stop.name: n for n, stop in enumerate(instance.stops)}
    stops = table.cells("stop", text, faults)
    zones = table.cells("zone", text, faults, "")
    weights = table.cells("weight_kg", amount, faults, UNSAID if is_weighed else None)
    volumes = table.cells("volume_l", amount, faults, UNSAID)
    private = table.cells("residential", flag, faults, usual[0].residential if usual else False)
    found: list[list[Parcel]] = [[] for _ in usual]
    for row, name in enumerate(stops):
        if name is not None and name not in place:
            faults.append(_no_stop(table, row, name, instance))
        elif not faults and name is not None:
            known = usual[place[name]]
            found[place[name]].append(
                Parcel(
                    zone=zones[row] or known.zone,
                    weight_kg=_said(weights[row], known.weight_kg),
                    volume_l=_said(volumes[row], known.volume_l),
                    residential=bool(private[row]),
                )
            )
    if not is_weighed:
        faults += [_unweighed(table, instance.stops[n].name) for n, rows in enumerate(found) if not rows and not faults]
    if faults:
        raise ScenarioError(faults)
    return found


def _said(figure: float | None, usual: float) -> float:
    return usual if figure is None or figure == UNSAID else figure


def _no_stop(table: Table, row: int, name: str, instance: DeliveryInstance) -> Fault:
    near = nearest(name, [stop.name for stop in instance.stops])
    rule = f"names the stop {name}, which {instance.name} does not have"
    return table.fault(row, "stop", rule, hint=f"did you mean {near}?" if near else "leave the row out")


def _unweighed(table: Table, name: str) -> Fault:
    hint = "add a row, or say in the rate cards what a unit of demand weighs: weight: 1 kg"
    return Fault(table.name, table.head, None, "column stop", f"has no parcel of stop {name}", None, hint)


# --- prices -------------------------------------------------------------------------------------------------------


def _tariffs(cards: RateCards, zones: tuple[str, ...], folder: FilePath) -> dict[str, Tariff]:
    """Each service's prices; faults of all their tables at once."""
    found: dict[str, Tariff] = {}
    faults: list[Fault] = []
    for name, service in sorted(cards.services.items()):
        try:
            found[name] = build_tariff(service.rates, zones, None, _midnight, folder)
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(dict.fromkeys(faults))
    return found


def _offer(
    name: str, service: CardService, tariff: Tariff, parcels: list[Parcel], at_s: float, divisor: float
) -> Offer | None:
    """What a service asks for all parcels of a stop; None where it does not take one of them."""
    zone = parcels[0].zone
    chances = [_chance(service, parcel.zone) for parcel in parcels]
    charges = [
        None if zone is None else tariff.charge(zone, kg, liters, at_s, at_door)
        for zone, kg, liters, at_door in parcels
    ]
    known = [charge for charge in charges if charge is not None]
    if zone is None or len(known) < len(charges) or None in chances:
        return None
    price = sum(charge.total for charge in known)
    return Offer(name, price * divisor, min(c for c in chances if c is not None), _made_of(zone, known))


def _chance(service: CardService, zone: str | None) -> float | None:
    return service.on_time.get(zone or "") if isinstance(service.on_time, dict) else service.on_time


def _made_of(zone: str, charges: list[Charge]) -> dict[str, str | float]:
    return {
        "zone": zone,
        "parcels": len(charges),
        "billed_kg": round(sum(charge.billed_kg for charge in charges), 6),
        "rate": round(sum(charge.rate for charge in charges), 6),
    }
