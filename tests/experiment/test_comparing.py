import json
import math

import numpy as np
import pytest

from fulfillsim.errors import InputError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment import compare
from fulfillsim.experiment.alternatives import short_names
from fulfillsim.experiment.comparison import values_of
from fulfillsim.report.plots.forest import forest_frame, plot_forest


def of(fake, **effects):
    return {name: fake.Scenario(name, effect=effect) for name, effect in effects.items()}


def run(fake, alternatives=None, n=12, **options):
    options = {"jobs": 1, "seed": 3, "replicate": fake.measured, "kpis": ["throughput", "total_cost"], **options}
    return compare(alternatives or of(fake, today=0.0, more=2.0, less=-1.0, same=0.0), replications=n, **options)


def words(made, kpi):
    return {found.alternative: made.verdict(found) for found in made.of(kpi)}


def test_differences_on_the_same_orders_are_found_with_few_replications(fake):
    made = run(fake)
    assert words(made, "throughput") == {"more": "better", "less": "worse", "same": "no evidence"}
    assert words(made, "total_cost") == dict.fromkeys(("more", "less", "same"), "no evidence")
    found = {f.alternative: f for f in made.of("throughput")}
    assert found["more"].difference.interval.estimate == pytest.approx(2.0, abs=0.1)
    assert found["more"].difference.variance_ratio > 100


def test_a_difference_is_that_of_the_replications_one_by_one(fake):
    made = run(fake)
    today, more = (values_of(made.results[name], "throughput") for name in ("today", "more"))
    gaps = np.subtract(more, today)
    found = next(f for f in made.of("throughput") if f.alternative == "more")
    assert found.difference.interval.estimate == pytest.approx(gaps.mean())


def test_an_alternative_compared_with_itself_differs_by_exactly_nothing(fake):
    found = next(f for f in run(fake).of("throughput") if f.alternative == "same")
    assert found.difference.interval.estimate == 0.0
    assert found.difference.interval.half_width == 0.0


def test_without_common_random_numbers_the_same_difference_is_not_found(fake):
    made = run(fake, common=False)
    assert words(made, "throughput")["more"] == "no evidence"
    assert len({result.seed for result in made.results.values()}) == 4


def test_small_differences_are_called_equivalent_where_they_do_not_matter(fake):
    made = run(fake, equivalent={"throughput": 5.0})
    assert set(words(made, "throughput").values()) == {"equivalent"}


def test_all_pairs_have_their_differences(fake):
    made = run(fake, all_pairs=True)
    assert len(made.of("throughput")) == 6
    assert made.baseline is None
    assert "more - today" in made.summary()


def test_all_pairs_name_those_that_can_be_the_best(fake):
    made = run(fake, all_pairs=True, kpis=["throughput"])
    assert made.can_be_best == {"throughput": ("more",)}
    assert "throughput: the best is more (95%)" in made.summary()
    tied = run(fake, of(fake, a=1.0, b=1.0, less=-1.0), all_pairs=True, kpis=["throughput", "utilization.pickers"])
    assert tied.can_be_best == {"throughput": ("a", "b")}  # pickers at work have no better or worse
    assert run(fake).can_be_best == {}
    assert run(fake, all_pairs=True, until_settled=12).can_be_best == {}


def test_a_kpi_without_direction_is_higher_or_lower_not_better_or_worse(fake):
    def shifted(world, seed, index, by=()):
        outcome = fake.measured(world, seed, index, by)
        for value in outcome.record.values:
            if value.kpi == "utilization.pickers":
                object.__setattr__(value, "value", value.value - 0.01 * world.effect)
        return outcome

    made = run(fake, kpis=["utilization.pickers"], replicate=shifted)
    assert words(made, "utilization.pickers") == {"more": "lower", "less": "higher", "same": "no evidence"}


def test_parts_are_compared_as_kpis_of_their_own(fake):
    made = run(fake, of(fake, today=0.0, more=2.0), by=["client"], kpis=["throughput"])
    assert made.kpis == ("throughput[client=acme]", "throughput[client=best]")
    assert [found.kpi for found in made.findings if made.verdict(found) == "better"] == ["throughput[client=acme]"]
    found = made.of("throughput[client=acme]")[0]
    assert found.difference.interval.estimate == pytest.approx(1.0, abs=0.1)  # half of the effect
    assert "throughput[client=best]" in made.summary()
    assert forest_frame(made, "throughput[client=best]")["unit"].tolist() == ["orders/day"]


