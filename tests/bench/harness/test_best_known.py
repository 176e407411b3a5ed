import pytest

from fulfillsim.bench.harness.best_known import Best, BestKnown, read_best_known
from fulfillsim.errors import DataError

TABLE = """instance,objective,value,routing,source,proven_optimal,lower_bound
henn_uniform_ss/25s-30-30-6.txt,total_distance,900,optimal,table,no,880
henn_uniform_ss/25s-30-30-6.txt,total_distance,890.5,optimal,reference,no,
henn_classbased_ss/25s-30-30-6.txt,total_distance,700,optimal,table,yes,700
muter/20_24_0.txt,total_distance,851,traversal,BPC (rounded to integer),yes,851
C102,total_distance,827.3,,table,yes,
"""


@pytest.fixture
def known(tmp_path):
    file = tmp_path / "best.csv"
    file.write_text(TABLE)
    return read_best_known(file, "routing")


@pytest.mark.parametrize(
    "instance",
    [
        "henn_uniform_ss/25s-30-30-6.txt",
        "/data/picking/henn_uniform_ss/25s-30-30-6.txt",
        "./henn_uniform_ss/25s-30-30-6",
        "data\\henn_uniform_ss\\25s-30-30-6.TXT",
    ],
)
def test_a_row_is_found_by_the_end_of_the_path_and_the_smallest_value_counts(known, instance):
    assert known.find(instance, ("exact", "optimal")).value == 890.5


def test_folders_tell_equal_names_apart_and_a_bare_name_needs_none(known):
    assert known.find("x/henn_classbased_ss/25s-30-30-6.txt", ("optimal",)).value == 700.0
    assert known.find("other/25s-30-30-6.txt", ("optimal",)) is None
    assert known.find("solomon/c102.txt", ("optimal",)).value == 827.3
    assert known.find("solomon/rc102.txt", ("optimal",)) is None


def test_another_objective_is_not_compared(known):
    assert known.find("muter/20_24_0.txt", ("exact", "optimal")) is None
    assert known.find("muter/20_24_0.txt", ()).value == 851.0


def test_a_value_printed_without_decimals_is_reached_within_half(known):
    best = known.find("muter/20_24_0.txt", ("traversal",))
    assert best.gap_percent(850.6) == best.gap_percent(851.4) == 0.0
    assert not best.beaten_by(850.6)
    assert best.beaten_by(850.4)
    assert best.gap_percent(859.51) == pytest.approx(1.0)


def test_a_name_with_a_dot_and_digits_keeps_them():
    known = BestKnown([("C1_2.1", "", Best(1.0)), ("C1_2.2", "", Best(2.0))])
    assert known.find("homberger/C1_2.2.txt", ()).value == 2.0


def test_a_row_matches_at_a_slash_only_and_one_ending_is_left_out_at_most():
    known = BestKnown([("day.v2", "", Best(1.0)), ("s/tours.jsonl#a", "", Best(2.0)), ("12.txt", "", Best(3.0))])
    assert known.find("x/day.v2.jsonl", ()).value == known.find("day.v2", ()).value == 1.0
    assert known.find("x/day.jsonl", ()) is None
    assert known.find("x/monday.v2.jsonl", ()) is None
    assert known.find("/data/s/tours.jsonl#a", ()).value == known.find("s/tours#a", ()).value == 2.0
    assert known.find("s/tours.jsonl#b", ()) is None
    assert known.find("x-12.txt", ()) is None


def test_the_smallest_of_rows_with_and_without_ending_counts():
    known = BestKnown([("a/b.txt", "", Best(3.0)), ("a/b", "", Best(2.0)), ("b", "", Best(1.0))])
    assert known.find("x/a/b.txt", ()).value == 2.0  # a longer end is said of this file, a bare name of any


def test_a_value_that_is_no_number_is_told_with_its_line(tmp_path):
    file = tmp_path / "best.csv"
    file.write_text("instance,value\na,1\nb,many\nc,\n")
    with pytest.raises(DataError) as caught:
        read_best_known(file, "routing")
    assert [fault.line for fault in caught.value.faults] == [3, 4]
    file.write_text("name,value\na,1\n")
    with pytest.raises(DataError, match="there is no instance"):
        read_best_known(file, "routing")
