"""Decisions taken while the clock runs; one file (or folder) per decision point. They see the state, never SimPy."""