def test_what_cannot_be_cut_is_refused_by_name_and_left_out_of_the_usual_kpis(fake):
    with pytest.raises(InputError, match="total_cost cannot be cut by client"):
        run(fake, by=["client"])
    assert {kpi.partition("[")[0] for kpi in run(fake, by=["client"], kpis=None).kpis} == {"throughput"}
    with pytest.raises(UnknownNameError, match="cut"):
        run(fake, by=["clint"])
    with pytest.raises(InputError, match="leave until_settled out"):
        run(fake, by=["client"], until_settled=50)


def test_processes_and_a_stop_change_no_bit(fake, tmp_path):
    alone = run(fake, out=tmp_path / "alone")
    together = run(fake, jobs=2)
    assert alone.to_frame().equals(together.to_frame())
    records = next((tmp_path / "alone").glob("02-*/records/*.jsonl"))
    records.write_bytes(records.read_bytes()[:-40])
    again = run(fake, out=tmp_path / "alone")
    assert again.to_frame().equals(alone.to_frame())


def test_a_finished_study_is_read_not_run_again(fake, tmp_path):
    before = run(fake, out=tmp_path)
    assert run(fake, out=tmp_path, replicate=fake.break_always).to_frame().equals(before.to_frame())
    document = json.loads((tmp_path / "comparison.json").read_text())
    assert document["baseline"] == "today"
    assert len(document["differences"]) == 6
    with pytest.raises(RunDirectoryError, match=r"other alternatives .*today, more"):
        run(fake, of(fake, today=0.0, other=1.0), out=tmp_path)


def test_a_study_goes_on_until_all_is_settled_and_no_further(fake):
    made = run(fake, of(fake, today=0.0, more=2.0, less=-1.0), kpis=["throughput"], until_settled=100)
    assert made.is_settled
    assert {result.n_replications for result in made.results.values()} == {10}
    made = run(fake, of(fake, today=0.0, more=2.0, same=0.0), kpis=["throughput"], until_settled=24)
    assert not made.is_settled
    assert {name: result.n_replications for name, result in made.results.items()} == {
        "today": 24,
        "more": 10,
        "same": 24,
    }
    assert "the budget is spent" in made.summary()


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"baseline": "todday"}, UnknownNameError, "today"),
        ({"kpis": ["thruput"]}, UnknownNameError, "throughput"),
        ({"kpis": ["utilization.packers"]}, UnknownNameError, "utilization.pickers"),
        ({"n": 1}, InputError, "needs 2 or more"),
        ({"equivalent": {"otif": 0.1}}, UnknownNameError, "otif"),
        ({"equivalent": {"throughput": -1.0}}, InputError, "above 0"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_hint(fake, options, error, told):
    with pytest.raises(error, match=told):
        run(fake, **options)


def test_one_alternative_and_other_days_are_refused(fake):
    with pytest.raises(InputError, match="2 or more"):
        run(fake, of(fake, today=0.0))
    longer = fake.Scenario("longer", days=fake.SimpleNamespace(**{**vars(fake.DAYS), "n_window": 14}))
    with pytest.raises(InputError, match="n_window"):
        run(fake, {"today": fake.Scenario("today"), "longer": longer})


def test_the_table_and_the_html_show_means_differences_and_verdicts(fake):
    made = run(fake, {"<today>": fake.Scenario("a"), "more": fake.Scenario("b", effect=2.0)})
    assert "better" in made.summary()
    assert "&lt;today&gt;" in made._repr_html_()
    assert any("more is better than <today> by 2.0" in line for line in made.sentences())


def test_the_forest_shows_what_its_frame_says(fake):
    made = run(fake)
    frame = forest_frame(made, "throughput")
    ax = plot_forest(made, "throughput")
    assert (
        [label.get_text() for label in ax.get_yticklabels()]
        == frame["alternative"].tolist()
        == ["more", "less", "same"]
    )
    assert "orders/day" in ax.get_xlabel()
    assert plot_forest(made, "throughput", ax) is ax
    with pytest.raises(UnknownNameError):
        plot_forest(made, "otif")


def test_names_of_varied_values_are_as_short_as_they_can_be():
    paths = ["staff.pickers.shifts.early.headcount", "staff.packers.shifts.early.headcount", "demand.factor"]
    assert list(short_names(paths).values()) == [
        "pickers.shifts.early.headcount",
        "packers.shifts.early.headcount",
        "factor",
    ]


def test_a_failed_replication_is_left_out_of_its_pairs(fake):
    def fails_at_3(world, seed, index, by=()):
        outcome = fake.measured(world, seed, index, by)
        if index == 3 and world.name == "more":
            object.__setattr__(
                outcome.record, "values", tuple(v for v in outcome.record.values if v.kpi != "throughput")
            )
        return outcome

    found = next(f for f in run(fake, replicate=fails_at_3).of("throughput") if f.alternative == "more")
    assert found.n == 11
    assert math.isfinite(found.difference.interval.half_width)
