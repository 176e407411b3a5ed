"""Tables and pictures of what was found. Computes nothing that a KPI or a frame twin does not give."""
