"""Files of the outside world: order histories in, frames of a trace out. Knows no clock and starts no run."""
