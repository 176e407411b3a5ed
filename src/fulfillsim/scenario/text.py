"""From the bytes of a YAML file to a tree of values that know where they stand.

PyYAML's scanner and parser are used (libyaml's where it is built in), its loader is not: that one reads
YAML 1.1 (17:00 is 1020, NO is False), keeps the last of two equal keys, and forgets where values stood.
Here a scalar is a number, true, false or null only where the YAML 1.2 core schema says so, and not where
a code could be meant: 012 and 1_000 stay text. Keys are always text. All faults that leave the text
readable are gathered; a text the parser cannot follow ends with the place where it got lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NoReturn

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.decoding import decode, read_bytes, refuse
from fulfillsim.scenario.nodes import Node, Path, Place, Scalar, fault_at

if TYPE_CHECKING:
    from yaml.events import Event

ENDINGS = (".yaml", ".yml")
MAX_DEPTH = 50
MAX_ALIASED = 100_000
"""Most values that aliases may stand for, all together; a file without aliases is bounded by its size."""

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER_START = frozenset("+-.0123456789")


def read_file(file: FilePath, shown: str | None = None, readable: list[Fault] | None = None) -> Node:
    """Tree of one scenario file.

    Parameters
    ----------
    file
        The file; UTF-8, one YAML document, a mapping at the top.
    shown
        The name faults call it by; the path itself by default.
    readable
        Where faults go that leave a tree to be read, for whoever finds more in it; left out: they are raised too.

    Raises
    ------
    ScenarioError
        With all faults of the text.
    """
    name = str(file) if shown is None else shown
    tree = parse(decode(read_bytes(file, name), name), name, readable)
    if not isinstance(tree.value, dict):
        refuse(tree.place, "must be a mapping at the top", tree.value, "write lines of the form `key: value`")
    return tree


def parse(text: str, file: str, readable: list[Fault] | None = None) -> Node:
    """Tree of one YAML text of any kind, not only a mapping; the other arguments are as for `read_file`."""
    import yaml

    faults: list[Fault] = []
    tree: Node | None = None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = _Composer(yaml.parse(text, Loader=loader), file, faults).document()
    except yaml.MarkedYAMLError as error:
        faults.append(_syntax_fault(error, text, file))
    except yaml.reader.ReaderError as error:
        faults.append(_character_fault(error, text, file))
    except UnicodeEncodeError:
        faults.append(fault_at(Place(file), (), "is not UTF-8 text"))
    if tree is None or (faults and readable is None):
        raise ScenarioError(faults)
    if readable is not None:
        readable += faults
    return tree


def resolve(text: str) -> Scalar:
    """Value of an unquoted scalar.

    >>> [resolve(word) for word in ("12", "1e3", "true", "~")]
    [12, 1000.0, True, None]
    >>> [resolve(word) for word in ("17:00", "NO", "012", "1_000", "2026-03-02")]
    ['17:00', 'NO', '012', '1_000', '2026-03-02']
    """
    if text in _SPECIAL:
        return _SPECIAL[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    return float(text) if _FLOAT.fullmatch(text) else text


class _Composer:
    """Makes nodes of the parser's events; faults that leave the structure readable go to ``faults``."""

    def __init__(self, events: Iterator[Event], file: str, faults: list[Fault]) -> None:
        self._events = events
        self._file = file
        self._faults = faults
        self._anchors: dict[str, tuple[Node | None, int]] = {}
        self._n_nodes = 0
        self._n_aliased = 0

    def document(self) -> Node:
        """The tree of the only document of the stream."""
        from yaml.events import StreamEndEvent

        next(self._events)
        first = next(self._events)
        if isinstance(first, StreamEndEvent):
            self._stop(Place(self._file, 1, 1), (), "holds no value", hint="an empty file is no scenario")
        tree = self._node(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            hint = "one scenario per file; remove the line `---`"
            self._faults.append(fault_at(self._place(after), (), "a second document begins here", hint=hint))
        return tree

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _fault(self, place: Place, path: Path, rule: str, value: object = ..., hint: str = "") -> None:
        self._faults.append(fault_at(place, path, rule, value, hint))

    def _stop(self, place: Place, path: Path, rule: str, value: object = ..., hint: str = "") -> NoReturn:
        self._fault(place, path, rule, value, hint)
        raise ScenarioError(self._faults)

    def _node(self, event: Any, path: Path) -> Node:
        kind = type(event).__name__
        place = self._place(event)
        if kind == "AliasEvent":
            return self._alias(event.anchor, place, path)
        if len(path) > MAX_DEPTH:
            self._stop(place, path[:3], f"is nested deeper than {MAX_DEPTH} levels")
        if event.tag is not None and not (event.tag == "!" and kind == "ScalarEvent"):
            self._fault(place, path, "has a tag", event.tag, "leave tags out; write the value itself")
        before = self._n_nodes
        self._n_nodes += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = None, 0
        node = Node(getattr(self, _MAKERS[kind])(event, place, path), place)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._n_nodes - before
        return node

    def _alias(self, name: str, place: Place, path: Path) -> Node:
        if name not in self._anchors:
            self._fault(place, path, f"no anchor &{name} stands before", f"*{name}", "quote text that begins with *")
            return Node(f"*{name}", place)
        node, size = self._anchors[name]
        if node is None:
            self._fault(place, path, f"*{name} stands inside the value it names", hint="write the value out")
            return Node(f"*{name}", place)
        self._n_nodes += size
        self._n_aliased += size
        if self._n_aliased > MAX_ALIASED:
            self._stop(place, path, f"aliases stand for more than {MAX_ALIASED:,} values", f"*{name}")
        if len(path) + _height(node) > MAX_DEPTH:
            self._stop(place, path, f"aliases nest deeper than {MAX_DEPTH} levels", f"*{name}")
        return node

    def _scalar(self, event: Any, place: Place, path: Path) -> Scalar:
        text: str = event.value
        if not event.implicit[0] or event.style:
            return text
        try:
            value = resolve(text)
        except ValueError:
            value = float("inf")
        if isinstance(value, float) and not math.isfinite(value) and text.lower().lstrip("+-") != ".inf":
            self._fault(place, path, "must be a number that exists", text)
        return value

    def _sequence(self, event: Any, place: Place, path: Path) -> list[Node]:
        items: list[Node] = []
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, event: Any, place: Place, path: Path) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: list[Node] = []
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            at = self._place(event)
            key = self._key(event, at, path)
            is_merge = key == "<<" and not event.style
            node = self._node(next(self._events), path if is_merge else (*path, key))._replace(key=at)
            if key in own:
                self._repeated(own[key].key or at, at, (*path, key))
            elif is_merge and merged:
                self._repeated(merged[0].key or at, at, (*path, key))
            elif is_merge:
                merged = self._merged(node, path)
            else:
                own[key] = node
        for node in merged:
            assert isinstance(node.value, dict)
            own = own | {key: value for key, value in node.value.items() if key not in own}
        return own

    def _repeated(self, first: Place, second: Place, path: Path) -> None:
        lines = f"is written twice, in lines {first.line} and {second.line}"
        self._fault(second, path, lines, hint="keep one of the two")

    def _key(self, event: Any, place: Place, path: Path) -> str:
        if type(event).__name__ != "ScalarEvent":
            self._stop(place, path, "a key must be text", hint="put a text that begins with [, {, * or ? in quotes")
        if event.tag is not None:
            self._fault(place, path, "a key has a tag", event.tag, "leave tags out")
        if event.value == "":
            self._fault(place, path, "a key is empty", hint="write `key: value`")
        if event.anchor is not None:
            self._anchors[event.anchor] = Node(event.value, place), 1
        return str(event.value)

    def _merged(self, node: Node, path: Path) -> list[Node]:
        parts = node.value if isinstance(node.value, list) else [node]
        good = [part._replace(key=node.key) for part in parts if isinstance(part.value, dict)]
        if len(good) < len(parts):
            self._fault(node.key or node.place, (*path, "<<"), "must name mappings", hint="<<: *name")
        return good


