"""The state of a local search over batches."""
