import math

import numpy as np
import pytest

from fulfillsim.kpi.survival import Durations

YES, NO = True, False


@pytest.mark.parametrize(("share", "expected"), [(0.5, 3.0), (0.51, 4.0), (0.9, 6.0), (1 / 6, 1.0), (0.17, 2.0)])
def test_quantiles_of_complete_durations_are_ranks(share, expected):
    seconds = np.array([6.0, 1.0, 4.0, 2.0, 5.0, 3.0])
    assert Durations(seconds, np.ones(6, np.bool_)).quantile(share) == expected


def test_open_durations_weigh_on_what_comes_after_them():
    seconds, ended = np.array([1.0, 2.0, 3.0, 4.0]), np.array([YES, NO, YES, YES])
    # 3/4 go on after 1; of the two still watched one ends at 3: 3/8; none goes on after 4.
    assert [Durations(seconds, ended).quantile(share) for share in (0.25, 0.3, 0.63)] == [1.0, 3.0, 4.0]
    assert Durations(seconds, ended).curve.restricted_mean() == pytest.approx(1 + 2 * 0.75 + 0.375)


def test_what_never_ends_pushes_high_quantiles_out_of_reach():
    seconds = np.array([1.0, math.inf, 2.0, 5.0])
    assert [Durations(seconds, np.array([YES, NO, YES, YES])).quantile(share) for share in (0.75, 0.76)] == [
        5.0,
        math.inf,
    ]
    assert [Durations(seconds, np.array([YES, NO, YES, NO])).quantile(share) for share in (0.5, 0.6)] == [2.0, math.inf]


def test_nothing_has_no_quantile():
    assert math.isnan(Durations(np.empty(0), np.empty(0, np.bool_)).quantile(0.5))
