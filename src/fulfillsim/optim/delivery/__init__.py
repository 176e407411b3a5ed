"""Delivery routes: vehicles, stops with windows, and the solvers that join them."""
