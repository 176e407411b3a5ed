"""Benchmarks of the engine and of solvers: truth against exact models, speed against plain SimPy."""
