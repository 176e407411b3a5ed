"""Names of routings: ours, and those of published tables."""

from __future__ import annotations

from collections.abc import Iterable

from fulfillsim.domain.layout import Layout
from fulfillsim.errors import UnknownNameError

STAND_IN = "nearest_2opt"


def routing_of(asked: str, known: Iterable[str] = ()) -> str:
    """Our name of a routing.

    Parameters
    ----------
    asked
        Ours, or that of published tables.
    known
        Names that there are; by default those that batching and scenarios know.

    Raises
    ------
    UnknownNameError
        If there is none.

    Examples
    --------
    >>> routing_of("traversal")
    's_shape'
    """
    from fulfillsim.optim.pick_routing import PUBLISHED, ROUTING

    name, known = PUBLISHED.get(asked, asked), list(known or ROUTING)
    if name not in known:
        raise UnknownNameError("routing", asked, [*known, *PUBLISHED])
    return name


def routing_in(layout: Layout, routing: str) -> str:
    """The routing by which batches are measured: ``STAND_IN`` for the exact one where that does not apply.

    The shortest walk through a graph is a traveling salesman's; the stand-in's tours are real ones, a little longer.
    """
    from fulfillsim.optim.pick_routing import ROUTING

    return STAND_IN if routing == "exact" and ROUTING[routing].supports(layout) else routing


def published_names(routing: str) -> tuple[str, ...]:
    """All names under which tables may list one of our routings."""
    from fulfillsim.optim.pick_routing import PUBLISHED

    return (routing, *(name for name, ours in PUBLISHED.items() if ours == routing))
