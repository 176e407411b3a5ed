"""What studies cost: common random numbers or independent runs, processes or one, a cluster or processes."""
