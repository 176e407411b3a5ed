"""Ruin and recreate: compiled steps and their memory."""
