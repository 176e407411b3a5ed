import json
import math

import pytest

from fulfillsim.errors import InputError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment import find_threshold
from fulfillsim.experiment.thresholds import Scale, parse_target


def search(fake, low=0.0, high=20.0, keep=("throughput<=112",), **options):
    """Throughput is 105 + the effect on average, with ± 2.9 shared by all settings."""
    options = {"jobs": 1, "seed": 3, "replicate": fake.measured, "replications": 30, **options}
    return find_threshold(fake.Scenario(), "demand.factor", low, high, list(keep), **options)


def test_the_largest_setting_that_keeps_a_target_lies_in_its_interval(fake):
    made = search(fake)
    assert made.threshold.low <= 7.0 <= made.threshold.high
    assert made.threshold.value == pytest.approx(7.0, abs=1.5)
    assert "throughput <= 112 holds up to demand.factor = " in made.sentence()
    assert "throughput is missed first" in made.sentence()
    assert not made.warnings()


def test_the_smallest_setting_is_looked_for_from_the_other_end(fake):
    made = search(fake, keep=["throughput>=112"], find="smallest")
    assert made.threshold.low <= 7.0 <= made.threshold.high
    assert "holds down to" in made.sentence()


def test_whole_numbers_stay_whole_and_clock_times_stay_clock_times(fake):
    made = search(fake, 0, 20)
    assert all(setting.is_integer() for setting in made.points)
    assert made.threshold.value in (6.0, 7.0, 8.0)
    clock = Scale.of("15:00", "18:30")
    assert (clock.low, clock.high, clock.is_whole) == (900.0, 1110.0, True)
    assert clock.write(951.0) == "15:51"


def test_a_target_that_never_holds_or_always_holds_is_said_in_words(fake):
    assert "does not hold even at demand.factor = 0" in search(fake, keep=["throughput<=1"]).sentence()
    assert "holds over the whole range" in search(fake, keep=["throughput<=1000"]).sentence()
    assert math.isnan(search(fake, keep=["throughput<=1"]).threshold.value)


def test_a_response_that_is_not_monotone_is_told(fake):
    def bent(world, seed, index, by=()):
        outcome = fake.measured(world, seed, index, by)
        for value in outcome.record.values:
            if value.kpi == "throughput" and 9.0 < world.effect < 16.0:
                object.__setattr__(value, "value", value.value - 15.0)
        return outcome

    made = search(fake, replicate=bent)
    assert not made.threshold.is_monotone
    assert "not monotone" in made.warnings()[0]


def test_a_search_goes_on_where_it_was_stopped_and_belongs_to_its_setting(fake, tmp_path):
    before = search(fake, out=tmp_path)
    again = search(fake, out=tmp_path, replicate=fake.break_always)
    assert again.summary() == before.summary()
    assert json.loads((tmp_path / "answer.json").read_text())["answer"] == before.sentence()
    with pytest.raises(RunDirectoryError, match=r"other setting .*demand.factor; this one has demand.other"):
        find_threshold(fake.Scenario(), "demand.other", 0.0, 1.0, ["throughput<=112"], out=tmp_path)


def test_targets_are_read_as_they_are_written():
    assert parse_target("on_time_shipment >= 98 %").value == pytest.approx(0.98)
    assert parse_target("overtime_hours<=5").at_most
    with pytest.raises(InputError, match="KPI>=VALUE"):
        parse_target("on_time_shipment = 3")
    with pytest.raises(UnknownNameError, match="on_time_shipment"):
        parse_target("on_time_shipmnt>=0.9")


@pytest.mark.parametrize("ends", [("early", "late"), (3.0, 1.0), ("15:00", 3)])
def test_a_range_that_is_none_is_refused(fake, ends):
    with pytest.raises(InputError, match="range"):
        search(fake, *ends)


def test_two_processes_give_the_same_answer(fake):
    assert search(fake, jobs=2, replications=5).summary() == search(fake, replications=5).summary()