_MAKERS = {"ScalarEvent": "_scalar", "SequenceStartEvent": "_sequence", "MappingStartEvent": "_mapping"}


def _height(node: Node) -> int:
    value = node.value
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_height, below), default=0)


_PROBLEMS = (
    ("mapping values are not allowed", "`: ` stands where no key can be", "quote text that holds `: `"),
    ("could not find expected ':'", "a line without `: ` stands among keys", "write `key: value`"),
    ("did not find expected ',' or", "a bracket is not closed or a comma is missing", "close [ ] and { }"),
    ("expected ',' or", "a bracket is not closed or a comma is missing", "close [ ] and { }"),
    ("unexpected end of stream", "a quote is not closed", "end the text with the quote it began with"),
    ("expected <block end>", "the indentation fits no line above", "align it with its neighbors"),
    ("did not find expected key", "the indentation fits no line above", "align it with its neighbors"),
    (
        "did not find expected '-' indicator",
        "the indentation fits no line above",
        "align it with its neighbors",
    ),
    ("cannot start any token", "an unquoted text cannot begin like this", "put the text in quotes"),
    ("unknown escape character", "a backslash in double quotes has a meaning", "use single quotes"),
)


def _syntax_fault(error: Any, text: str, file: str) -> Fault:
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    indent = here[: len(here) - len(here.lstrip())]
    if "\t" in indent:
        place = Place(file, line + 1, indent.index("\t") + 1)
        return fault_at(place, (), "a tab indents this line", hint="indent with spaces")
    since = (
        f", in what began in line {began.line + 1}"
        if began is not None and began.line != line and len(lines) > 1
        else ""
    )
    problem = error.problem or error.context or ""
    found = (known[1:] for known in _PROBLEMS if known[0] in problem)
    rule, hint = next(found, (f"is not YAML: {problem}", "put a text that begins with > or | or such in double quotes"))
    return fault_at(Place(file, line + 1, column + 1), (), rule + since, hint=hint)


def _character_fault(error: Any, text: str, file: str) -> Fault:
    """Fault for a control character; the parsers count its position differently, so it is searched anew."""
    match = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    before = text[: match.start() if match else 0].split("\n")
    rule = f"holds the control character U+{ord(match[0]):04X}" if match else f"cannot be read: {error.reason}"
    return fault_at(Place(file, len(before), len(before[-1]) + 1), (), rule, hint="delete it")
