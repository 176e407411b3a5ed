"""All feasible batches of an instance, where they can be listed."""
