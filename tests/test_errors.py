import pickle

import pytest

from fulfillsim.errors import (
    DataError,
    Fault,
    FulfillsimError,
    InputError,
    MissingExtraError,
    RunDirectoryError,
    ScenarioError,
    SimulationError,
    TooFewReplicationsError,
    UnknownNameError,
    nearest,
)

WAGE = Fault("a.yaml", 9, 3, "staff.pickers.wage", "must be positive", "-2 EUR/h", "write 2 EUR/h")
ROLE = Fault("a.yaml", 4, 1, "staf", "is not a known key", hint="did you mean staff?")
EXAMPLES = [
    ScenarioError([WAGE, ROLE]),
    DataError([Fault("orders.csv", 17, None, "quantity", "must be a whole number", "two")]),
    UnknownNameError("KPI", "otfi", ["otif"]),
    MissingExtraError("the solver 'pyvrp'", "pyvrp"),
    RunDirectoryError("runs/a", "was written by a newer version", "upgrade"),
    TooFewReplicationsError("a half-width", 2, 1),
    SimulationError("on hand must not be negative (got -1)", 3600.0, "SKU A-12"),
]


def test_a_scenario_error_prints_one_line_per_fault_in_the_order_of_the_file():
    assert str(ScenarioError([WAGE, ROLE])).splitlines() == [
        "a.yaml:4:1 staf: is not a known key - did you mean staff?",
        "a.yaml:9:3 staff.pickers.wage: must be positive (got -2 EUR/h) - write 2 EUR/h",
    ]


def test_a_fault_without_line_column_or_path_leaves_them_out():
    assert str(Fault("a.yaml", None, None, "", "must be UTF-8")) == "a.yaml: must be UTF-8"
    assert str(DataError([Fault("o.csv", 2, None, "sku", "is empty")])) == "o.csv:2 sku: is empty"


def test_an_error_about_a_file_needs_a_fault():
    with pytest.raises(ValueError, match="without a fault"):
        ScenarioError([])


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_errors_survive_a_trip_between_processes(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_only_a_broken_invariant_is_not_the_fault_of_the_input(error):
    assert isinstance(error, FulfillsimError)
    assert isinstance(error, InputError) is not isinstance(error, SimulationError)


def test_a_simulation_error_names_time_and_entity():
    message = str(SimulationError("on hand must not be negative (got -1)", 3600.0, "SKU A-12"))
    assert message.startswith("at 3600 s, SKU A-12: on hand must not be negative (got -1)")
    assert str(SimulationError("orders must be conserved")).startswith("after the run: orders")


def test_the_nearest_name_ignores_case_and_says_nothing_when_nothing_is_near():
    assert nearest("Basline", ["baseline", "peak_week"]) == "baseline"
    assert nearest("xyz", ["baseline", "peak_week"]) is None
    assert "There are none" in str(UnknownNameError("scenario", "x", []))
