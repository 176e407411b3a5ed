"""Stops removed from routes, compiled, and the memory of ruin and recreate."""
