"""What batches cost while they are being improved."""
