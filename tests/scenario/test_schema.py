"""What a file may say: refusals by type and unit, defaults, the JSON schema."""

import json
import pickle
import subprocess
import sys

import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import ScenarioError, UnknownNameError
from fulfillsim.optim.pick_routing import ROUTING
from fulfillsim.policies.batching import BATCHING
from fulfillsim.policies.carrier_choice import CHOICES
from fulfillsim.scenario import json_schema, load_scenario, scenario_from, shipped_scenarios, starter_text
from fulfillsim.scenario.schema.base import by_weekday, hour_profile
from fulfillsim.scenario.schema.distributions import read_distribution
from fulfillsim.scenario.schema.fulfillment import Tour
from fulfillsim.scenario.units import UnitError, duration_s

WEB = "demand.channels.web"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("inventory.on_hand", -3, "inventory.on_hand: must be at least 0 (got -3)"),
        ("staff.pickers.shifts.day.hours", "08:00-08:00", "must have a length"),
        ("staff.pickers.shifts.day.headcount", 2.5, "must be a whole number"),
        ("staff.pickers.shifts.day.holiday", True, "is not a key here - did you mean holidays?"),
        ("staff.pickers.wage", "18 EUR", "must be per h"),
        ("days", 0, "days: must be at least 1 (got 0)"),
        ("warm_up", "36 h", "must be whole days"),
        ("start", "2026-02-30", "must be a date that exists"),
        ("zone", "Europe/Berlim", "did you mean Europe/Berlin?"),
        (f"{WEB}.lines", {"geometric": {"mean": 0.5}}, "geometric, mean: must be"),
        (f"{WEB}.units", {"geometrical": {"mean": 2}}, "did you mean geometric?"),
        (f"{WEB}.units", {"shares": {"1": 0.5, "2": 0.4}}, "shares must sum to 1, here 0.9"),
        (f"{WEB}.hours", {"08-25": 1}, "must have hours of the day as keys, not 08-25"),
        (f"{WEB}.hours", {"08-12": 1, "11": 2}, "says hour 11 twice"),
        (f"{WEB}.weekdays", {"mon-wed": 1, "tue": 2}, "says a weekday twice"),
        (f"{WEB}.gift_prob", 4, "must be between 0 and 1"),
        ("fulfillment.steps.packing.time", {"per_order": 30}, "the unit is missing"),
        (
            "fulfillment.steps.packing.time",
            {"lognormal": {"mean": "30s", "cv": -1}},
            "lognormal, cv: must be a number from 0 to 1e12 (got -1)",
        ),
        (
            "fulfillment.steps.packing.time",
            {"uniform": {"low": "30s", "hgh": "40s"}},
            "uniform, hgh: is not a parameter here (got 40s) - did you mean high?",
        ),
        (
            "fulfillment.steps.packing.time",
            {"gamma": {"mean": "30s", "cv": 1}, "lognormal": {"mean": "30s", "cv": 1}},
            "must be one distribution, here gamma and lognormal - take all but one away, as --set PATH.NAME=null does",
        ),
        ("fulfillment.steps.packing.only", "gifts", "must be one of gift"),
        ("targets", {"on_time_shipment": "98 %"}, "must be a bound"),
        ("demand.special_days", {"2026-13-02": 2}, "the name must be a date that exists: month must be in 1..12"),
        ("communication", {"notices": {"shiped": True}}, "the name must be one of confirmation, shipped"),
        ("communication", {"notices": {"shiped": True}}, "did you mean shipped?"),
        ("delivery.carriers.parcelco.pickups.evening", "6 pm", "must be a clock time"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_rule(faults, path, value, told):
    lines = faults({path: value})
    assert len(lines) == 1, lines
    assert path.split(".")[0] in lines[0]
    assert told in lines[0]


def test_a_rate_of_a_billion_an_hour_is_refused_in_both_ways_of_saying_it(faults):
    assert "must be at most 1e7/h" in faults({f"{WEB}.orders_per_day": None, f"{WEB}.rate": "1000000000/h"})[0]
    assert "more than 1e7" in faults({f"{WEB}.orders_per_day": 1e8, "demand.factor": 1000})[0]


def test_nan_and_infinity_are_refused(faults):
    assert "must be a number that exists" in faults({"demand.factor": float("nan")})[0]
    assert "demand.factor: must be" in faults({"demand.factor": float("inf")})[0]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(starter_text().replace("days: 7", "days: -7").replace("headcount: 4", "headcount: many"))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    lines = [fault.line for fault in caught.value.faults]
    assert len(lines) == 2
    assert lines == sorted(lines)
    assert f"{file}:9:7 days: must be at least 1 (got -7)" in str(caught.value)


def test_the_starter_and_every_shipped_scenario_load_without_a_warning(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(starter_text("mine"))
    assert load_scenario(file).warnings == ()
    assert {"baseline", "phone_and_store", "theory/mm1", "theory/tandem"} <= set(shipped_scenarios())
    for name in shipped_scenarios():
        assert load_scenario(name).warnings == ()
        assert load_scenario(name).question.endswith("?")


def test_an_unknown_scenario_is_told_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'baseline'"):
        load_scenario("basline")


def test_the_resolved_scenario_says_all_defaults_and_reads_back_to_the_same(small):
    scenario = small()
    resolved = scenario.resolved()
    assert resolved["delivery"]["carriers"]["parcelco"]["close_out"] == "30 min"
    assert resolved["fulfillment"]["picking"]["tour"]["speed"] == "1.0 m/s"
    again = scenario_from(json.loads(json.dumps(resolved)))
    assert again.resolved() == resolved
    assert again.world().days == scenario.world().days
    assert again.content_hash() == scenario.content_hash()


def test_the_hash_follows_the_content_and_not_the_order_of_keys(small):
    scenario = small()
    turned = scenario_from(dict(reversed(list(scenario.resolved().items()))))
    assert turned.content_hash() == scenario.content_hash()
    assert scenario.vary({"days": 8}).content_hash() != scenario.content_hash()


def test_a_varied_scenario_leaves_the_first_as_it_was_and_survives_pickling(small):
    scenario = small()
    varied = scenario.vary({"staff.pickers.shifts.day.headcount": 9})
    varied.world()
    copied = pickle.loads(pickle.dumps(varied))
    assert scenario.settings.staff["pickers"].shifts["day"].headcount == 5
    assert copied.world().staff[0].shifts[0].headcount == 9
    assert copied.content_hash() == varied.content_hash()
    assert repr(varied) == "Scenario('small', 7 days from 2026-03-02)"


def test_overrides_lie_on_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(starter_text("mine"))
    scenario = load_scenario(file, ["staff.packers.shifts.day.headcount=7"])
    assert scenario.settings.staff["packers"].shifts["day"].headcount == 7


def test_the_json_schema_describes_fields_with_units_and_knows_extends():
    schema = json_schema()
    assert "extends" in schema["properties"]
    shift = schema["$defs"]["Shift"]["properties"]
    assert "06:00-14:00" in json.dumps(shift["hours"])
    assert schema["$defs"]["Tour"]["properties"]["setup"]["default"] == "90s"
    assert all("description" in f for f in shift.values())


def test_names_of_policies_come_from_their_lists_into_the_json_schema():
    defs = json_schema()["$defs"]
    shown = [("Delivery", "choice", CHOICES), ("Batch", "policy", BATCHING), ("Tour", "routing", ROUTING)]
    for section, field, listed in shown:
        properties = defs[section]["properties"]
        assert properties[field]["enum"] == list(listed)
        assert properties[field]["default"] in listed


def test_importing_the_schema_imports_no_policy():
    rooms = "('fulfillsim.policies', 'fulfillsim.optim')"
    code = f"import sys, fulfillsim.scenario.schema; print([m for m in sys.modules if m.startswith({rooms})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_default_routing_knows_any_building_of_one_block_with_the_depot_in_front():
    default = ROUTING[Tour.model_fields["routing"].default]
    layouts = [RectangularLayout(9, 9, 4.0, 1.0, 1.0, aisle, end_aisle=end) for aisle in (0, 8) for end in (None, 3)]
    assert [default.supports(layout) for layout in layouts] == [""] * 4


def test_every_distribution_family_can_be_written():
    mixture = {"mixture": {"quick": {"share": "80 %", "of": "30s"}, "slow": {"share": 0.2, "of": "5 min"}}}
    assert read_distribution(mixture, duration_s).mean == pytest.approx(0.8 * 30 + 0.2 * 300)
    assert read_distribution("45s", duration_s).mean == 45.0
    assert read_distribution({"triangular": {"low": "1 min", "mode": "2 min", "high": "6 min"}}, duration_s).mean == 180
    empirical = {"empirical": {"values": ["10s", "20s"], "weights": [3, 1]}}
    assert read_distribution(empirical, duration_s).mean == pytest.approx(12.5)


def test_an_empirical_distribution_reads_its_file_with_its_unit(tmp_path):
    (tmp_path / "times.csv").write_text("minutes\n1\n3\n")
    value = {"empirical": {"file": "times.csv", "column": "minutes", "unit": "min"}}
    assert read_distribution(value, duration_s, folder=tmp_path).mean == pytest.approx(120.0)
    with pytest.raises(UnitError, match="there is no such file"):
        read_distribution({"empirical": {"file": "time.csv", "column": "m"}}, duration_s, folder=tmp_path)


def test_hours_may_differ_by_weekday():
    profile = hour_profile({"mon-fri": {"08-18": 1}, "sat": {"10-14": 2}})
    assert profile[0][8] == 1 and profile[5][10] == 2 and not any(profile[6])
    assert by_weekday({"sun": 3.0}, float, 0.0) == (0, 0, 0, 0, 0, 0, 3.0)


def test_checking_the_baseline_loads_no_heavy_library():
    code = (
        "import sys, fulfillsim.scenario as s; s.load_scenario('baseline');"
        "print([m for m in ('pandas', 'scipy', 'numba', 'ortools', 'simpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
