"""The running model: clock, stations, people and the stages of an order's journey. The only home of SimPy."""

from fulfillsim.sim.replication import run
from fulfillsim.sim.trace import StationInfo, Trace, WorkerInfo

__all__ = ["StationInfo", "Trace", "WorkerInfo", "run"]
