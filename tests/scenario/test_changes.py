"""Addresses of ``--set`` and ``vary``: what exists can be changed, what is new is given whole."""

import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import load_scenario, starter_text
from fulfillsim.scenario.changes import set_layers

SHIFTS = "staff.pickers.shifts"
LOADERS = {"skills": {"packing": 1}, "shifts": {"day": {"hours": "08:00-16:00", "headcount": 2}}}


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "staff.picker.shifts.day.headcount",
            3,
            ["staff.picker: there is no picker to change; a new one is given whole, as staff.picker={...}"
             " - did you mean pickers?"],
        ),
        (
            f"{SHIFTS}.nite.headcount",
            3,
            [f"{SHIFTS}.nite: there is no nite to change; a new one is given whole, as {SHIFTS}.nite={{...}}"
             " - there are day"],
        ),
        (
            "delivery.carriers.parcelco.services.grund.failed_attempt",
            0.1,
            ["delivery.carriers.parcelco.services.grund: there is no grund to change; a new one is given whole,"
             " as delivery.carriers.parcelco.services.grund={...} - did you mean ground?"],
        ),
        (
            "processing.holds.payment.share",
            0.1,
            ["processing.holds.payment: there is no payment to change; a new one is given whole,"
             " as processing.holds.payment={...} - there is none"],
        ),
        (f"{SHIFTS.replace('shifts', 'shift')}.day.headcount", 3,
         ["staff.pickers.shift: is not a key here - did you mean shifts?"]),
    ],
)  # fmt: skip
def test_an_address_through_a_name_that_is_not_there_says_the_nearest(faults, path, value, told):
    assert faults({path: value}) == told


def test_a_new_entry_may_be_given_whole_under_a_name_of_its_own(small):
    staff = small({"staff.loaders": LOADERS}).settings.staff
    assert staff["loaders"].shifts["day"].headcount == 2
    assert small({"staff.loaders": LOADERS, "staff.loaders.shifts.day.headcount": 4}).settings.staff["loaders"]


def test_a_section_that_the_file_leaves_to_its_defaults_can_be_set_field_by_field(small):
    changed = small({"calendar.working_days": "mon-fri", "communication.notices.delay": True})
    assert changed.settings.calendar.working_days == frozenset(range(5))
    assert changed.settings.communication.notices == {"delay": True}


def test_the_command_line_follows_the_same_rule(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(starter_text("mine"))
    whole = 'staff.loaders={skills: {packing: 1}, shifts: {day: {hours: "08:00-16:00", headcount: 2}}}'
    assert "loaders" in load_scenario(file, [whole]).settings.staff
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, ["staff.picker.shifts.early.headcount=3", "days=0"])
    assert {f"{fault.file} {fault.path}" for fault in caught.value.faults} == {"--set days", "--set staff.picker"}


def test_varying_twice_is_varying_with_both(small):
    once = small({"days": 3}).vary({"staff.pickers.shifts.day.headcount": 9})
    assert once.resolved() == small({"days": 3, "staff.pickers.shifts.day.headcount": 9}).resolved()


def test_a_bound_that_yaml_reads_as_something_else_is_told_to_be_quoted():
    with pytest.raises(ScenarioError, match="in double quotes"):
        set_layers(["targets.on_time_shipment=>= 99 %"])
    assert set_layers(['targets.on_time_shipment=">= 99 %"'])
