"""Columns for given duals, where batches are too many to list."""
