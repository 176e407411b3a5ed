"""What moves between routes and inside one would change, compiled."""
