"""What numbers from a simulation may be said to show; arrays in, numbers out, nothing about warehouses."""
