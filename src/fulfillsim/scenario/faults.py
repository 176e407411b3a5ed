"""From what pydantic refuses to faults that a reader of the file can act on.

pydantic's places name its own inner workings (union members, function wrappers, ``[key]``); here a place is
what the file says, found by following it through the tree that was read. The model tells which keys there
could have been.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from fulfillsim.errors import Fault, nearest
from fulfillsim.scenario.nodes import Node, Path, child, fault_at, find, place_of
from fulfillsim.scenario.shapes import fields, models_at, tags

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

MOST_KEYS_LISTED = 12


class _Finding(NamedTuple):
    """One refusal, placed in the file."""

    path: Path
    rule: str
    hint: str = ""
    is_rule: bool = False  # said by a validator, not by the mere type of the value
    in_union: bool = False
    at_key: bool = False
    shows_value: bool = True
    meant: Path = ()  # of an unknown key, the known one that its writer had in mind


def faults_of(error: ValidationError, tree: Node, model: type[BaseModel]) -> list[Fault]:
    """All faults that a validation found, in the order of the file.

    Parameters
    ----------
    error
        What ``model.model_validate(plain(tree))`` raised.
    tree
        The tree that was validated.
    model
        The model that refused it; its fields are what unknown keys are compared with.
    """
    findings = [_finding(one, tree, model) for one in error.errors(include_url=False)]
    faults = {_fault(finding, tree) for finding in _told_once(findings)}
    return sorted(faults, key=lambda f: (f.file, f.line or 0, f.column or 0, f.path, f.rule))


def _fault(finding: _Finding, tree: Node) -> Fault:
    found = find(tree, finding.path)
    place = place_of(tree, finding.path)
    if finding.at_key and found is not None and found.key is not None:
        place = found.key
    value = ... if found is None or not finding.shows_value else found.value
    return fault_at(place, finding.path, finding.rule, value, finding.hint)


def _finding(error: Mapping[str, Any], tree: Node, model: type[BaseModel]) -> _Finding:
    loc: tuple[str | int, ...] = error["loc"]
    kind: str = error["type"]
    if kind == "missing":
        path = (*_follow(tree, loc[:-1], error["input"]), loc[-1])
        return _Finding(path, "is missing", _missing_hint(path, tree, model))
    raised = error.get("ctx", {}).get("error")
    if loc and loc[-1] == "[key]":
        path = _follow(tree, loc[:-1], ...)
        rule = getattr(raised, "rule", None) or _rule(kind, error)
        hint = getattr(raised, "hint", None) or _word_hint(kind, error, str(path[-1]))
        return _Finding(path, f"the name {rule}", hint, at_key=True, shows_value=False)
    path = _follow(tree, loc, error["input"])
    in_union = len(path) < len(loc)
    if kind == "extra_forbidden":
        return _unknown_key(path, tree, model)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _tag_finding(path, kind, error["ctx"], tree, model)
    if isinstance(raised, Exception):
        rule = getattr(raised, "rule", str(raised))
        found = find(tree, path)
        is_scalar = found is not None and not isinstance(found.value, dict | list)
        return _Finding(path, rule, getattr(raised, "hint", ""), True, in_union, shows_value=is_scalar)
    return _Finding(path, _rule(kind, error), _value_hint(kind, error, path, tree), False, in_union)


def _told_once(findings: Iterable[_Finding]) -> Iterator[_Finding]:
    """What has one cause, said once.

    A missing key that was misspelled is the misspelling's fault; of what several members of a union
    refused, that of the member that came furthest counts.
    """
    every = list(findings)
    meant = {f.meant for f in every}
    ordered = sorted((f for f in every if f.path not in meant), key=lambda f: [str(step) for step in f.path])
    paths = {f.path for f in ordered}
    for path, same in groupby(ordered, key=lambda f: f.path):
        group = list(same)
        members = [f for f in group if f.in_union]
        yield from (f for f in group if not f.in_union)
        if not members or any(len(p) > len(path) and p[: len(path)] == path for p in paths):
            continue
        told = [f for f in members if f.is_rule] or members
        rules = list(dict.fromkeys(f.rule for f in told))
        hints = list(dict.fromkeys(f.hint for f in told if f.hint))
        yield told[0]._replace(rule=" or ".join(rules), hint=" or ".join(hints[:2]))


def _follow(tree: Node, loc: tuple[str | int, ...], value: object) -> Path:
    """The steps of ``loc`` that the file has, leaving out pydantic's own.

    Where a name could be either, the reading that ends at the refused ``value`` wins, then the one that
    uses the last step, then the longest.
    """

    def readings(node: Node, at: int) -> Iterator[tuple[int, ...]]:
        if at == len(loc):
            yield ()
            return
        below = child(node, loc[at])
        if below is not None:
            yield from ((at, *rest) for rest in readings(below, at + 1))
        yield from readings(node, at + 1)

    def merit(reading: tuple[int, ...]) -> tuple[bool, bool, int]:
        here = find(tree, tuple(loc[at] for at in reading))
        same = value is not ... and here is not None and _is(here, value)
        return same, bool(reading) and reading[-1] == len(loc) - 1, len(reading)

    every = list(readings(tree, 0))
    best = max(every, key=merit) if len(every) > 1 else every[0]
    return tuple(loc[at] for at in best)


def _is(node: Node, value: object) -> bool:
    """Whether a node holds a plain value, told apart as early as possible."""
    mine = node.value
    if isinstance(mine, dict):
        same_keys = isinstance(value, dict) and mine.keys() == value.keys()
        return same_keys and all(_is(mine[key], value[key]) for key in mine)  # type: ignore[index]
    if isinstance(mine, list):
        return isinstance(value, list) and len(mine) == len(value) and all(map(_is, mine, value))
    return type(mine) is type(value) and mine == value


_MAPPING = "must be a mapping"
_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_RULES: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    **dict.fromkeys(("model_type", "dict_type", "model_attributes_type", "mapping_type"), _MAPPING),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "must be a list"),
    **dict.fromkeys(("float_type", "float_parsing"), _NUMBER),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    "string_type": "must be text",
    "finite_number": "must be finite",
    "greater_than": lambda ctx: f"must be more than {ctx['gt']:g}",
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:g}",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:g}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:g}",
    "multiple_of": lambda ctx: f"must be a multiple of {ctx['multiple_of']:g}",
    "string_too_short": lambda ctx: f"must have at least {ctx['min_length']} characters",
    "string_too_long": lambda ctx: f"must have at most {ctx['max_length']} characters",
    "string_pattern_mismatch": lambda ctx: f"must match {ctx['pattern']}",
    "too_short": lambda ctx: f"must have at least {ctx['min_length']} entries",
    "too_long": lambda ctx: f"must have at most {ctx['max_length']} entries",
    "literal_error": lambda ctx: f"must be one of {_listed(ctx['expected'])}",
    "enum": lambda ctx: f"must be one of {_listed(ctx['expected'])}",
}


def _rule(kind: str, error: Mapping[str, Any]) -> str:
    rule = _RULES.get(kind)
    if rule is None:
        message = str(error["msg"]).replace("Input should", "must", 1)
        return message[:1].lower() + message[1:]
    return rule if isinstance(rule, str) else rule(error["ctx"])


def _words(expected: str) -> list[str]:
    """Words of pydantic's "'a', 'b' or 'c'"."""
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _listed(expected: str) -> str:
    return ", ".join(_words(expected))


