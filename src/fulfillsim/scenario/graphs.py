"""Buildings as graphs: the file that a scenario names, read as it is checked, so that checks know all ways."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.errors import DataError, InputError, nearest
from fulfillsim.scenario.overlay import is_inside
from fulfillsim.scenario.units import UnitError

AN_EXAMPLE = '{"arcs": [[0, 1, 4.0], [1, 0, 4.0]], "start": 0}'


def read_graph(value: object, folder: Path | None) -> GraphLayout:
    """The graph in a JSON file of the scenario's folder.

    Raises
    ------
    UnitError
        With everything that is wrong with it.
    """
    from fulfillsim.io.instances.layouts import read_layout

    if isinstance(value, GraphLayout):
        return value
    if not isinstance(value, str) or not value:
        raise UnitError("must be the name of a JSON file", "graph: hall.json")
    folder = folder or Path()
    _refuse_strange(value, folder)
    try:
        layout = read_layout(value, folder)
    except DataError as error:
        fault = error.faults[0]
        raise UnitError(f"line {fault.line}: {fault.rule}" if fault.line else fault.rule, fault.hint) from None
    except (InputError, TypeError, ValueError) as error:
        said = " and ".join(line.strip() for line in str(error).splitlines() if line.strip() != "layout")
        raise UnitError(said, f"write it like {AN_EXAMPLE}") from None
    if not isinstance(layout, GraphLayout):
        raise UnitError("names parallel aisles, not a graph", "layout: {aisles: 20, cells: 50}")
    return layout


def _refuse_strange(name: str, folder: Path) -> None:
    """Refuse a file that is not there, or elsewhere."""
    file = folder / name
    if file.suffix.lower() != ".json":
        raise UnitError("must be a .json file", "a table of slots goes to layout.slots")
    if not is_inside(file, folder):
        raise UnitError("must lie in the scenario's folder", f"copy the file to {folder}")
    if not file.is_file():
        near = nearest(file.name, [other.name for other in folder.glob("*")]) if folder.is_dir() else None
        raise UnitError("there is no such file", f"did you mean {near}?" if near else "check the name")
