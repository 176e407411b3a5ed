"""Routes that may break rules at a price, compiled."""
