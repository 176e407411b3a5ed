"""Own vans: `depot` gathers parcels and sends waves, `planning` makes routes, `driving` drives them.

`outsourcing` hands to carriers what they bring for less, `fetching` brings home what customers send back.
"""
