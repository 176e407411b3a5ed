"""Every routing method keeps the contract."""

import pytest

from fulfillsim.optim.pick_routing import ROUTING
from fulfillsim.testing.pick_routing import RoutingContract


@pytest.mark.parametrize("name", ROUTING)
class TestRouting(RoutingContract):
    n_cases = 40

    @pytest.fixture
    def method(self, name):
        return ROUTING[name]
