"""Pictures of a result, fetched by name from where drawing is at home."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import UnknownNameError
from fulfillsim.experiment.counting import counted
from fulfillsim.experiment.progress import told

if TYPE_CHECKING:
    from fulfillsim.experiment.result import Result
    from fulfillsim.sim import Trace


class Plots:
    """Pictures of a result, found by name in `fulfillsim.report.plots`.

    ``result.plot.utilization(replication=3)`` draws one replication, ``result.plot.journey(4711)`` one of its orders,
    ``result.plot.warm_up(n=10)`` the first so many replications, run again one by one unless kept. Drawing stands
    to the right of this room, so it is fetched when the first picture is asked for.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        for registry, draw in (
            ("PLOTS", self._draw),
            ("OVER_REPLICATIONS", self._draw_over),
            ("OF_AN_ORDER", self._draw_order),
        ):
            if name in (plots := _known_plots(registry)):
                return partial(draw, plots[name])
        raise AttributeError(str(UnknownNameError("plot", name, self)))

    def _draw(self, plot: Callable[..., Any], replication: int = 0, ax: Any = None, **how: Any) -> Any:
        """Draw one replication on ``ax``, or on axes of its own, and return the axes."""
        return plot(self._result.world, self._result.trace(replication), ax=ax, **how)

    def _draw_over(self, plot: Callable[..., Any], n: int = 10, ax: Any = None) -> Any:
        """Draw the first ``n`` replications together."""
        return plot(self._result.world, self._traces(n), ax=ax)

    def _traces(self, n: int) -> Iterator[Trace]:
        """Traces one by one: those that are run again for this are not kept."""
        result = self._result
        with told("replications run again", result.shows) as tell:
            for replication in counted(result.packed.replications[:n], tell):
                kept = result.traces.get(replication)
                trace = result.rerun(result.world, result.seed, replication).trace if kept is None else kept
                assert trace is not None, "a replication gives its trace"
                yield trace

    def _draw_order(self, plot: Callable[..., Any], order: int | str, replication: int = 0, ax: Any = None) -> Any:
        """Draw what happened to an order."""
        return plot(self._result.world, self._result.trace(replication), order, ax=ax)

    def __dir__(self) -> list[str]:
        return sorted(self)

    def __iter__(self) -> Iterator[str]:
        return iter([name for registry in _REGISTRIES for name in _known_plots(registry)])


_REGISTRIES = ("PLOTS", "OVER_REPLICATIONS", "OF_AN_ORDER")


def _known_plots(registry: str) -> Mapping[str, Callable[..., Any]]:
    plots: Mapping[str, Callable[..., Any]] = getattr(import_module("fulfillsim.report.plots"), registry)
    return plots
