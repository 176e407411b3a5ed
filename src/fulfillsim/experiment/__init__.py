"""Replications of scenarios: who runs them, where they are kept, what comes out, what may be said of it."""

from fulfillsim.experiment.alternatives import factorial, latin_hypercube
from fulfillsim.experiment.comparing import compare
from fulfillsim.experiment.comparison import Comparison
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.selecting import SelectionResult, select
from fulfillsim.experiment.sensitivities import SensitivityResult, sensitivity
from fulfillsim.experiment.simulation import simulate
from fulfillsim.experiment.steady_states import SteadyState, steady_state
from fulfillsim.experiment.thresholds import ThresholdResult, find_threshold
from fulfillsim.experiment.verifying import verify

__all__ = [
    "Comparison",
    "Result",
    "SelectionResult",
    "SensitivityResult",
    "SteadyState",
    "ThresholdResult",
    "compare",
    "factorial",
    "find_threshold",
    "latin_hypercube",
    "select",
    "sensitivity",
    "simulate",
    "steady_state",
    "verify",
]
