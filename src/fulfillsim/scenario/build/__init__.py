"""From checked settings to the operation that the simulation runs on, one file per section; `world` joins them."""
