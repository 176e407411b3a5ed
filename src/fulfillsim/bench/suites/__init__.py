"""Problems that the harness can compare solvers on; a new one is a file here and a line in `SUITES`."""

from __future__ import annotations

from fulfillsim.bench.harness.suite import Suite
from fulfillsim.bench.suites.batching import BatchingSuite
from fulfillsim.bench.suites.delivery import DeliverySuite
from fulfillsim.bench.suites.picking import PickingSuite

SUITES: dict[str, Suite] = {"picking": PickingSuite(), "batching": BatchingSuite(), "delivery": DeliverySuite()}
