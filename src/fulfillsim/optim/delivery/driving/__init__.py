"""The clock of a vehicle's whole day, compiled: what no shortcut covers."""
