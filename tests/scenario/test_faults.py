"""What pydantic refuses, told in the words and places of the file."""
# ruff: noqa: E501 - a case is one line: what is written, what is told

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from fulfillsim.scenario import fields
from fulfillsim.scenario.faults import faults_of
from fulfillsim.scenario.fields import AmountPerHour, ClockTime, Duration, Share
from fulfillsim.scenario.nodes import plain
from fulfillsim.scenario.text import parse


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Fixed(Part):
    kind: Literal["fixed"]
    value: Duration


class Gamma(Part):
    kind: Literal["gamma"]
    mean: Duration
    cv: float = Field(ge=0)


Law = Annotated[Fixed | Gamma, Field(discriminator="kind")]


class Shift(Part):
    begins: ClockTime = Field(alias="from")
    headcount: int = Field(ge=0)

    @model_validator(mode="after")
    def not_thirteen(self) -> "Shift":
        if self.headcount == 13:
            raise fields.UnitError("must not be thirteen", "take twelve")
        return self


class Root(Part):
    shifts: dict[Annotated[str, Field(pattern="^[a-z]+$")], Shift] = {}
    laws: dict[str, Law] = {}
    time: Duration | Law | None = None
    rule: Literal["waveless", "waves"] = "waves"
    part: Share = 0.0
    wage: AmountPerHour | None = None
    counts: list[int] = []


def told(text: str) -> list[str]:
    tree = parse(text, "f")
    with pytest.raises(ValidationError) as caught:
        Root.model_validate(plain(tree))
    return [str(fault) for fault in faults_of(caught.value, tree, Root)]


CASES = [
    ("shifts:\n  early: {from: 06:00, headcuont: 3}", ["f:2:24 shifts.early.headcuont: is not a key here - did you mean headcount?"]),
    ("shifts:\n  early: {headcount: 3}", ["f:2:3 shifts.early.from: is missing - from: 14:00"]),
    ("shifts: {early: {begins: 06:00, from: 06:00, headcount: 3}}", ["f:1:18 shifts.early.begins: is not a key here - keys here are from, headcount"]),
    ("shifts: {Early: {from: 06:00, headcount: 3}}", ["f:1:10 shifts.Early: the name must match ^[a-z]+$"]),
    ("shifts: {a: {from: 06:00, headcount: 13}}", ["f:1:10 shifts.a: must not be thirteen - take twelve"]),
    ("shifts: {a: {from: 25:00, headcount: -1}}", [
        'f:1:20 shifts.a.from: must be a clock time from 00:00 to 24:00 (got "25:00") - write it like 14:00 or 06:00:30',
        "f:1:38 shifts.a.headcount: must be at least 0 (got -1)"]),
    ("laws: {gamma: {kind: gamma, mean: 1s, cv: -1}}", ["f:1:43 laws.gamma.cv: must be at least 0 (got -1)"]),
    ("laws: {x: {kind: gama}}", ['f:1:18 laws.x.kind: must be one of fixed, gamma (got "gama") - did you mean gamma?']),
    ("laws: {x: {mean: 1s}}", ["f:1:8 laws.x.kind: is missing - one of fixed, gamma"]),
    ("laws: {x: {kind: gamma, maen: 1s, cv: 1}}", ["f:1:25 laws.x.maen: is not a key here - did you mean mean?"]),
    ("laws: {x: {kind: fixed, value: 1s, cv: 1}}", ["f:1:36 laws.x.cv: is not a key here - keys here are kind, value"]),
    ("time: 4 q", ['f:1:7 time: must be a time; q is no unit of it (got "4 q") - write it like 45s, 15 min, 1h30m or 2 days']),
    ("time: {kind: fixed, value: 5}", ["f:1:28 time.value: must be a time with a unit; the unit is missing (got 5) - write it like 45s, 15 min or 2 h"]),
    ("rule: wavs", ['f:1:7 rule: must be one of waveless, waves (got "wavs") - did you mean waves?']),
    ("part: 150 %", ['f:1:7 part: must be between 0 and 1 (got "150 %")']),
    ("wage: 18 EUR", ['f:1:7 wage: must be per h (got "18 EUR") - write it like 2.5 EUR/h']),
    ("counts: [1, x, 2.5]", ['f:1:13 counts[1]: must be a whole number (got "x")', "f:1:16 counts[2]: must be a whole number (got 2.5)"]),
    ("counts: 3", ["f:1:9 counts: must be a list (got 3)"]),
    ("shifts: [1]", ["f:1:1 shifts: must be a mapping (got a list of 1)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "messages"), CASES)
def test_a_refusal_is_told_in_the_words_of_the_file(text: str, messages: list[str]) -> None:
    assert told(text) == messages


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    text = "part: 2\nrule: x\nshifts:\n  a: 3\nlaws:\n  b: {}\nzzz: 1\n"
    lines = [int(message.split(":")[1]) for message in told(text)]
    assert lines == [1, 2, 4, 6, 7]


FIELDS = {name: kind for name, kind in vars(fields).items() if hasattr(kind, "__metadata__")}


@pytest.mark.parametrize("name", FIELDS)
def test_what_editors_are_told_is_what_is_read(name: str) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(FIELDS[name])
    schema = adapter.json_schema()
    texts = [part for part in (schema, *schema.get("anyOf", [])) if "pattern" in part]
    examples = [(example, part["pattern"]) for part in texts for example in part["examples"]]
    assert examples
    for example, pattern in examples:
        assert re.search(pattern, example)
        adapter.validate_python(example)
    for nonsense in ("abc def", "12 parsecs", ""):
        assert not any(re.search(part["pattern"], nonsense) for part in texts)
        with pytest.raises(ValidationError):
            adapter.validate_python(nonsense)
