"""Own vans: `depot` gathers parcels and sends waves, `planning` makes routes, `driving` drives them."""
