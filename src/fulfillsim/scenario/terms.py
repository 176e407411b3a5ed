"""What holds for a client: the scenario's terms, with what the client has of its own laid over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.base import Section
from fulfillsim.scenario.schema.communication import Communication
from fulfillsim.scenario.schema.processing import Service
from fulfillsim.scenario.schema.root import Settings

T = TypeVar("T", bound=Section)


def service_of(settings: Settings, client: str, name: str) -> Service:
    """Terms of a requested service for the orders of a client."""
    shared, plan = settings.services.get(name, Service()), settings.clients.get(client)
    return shared if plan is None or name not in plan.services else _over(shared, plan.services[name])


def first_skus(settings: Settings, n_skus: int) -> list[int]:
    """Places, in the order in which SKUs are dealt out, at which the next client's begin; one for each client.

    A client of share 0 gets none, and the shares are met as closely as whole SKUs allow.
    """
    shares = [settings.clients[name].skus for name in sorted(settings.clients)]
    total = sum(shares) or 1.0
    return [round(n_skus * sum(shares[: place + 1]) / total) for place in range(len(shares))]


def every_terms(settings: Settings) -> Iterator[tuple[Path, Service]]:
    """Terms as they hold, each where it is written: of all services, and of the clients that have their own."""
    for name, service in settings.services.items():
        yield ("services", name), service
    for client, plan in settings.clients.items():
        for name in plan.services:
            yield ("clients", client, "services", name), service_of(settings, client, name)


def communication_of(settings: Settings, client: str) -> Communication:
    """What a client's customers are told, in a scenario that tells them anything."""
    assert settings.communication is not None
    plan = settings.clients.get(client)
    own = plan.communication if plan is not None else None
    return settings.communication if own is None else _over(settings.communication, own)


def _over(shared: T, own: Section) -> T:
    said: dict[str, Any] = {name: value for name in type(own).model_fields if (value := getattr(own, name)) is not None}
    return shared.model_copy(update=said)
