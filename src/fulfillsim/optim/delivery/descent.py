"""One descent: compiled exchanges between and inside the routes that changed, until none improves."""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.search import Search
from fulfillsim.optim.delivery.tables import LENGTH, make_state, put_routes, routes_of

N_PASSES = 50


def improved(search: Search) -> Routes:
    """The current plan of a search after a descent."""
    from fulfillsim.optim.delivery._kernels import refresh_all
    from fulfillsim.optim.delivery.moves._kernels import descend

    tables = search.tables
    states = make_state(tables), make_state(tables)
    for state in states:
        put_routes(tables, state, routes_of(tables, search.now))
        refresh_all(tables, state)
    same = (search.now.seq == search.best.seq).all(axis=1) & (search.now.tally == search.best.tally)[:, LENGTH]
    changed = np.where(same, 0, 1).astype(np.int32)
    if not changed.any():
        changed[:] = 1
    descend(tables, *states, changed, np.zeros(2 * search.now.seq.shape[1], np.int32), N_PASSES)
    return routes_of(tables, states[0])
