"""Every batching method keeps the contract."""

import pytest

from fulfillsim.optim.batching import SOLVERS
from fulfillsim.testing.batching import BatchingContract


class TestShippedMethods(BatchingContract):
    @pytest.fixture(params=sorted(SOLVERS))
    def solver(self, request):
        return SOLVERS[request.param]
