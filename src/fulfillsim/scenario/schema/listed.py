"""Fields that name an entry of a list elsewhere: policies, routings. The list is the only place of the names.

Its room is imported when somebody asks for the names: the JSON schema, which shows them to editors, and `check`,
which says the nearest. Importing the schema imports none of them, nor does checking a field that keeps its default,
which is in the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Listed:
    """Annotation of a text that must be a key of a mapping in another module.

    Parameters
    ----------
    kind
        What the names are called in messages.
    module, mapping
        Where the mapping stands.
    """

    kind: str
    module: str
    mapping: str

    def names(self) -> tuple[str, ...]:
        """Names that there are, in the order of the list."""
        return tuple(getattr(import_module(self.module), self.mapping))

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Text, one of the names."""
        return {"type": "string", "enum": list(self.names())}


ASSIGNMENT = Listed("assignment", "fulfillsim.policies.assignment", "ASSIGNMENT")
BATCHING = Listed("batching", "fulfillsim.policies.batching", "BATCHING")
CARRIER_ASSIGNMENT = Listed("carrier assignment", "fulfillsim.optim.carrier_assignment", "SOLVERS")
CARRIER_CHOICE = Listed("carrier choice", "fulfillsim.policies.carrier_choice", "CHOICES")
NOTIFICATION = Listed("notification policy", "fulfillsim.policies.notification", "NOTIFICATION")
PROMISE = Listed("promise policy", "fulfillsim.policies.promising", "PROMISING")
RATE_FORMAT = Listed("rate card format", "fulfillsim.scenario.rate_formats", "FORMATS")
ROUTING = Listed("routing policy", "fulfillsim.optim.pick_routing", "ROUTING")
SUPPLIER_CHOICE = Listed("supplier choice", "fulfillsim.policies.supplier_choice", "SUPPLIER_CHOICE")
SLOTTING = Listed("slotting", "fulfillsim.optim.slotting", "SLOTTING")