def _value_hint(kind: str, error: Mapping[str, Any], path: Path, tree: Node) -> str:
    found = find(tree, path)
    return _word_hint(kind, error, found.value) if found is not None and isinstance(found.value, str) else ""


def _word_hint(kind: str, error: Mapping[str, Any], word: str) -> str:
    """The nearest of the words that a value or a key may be."""
    near = nearest(word, _words(error["ctx"]["expected"])) if kind in ("literal_error", "enum") else None
    return f"did you mean {near}?" if near else ""


def _tag_finding(path: Path, kind: str, ctx: Mapping[str, Any], tree: Node, model: type[BaseModel]) -> _Finding:
    below = (*path, ctx["discriminator"].strip("'"))
    tagged = find(tree, below)
    if kind == "union_tag_invalid" and tagged is not None:
        near = nearest(str(ctx["tag"]), _words(ctx["expected_tags"]))
        hint = f"did you mean {near}?" if near else ""
        return _Finding(below, f"must be one of {_listed(ctx['expected_tags'])}", hint)
    known = dict.fromkeys(tag for option in models_at(model, tree, path) for tag in tags(option, below[-1]))
    return _Finding(below, "is missing", f"one of {', '.join(known)}" if known else "")


def _unknown_key(path: Path, tree: Node, model: type[BaseModel]) -> _Finding:
    """Finding with the nearest spelling of an unknown key, or else the keys that may stand there."""
    here = find(tree, path[:-1])
    present = here.value if here is not None and isinstance(here.value, dict) else {}
    options = models_at(model, tree, path[:-1])
    known = list(dict.fromkeys(name for option in options for name, _ in fields(option)))
    if path[-1] in known:  # of another member of a union
        return _Finding(path, "does not go with the keys beside it", f"{path[-1]}: null takes it away", at_key=True)
    near = _meant(str(path[-1]), known, present)
    more = f" and {len(known) - MOST_KEYS_LISTED} more" if len(known) > MOST_KEYS_LISTED else ""
    listed = f"keys here are {', '.join(known[:MOST_KEYS_LISTED])}{more}" if known else ""
    finding = _Finding(path, "is not a key here", listed, at_key=True, shows_value=False)
    return finding._replace(hint=f"did you mean {near}?", meant=(*path[:-1], near)) if near else finding


def _meant(word: str, known: list[str], present: Collection[str]) -> str | None:
    """The nearest key: of those about equally near one that is not there yet."""
    best, absent = nearest(word, known), nearest(word, [name for name in known if name not in present])
    if best is None or absent is None:
        return best

    def likeness(name: str) -> float:
        return SequenceMatcher(None, word, name).ratio()

    return absent if likeness(absent) > likeness(best) - 0.1 else best


def _missing_hint(path: Path, tree: Node, model: type[BaseModel]) -> str:
    """An example of the value that is missing, where the model has one."""
    for option in models_at(model, tree, path[:-1]):
        for name, field in option.model_fields.items():
            if path[-1] in (name, field.alias):
                examples = _examples(field)
                return f"{path[-1]}: {examples[0]}" if examples else field.description or ""
    return ""


def _examples(field: Any) -> list[Any]:
    if field.examples:
        return list(field.examples)
    schemas = [getattr(extra, "json_schema", None) or {} for extra in field.metadata]
    parts = [part for schema in schemas for part in (schema, *schema.get("anyOf", ()))]
    return [example for part in parts for example in part.get("examples", ())]
