"""What is compiled ahead, and that planned batches are the same in every process."""

import sys

import pytest

from fulfillsim.errors import FulfillsimError
from fulfillsim.experiment import simulate
from fulfillsim.experiment.compiling import compile_for
from fulfillsim.policies.batching import BATCHING, FROM_HEAD, PLANNING
from fulfillsim.policies.compiling import compile_ahead
from fulfillsim.scenario import load_scenario

DAY = ("days=1", "warm_up=0 days", "demand.factor=0.02", "inventory={start: given, on_hand: 1000}")
PLANNED = ("fulfillment.picking.batch.policy=auto", "fulfillment.picking.tour.routing=exact")


def day(*changes):
    return load_scenario("baseline", [*DAY, *changes])


def test_a_name_belongs_to_one_kind_of_policy():
    assert not FROM_HEAD.keys() & PLANNING.keys()
    assert list(BATCHING) == [*FROM_HEAD, *PLANNING]


def test_a_plain_s_shape_compiles_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    compile_for([day()])


@pytest.mark.parametrize("n_blocks", [1, 2])
@pytest.mark.parametrize("policy", PLANNING)
def test_every_policy_can_be_compiled_ahead(policy, n_blocks):
    scenario = day(PLANNED[1], f"fulfillment.picking.batch.policy={policy}", f"layout.blocks={n_blocks}")
    compile_ahead(scenario.world().fulfillment.picking)


@pytest.mark.slow
def test_planned_batches_are_the_same_in_every_process():
    alone, together = (simulate(day(*PLANNED), replications=3, jobs=jobs) for jobs in (1, 2))
    assert alone.kpis().equals(together.kpis())
    assert alone.trace().tables["tours"].data == together.trace().tables["tours"].data
    assert alone.policy_cost().n_plans == together.policy_cost().n_plans > 0
    assert "plans of batches in" in str(alone.policy_cost())


def test_what_costs_nothing_is_not_told():
    assert str(simulate(day(), replications=1, jobs=1).policy_cost()) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            ["fulfillment.picking.tour=null", "fulfillment.picking.time=1 min", "fulfillment.picking.batch.policy=cw2"],
            "policy: plans by where orders lie, and nobody walks",
        ),
        (["fulfillment.picking.batch.policy=cw2", "fulfillment.picking.split=all"], "parts have no lines"),
        (["fulfillment.picking.batch.policy=cw3"], "did you mean cw"),
        (["fulfillment.picking.tour.routing=largest_gap", "layout.depot_cross_aisle=1"], "use exact"),
        (["catalog.slots=cooccurrence"], "needs a history"),
        (["catalog.slots=abc"], "catalog.slots"),
    ],
)
def test_check_says_why_a_policy_does_not_fit(changes, told):
    with pytest.raises(FulfillsimError, match=told):
        day(*changes)
