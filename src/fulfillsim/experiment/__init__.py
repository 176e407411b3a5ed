"""Replications of a scenario: who runs them, where they are kept, what comes out."""

from fulfillsim.experiment.result import Result
from fulfillsim.experiment.simulation import simulate

__all__ = ["Result", "simulate"]
