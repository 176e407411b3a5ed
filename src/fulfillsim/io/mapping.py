"""How the columns of an order history are to be read: a few lines that a planner writes down.

This module holds the words only; `fulfillsim.io.history` does the reading.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from fulfillsim.errors import DataError, Fault, nearest

OneRowPer = Literal["line", "unit", "order"]
Test = Literal["starts_with", "in", "matches", "below", "above", "missing"]
TimeRule = Literal["fault", "first", "last"]
ORDER_FIELDS = ("placed", "channel", "client", "zone", "service", "priority", "gift")
"""Fields that belong to an order, not to its lines."""

_TESTS = f"tests are {', '.join(get_args(Test))}"

ANY = "*"
"""In a translation: every value without an entry of its own."""


@dataclass(frozen=True)
class DropRule:
    """Rows that are no demand: returns, postage, test orders.

    Parameters
    ----------
    name
        Under which the rows are counted.
    column
        Column of the file, also one that is not mapped to anything.
    test
        ``starts_with`` and ``matches`` (a regular expression for the whole text), ``in`` (a list of values),
        ``below`` and ``above`` (a number, exclusive; what is no number is kept), ``missing`` (empty cells).
    value
        What the test compares with: text, texts, or a number; ignored by ``missing``.

    Examples
    --------
    >>> DropRule("cancellations", "InvoiceNo", "starts_with", "C").hits(("C100", "100"))
    [True, False]
    """

    name: str
    column: str
    test: Test
    value: str | float | tuple[str, ...] = ""

    def __post_init__(self) -> None:
        if self.test not in get_args(Test):
            raise _refused(f"drop.{self.name}", f"must be one of {', '.join(get_args(Test))}", str(self.test))
        if self.test in {"below", "above"}:
            object.__setattr__(self, "value", _number(self.name, self.test, self.value))
        if self.test == "matches":
            _pattern(self.name, str(self.value))

    @classmethod
    def from_words(cls, name: str, words: Mapping[str, Any]) -> DropRule:
        """Build a rule from what a scenario says: the column and one test.

        Examples
        --------
        >>> DropRule.from_words("postage", {"column": "StockCode", "in": ["POST", "DOT"]})
        DropRule(name='postage', column='StockCode', test='in', value=('POST', 'DOT'))
        """
        tests = [word for word in words if word != "column"]
        if "column" not in words or len(tests) != 1:
            said = ", ".join(words)
            raise _refused(f"drop.{name}", "must have a column and one test", said, _TESTS)
        value = words[tests[0]]
        if tests[0] not in get_args(Test):
            near = nearest(tests[0], get_args(Test))
            raise _refused(
                f"drop.{name}", "must have a known test", tests[0], f"did you mean {near}?" if near else _TESTS
            )
        if tests[0] == "missing" and value is not True:
            raise _refused(f"drop.{name}.missing", "must be true", str(value), "leave the rule out otherwise")
        return cls(
            name,
            str(words["column"]),
            cast(Test, tests[0]),
            tuple(map(str, value)) if isinstance(value, list) else value,
        )

    def hits(self, texts: tuple[str, ...]) -> list[bool]:
        """Say for each text, none of which is empty, whether the rule drops it."""
        if self.test == "missing":
            return [False] * len(texts)
        if self.test == "matches":
            pattern = re.compile(str(self.value))
            return [pattern.fullmatch(text) is not None for text in texts]
        if self.test == "in":
            wanted = {self.value} if isinstance(self.value, str) else set(map(str, _texts(self.value)))
            return [text in wanted for text in texts]
        if self.test == "starts_with":
            return [text.startswith(_texts(self.value)) for text in texts]
        bound = float(str(self.value))
        numbers = [as_number(text) for text in texts]
        return [x < bound if self.test == "below" else x > bound for x in numbers]


@dataclass(frozen=True)
class HistoryMapping:
    """Which column means what, and what happens to rows that are not plain demand.

    Parameters
    ----------
    order, placed
        Columns with the order's id and the local time at which it was placed.
    sku
        Column with the SKU; ``None`` only with ``one_row_per="order"``, where orders then have no lines.
    quantity
        Column with the units of a row (whole numbers from 1); ``None``: one unit a row.
    channel, client, zone, service, priority, gift
        Optional columns; what is missing is drawn from the scenario.
    one_row_per
        ``line``: a row is a SKU and its quantity; ``unit``: a row is a single unit; ``order``: a row is an order.
    time_format
        ``"ISO8601"``, or a format of ``strptime`` such as ``"%m/%d/%Y %H:%M"``. Columns that hold times already
        (Parquet) do not need it.
    drop
        Rules in order; a row counts under the first that it meets.
    times
        What holds if the rows of an order have several times: ``fault``, or take the ``first`` or the ``last``.
    same_sku
        The same SKU twice in an order: ``sum`` the quantities, or ``fault``.
    translate
        By field (``zone`` ...): words of the file to names of the scenario; ``"*"`` for all others.
    delimiter, encoding
        Of a CSV file.

    Raises
    ------
    DataError
        If the mapping contradicts itself.
    """

    order: str
    placed: str
    sku: str | None = None
    quantity: str | None = None
    channel: str | None = None
    zone: str | None = None
    service: str | None = None
    priority: str | None = None
    gift: str | None = None
    client: str | None = None
    one_row_per: OneRowPer = "line"
    time_format: str = "ISO8601"
    drop: tuple[DropRule, ...] = ()
    times: TimeRule = "fault"
    same_sku: Literal["sum", "fault"] = "sum"
    translate: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8-sig"

    def __post_init__(self) -> None:
        if self.one_row_per not in get_args(OneRowPer):
            raise _refused("one_row_per", "must be line, unit or order", str(self.one_row_per))
        if self.sku is None and self.one_row_per != "order":
            raise _refused("sku", f"must name a column with one_row_per: {self.one_row_per}")
        if self.quantity is not None and self.one_row_per == "unit":
            raise _refused("quantity", "must be left out with one_row_per: unit", self.quantity)
        if len({rule.name for rule in self.drop}) < len(self.drop):
            raise _refused("drop", "names must differ, for rows are counted under them")
        for name in self.translate:
            if name not in ORDER_FIELDS[1:]:
                hint = f"did you mean {near}?" if (near := nearest(name, ORDER_FIELDS[1:])) else ""
                raise _refused(f"translate.{name}", f"must be one of {', '.join(ORDER_FIELDS[1:])}", hint=hint)

    def columns(self) -> dict[str, str]:
        """Column by field, for all fields that are mapped."""
        fields = ("order", "sku", "quantity", *ORDER_FIELDS)
        return {name: column for name in fields if (column := getattr(self, name)) is not None}

    def needed(self) -> tuple[str, ...]:
        """All columns that the mapping or one of its rules names, each once."""
        return tuple(dict.fromkeys([*self.columns().values(), *(rule.column for rule in self.drop)]))


def as_number(text: str) -> float:
    """Return the number that a text says, NaN if it says none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _texts(value: str | float | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (tuple, list)) else (str(value),)


def _number(name: str, test: str, value: object) -> float:
    number = as_number(str(value))
    if math.isnan(number):
        raise _refused(f"drop.{name}.{test}", "must be a number", str(value))
    return number


def _pattern(name: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        hint = f"{error}; use `in` or `starts_with` for plain texts"
        raise _refused(f"drop.{name}.matches", "must be a regular expression", pattern, hint) from None


def _refused(path: str, rule: str, value: str | None = None, hint: str = "") -> DataError:
    return DataError([Fault("history mapping", None, None, path, rule, value, hint)])
