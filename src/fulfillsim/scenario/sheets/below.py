"""Tables that stand for parts of a scenario: their rows become settings, just below the layer that names them.

So ``--set`` and studies address what a table says like anything else, the schema checks it like anything else, and a
fault names the file, the sheet and the row. Tables with a row per SKU or price are not of this kind: they stay columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.nodes import Node, Path, Place, Setting, find
from fulfillsim.scenario.overlay import Layer
from fulfillsim.scenario.sheets.building import layout_settings
from fulfillsim.scenario.sheets.forecast import forecast_settings
from fulfillsim.scenario.sheets.kits import kit_settings
from fulfillsim.scenario.sheets.profile import profile_settings
from fulfillsim.scenario.sheets.roster import roster_settings
from fulfillsim.scenario.sheets.shifts import shift_settings
from fulfillsim.scenario.tables import Table, read_table

Reader = Callable[[Table, Node, Path, list[Fault]], list[Setting]]
TABLE = "table"


class Below(NamedTuple):
    """What tables say, a layer for each section that names one; what was wrong, and which sections lack it now."""

    layers: dict[Path, Layer]
    faults: list[Fault]
    broken: list[Path]

    def under(self, layers: Sequence[Layer]) -> list[Layer]:
        """All layers, each table directly below the last one that names it."""
        every = list(layers)
        for section, table in self.layers.items():
            naming = [at for at, layer in enumerate(every) if find(layer.tree, (*section, TABLE)) is not None]
            every.insert(naming[-1], table)
        return every


def tables_below(named: Node, folder: FilePath) -> Below:
    """Settings of all tables that a scenario names.

    Parameters
    ----------
    named
        The scenario without them, for the names of tables, roles and channels.
    folder
        Where the tables lie.
    """
    layers: dict[Path, Layer] = {}
    faults: list[Fault] = []
    broken: list[Path] = []
    for section, read in _sections(named):
        tree, found = Node({}, Place("tables")), list[Fault]()
        where = find(named, (*section, TABLE))
        assert where is not None
        try:
            table = read_table(str(where.value), folder, place=where.place, path=(*section, TABLE))
            for setting in read(table, named, section, found):
                _put(tree, setting)
            layers[section] = Layer(tree)
        except ScenarioError as error:
            found += error.faults
        if found:
            broken.append(section)
        faults += found
    return Below(layers, faults, broken)


def without_tables(tree: Node, named: Node) -> Node:
    """The tree without the names of tables whose rows it holds already."""
    for section, _ in _sections(named):
        tree = _without(tree, (*section, TABLE))
        rest = find(tree, section)
        if rest is not None and rest.value == {}:
            tree = _without(tree, section)
    return tree


def without(tree: Node, sections: Iterable[Path]) -> Node:
    """The tree without some sections."""
    for section in sections:
        tree = _without(tree, section)
    return tree


def _sections(named: Node) -> Iterator[tuple[Path, Reader]]:
    """Sections that name a table, and what reads it."""
    known: list[tuple[Path, Reader]] = [(("shifts",), shift_settings), (("layout",), layout_settings)]
    known += [(("demand", "forecast"), forecast_settings), (("roster",), roster_settings)]
    known.append((("assembly",), kit_settings))
    channels = find(named, ("demand", "channels"))
    for name in channels.value if channels is not None and isinstance(channels.value, dict) else ():
        known.append((("demand", "channels", name, "profile"), profile_settings))
    for section, read in known:
        found = find(named, (*section, TABLE))
        if found is not None and isinstance(found.value, str) and found.value:
            yield section, read


def _put(tree: Node, setting: Setting) -> None:
    """Set a value in a tree that is being made."""
    for step in setting.path[:-1]:
        assert isinstance(tree.value, dict)
        tree = tree.value.setdefault(str(step), Node({}, setting.place, setting.place))
    assert isinstance(tree.value, dict)
    tree.value[str(setting.path[-1])] = Node(setting.value, setting.place, setting.place)


def _without(tree: Node, path: Path) -> Node:
    if not isinstance(tree.value, dict) or str(path[0]) not in tree.value:
        return tree
    below = dict(tree.value)
    if len(path) == 1:
        del below[str(path[0])]
    else:
        below[str(path[0])] = _without(below[str(path[0])], path[1:])
    return tree._replace(value=below)
