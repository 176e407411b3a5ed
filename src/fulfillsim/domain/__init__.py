"""Frozen facts of an operation: orders, people, goods, carriers. Knows no clock, no files, no solvers."""
