"""Where vehicles count before distance, pairs are compared, never distances of different numbers of vehicles."""

from fulfillsim.bench.harness.best_known import Best, BestKnown, read_best_known
from fulfillsim.bench.harness.figures import lines, profile_frame, target_s
from fulfillsim.bench.harness.job import Outcome
from fulfillsim.bench.harness.rows import Row, Setting
from fulfillsim.bench.harness.study import Result

BEST = Best(828.14, first=3.0)


def result(value: float, vehicles: int, solver: str = "a") -> Result:
    what = ("delivery", "RC208", "d", "solomon/RC2", solver, "vehicles_first", "vehicles_first", 1, 1.0)
    measures = {"n_vehicles": float(vehicles), "counts_first": float(vehicles)}
    return Result(Row(Setting(*what), Outcome("feasible", value, time_s=1.0, cpu_s=1.0, measures=measures)), BEST)


def test_a_shorter_plan_with_more_vehicles_is_worse_and_has_no_gap():
    longer = result(780.0, 4)
    assert longer.extra_first == 1.0
    assert longer.gap_percent is None
    assert not longer.reaches(1e-7)
    assert not longer.contradicts
    assert target_s(longer, 1.0) == float("inf")


def test_a_longer_plan_with_fewer_vehicles_is_better():
    assert result(2000.0, 2).reaches(-1e-7)


def test_equal_vehicles_are_compared_by_distance():
    assert result(828.14, 3).gap_percent == 0.0
    assert result(836.4214, 3).gap_percent is not None
    (line,) = lines([result(828.14, 3), result(780.0, 4)], 1.0)
    assert (line.n_compared, line.mean_gap_percent, line.mean_extra_vehicles, line.share_best) == (2, 0.0, 0.5, 0.5)


def test_in_a_profile_more_vehicles_than_a_rival_needs_never_come_near():
    frame = profile_frame([result(836.0, 3, "a"), result(780.0, 4, "b")])
    assert frame[frame.solver == "b"]["share"].max() == 0.0
    assert frame[frame.solver == "a"]["share"].max() == 1.0


def test_tables_give_the_vehicles_of_rows_in_which_they_count(tmp_path):
    file = tmp_path / "best.csv"
    head = "instance,objective,value,vehicles"
    file.write_text(f"{head}\nRC208,distance,776.1,4\nRC208,vehicles_then_distance,828.14,3\n")
    known = read_best_known(file, "objective")
    assert known.find("RC208.txt", ("vehicles_then_distance",)).first == 3.0
    assert known.find("RC208.txt", ("distance",)).first is None
    twice = BestKnown([("X", "", Best(700.0, first=4.0)), ("X", "", BEST)])
    assert twice.find("X", ()) == BEST
