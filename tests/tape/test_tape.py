"""The order tape: named draws, aligned across alternatives."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.tape import Tape, draw_tape
from fulfillsim.testing.warehouse import little_warehouse

COLUMNS = ("placed_s", "channel", "zone", "service", "priority", "gift", "line_start", "sku", "quantity")


@pytest.fixture(scope="module")
def world():
    return little_warehouse(0.05, n_window=2, n_warm_up=0)


def same(one: Tape, other: Tape, n: int) -> bool:
    lines = one.line_start[n]
    cut = {"sku": lines, "quantity": lines, "line_start": n + 1}
    return all(np.array_equal(getattr(one, c)[: cut.get(c, n)], getattr(other, c)[: cut.get(c, n)]) for c in COLUMNS)


def test_same_seed_and_replication_give_the_same_bits(world):
    one, other = draw_tape(world, 7, 3), draw_tape(world, 7, 3)
    assert same(one, other, len(one))
    assert np.array_equal(one.uniforms("work:packing"), other.uniforms("work:packing"))


def test_another_replication_gives_other_customers(world):
    one, other = draw_tape(world, 7, 3), draw_tape(world, 7, 4)
    assert len(one) != len(other) or not np.array_equal(one.placed_s, other.placed_s)


def test_staff_policy_and_carrier_leave_every_draw_unchanged(world):
    changed = replace(
        world,
        staff=world.staff[:1],
        delivery=replace(world.delivery, choice="fastest"),
        fulfillment=replace(world.fulfillment, order_priority="first_come"),
    )
    one, other = draw_tape(world, 1, 0), draw_tape(changed, 1, 0)
    assert same(one, other, len(one))
    assert np.array_equal(one.uniforms("transit"), other.uniforms("transit"))


def test_a_longer_horizon_changes_nothing_before(world):
    longer = little_warehouse(0.05, n_window=4, n_warm_up=0)
    one, other = draw_tape(world, 1, 0), draw_tape(longer, 1, 0)
    n = int((one.placed_s < world.days.window_end_s).sum())
    assert n > 100
    assert same(one, other, n)


def test_one_more_channel_leaves_the_orders_of_the_others_as_they_were(world):
    fewer = replace(world, demand=replace(world.demand, channels=world.demand.channels[:1]))
    web, alone = draw_tape(world, 1, 0), draw_tape(fewer, 1, 0)
    rows = web.channel == 0
    for column in ("placed_s", "zone", "service", "gift"):
        assert np.array_equal(getattr(web, column)[rows], getattr(alone, column))
    assert np.array_equal(web.n_lines[rows], alone.n_lines)
    assert np.array_equal(web.uniforms("transit")[rows], alone.uniforms("transit"))


def test_a_sku_stands_once_in_an_order_and_every_order_has_lines(world):
    tape = draw_tape(world, 1, 0)
    assert (tape.n_lines >= 1).all()
    order = np.repeat(np.arange(len(tape)), tape.n_lines)
    assert len(set(zip(order.tolist(), tape.sku.tolist(), strict=True))) == len(order)
    assert (tape.quantity >= 1).all()
    assert (np.diff(tape.placed_s) >= 0).all()


def test_contents_follow_their_laws(world):
    tape = draw_tape(little_warehouse(0.5, n_window=7, n_warm_up=0), 1, 0)
    web = tape.channel == 0
    n = web.sum()
    # 4.5 standard errors: a false alarm in about 150,000 seeds
    assert abs((tape.zone[web] == 1).mean() - 0.4) < 4.5 * np.sqrt(0.24 / n)
    assert abs(tape.gift[web].mean() - 0.05) < 4.5 * np.sqrt(0.0475 / n)
    units = tape.n_units[web].mean()
    assert abs(units - 1.6 * 1.3) < 4.5 * 2.0 / np.sqrt(n)
