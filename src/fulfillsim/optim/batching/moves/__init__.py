"""Annealing on batches."""
