"""The stages of an order's journey, in its order.

Each file has ``build(model, onward) -> intake``: it makes its stations, wires them to ``onward`` and returns what takes
an order in. They are built back to front; a stage that the scenario leaves out returns ``onward`` itself. To add a
stage: one file, one name here, one section in the schema.
"""

from fulfillsim.sim.stages import communication, delivery, fulfillment, inventory, processing, receipt, returns

STAGES = (receipt, processing, inventory, fulfillment, delivery, communication, returns)
