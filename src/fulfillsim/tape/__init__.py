"""What is drawn or replayed for each order at its birth. Knows no stations and no staff."""

from fulfillsim.tape.content import draw_tape
from fulfillsim.tape.order_tape import Tape

__all__ = ["Tape", "draw_tape"]
