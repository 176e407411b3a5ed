import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillsim.experiment.record import Record, Value

VALUES = st.builds(
    Value,
    st.text(),
    st.floats(allow_nan=False),
    st.text(),
    st.dictionaries(st.text(), st.text() | st.integers(), max_size=2).map(lambda cut: tuple(cut.items())),
)
RECORDS = st.builds(Record, st.integers(0), st.lists(VALUES, max_size=3).map(tuple), st.integers(0), st.integers(0))


@given(RECORDS)
def test_a_record_comes_back_from_its_line_with_every_bit(record):
    assert Record.from_json(record.to_json()) == record


def test_a_value_that_is_not_defined_stays_so():
    (value,) = Record.from_json(Record(0, (Value("otif", math.nan, "share"),)).to_json()).values
    assert math.isnan(value.value)


@given(RECORDS, st.data())
def test_a_line_cut_short_anywhere_is_no_record(record, data):
    line = record.to_json()
    with pytest.raises(ValueError):
        Record.from_json(line[: data.draw(st.integers(0, len(line) - 1))])


@pytest.mark.parametrize("line", ["1", "null", "[]", '{"replication": 1}', '{"values": 3}'])
def test_other_json_is_no_record(line):
    with pytest.raises(ValueError, match="not a record"):
        Record.from_json(line)
