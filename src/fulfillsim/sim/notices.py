"""Messages to customers: who gets which, and the table they are written down in. They are rows and cost no event."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Notice
from fulfillsim.policies.notification import NotificationPolicy
from fulfillsim.sim.model import Model

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Notices:
    """Sends what each customer is to get.

    Parameters
    ----------
    policies, listed
        By client: the policy, and the messages that the scenario lists.
    """

    def __init__(self, model: Model, policies: list[NotificationPolicy], listed: list[frozenset[str]]) -> None:
        self._table = model.trace.tables["notices"]
        self._record, self._pack = self._table.hot
        sent = [policy.sent(names) for policy, names in zip(policies, listed, strict=True)]
        clients = {notice: np.array([notice.name.lower() in names for names in sent]) for notice in Notice}
        self._to_all = [bool(clients[notice].all()) for notice in Notice]  # by number: names take long to hash
        some = [notice for notice, flags in clients.items() if flags.any() and not flags.all()]
        self._to_some: dict[Notice, Bools] = {notice: clients[notice][model.tape.client] for notice in some}

    def sends(self, notice: Notice) -> bool:
        """Whether anybody gets it."""
        return self._to_all[notice] or notice in self._to_some

    def gets(self, notice: Notice, row: int) -> bool:
        """Whether the customer of an order gets it."""
        return self._to_all[notice] or (notice in self._to_some and bool(self._to_some[notice][row]))

    def who(self, notice: Notice, rows: Ints) -> Bools:
        """Whose customers get it, shape (n,)."""
        if notice in self._to_some:
            return self._to_some[notice][rows]
        return np.full(len(rows), self._to_all[notice])

    def tell(self, notice: Notice, row: int, now: float) -> None:
        """Send a message about one order."""
        if self._to_all[notice] or self.gets(notice, row):
            record, pack = self._record, self._pack
            record(pack(row, notice, now))

    def send(self, notice: Notice, rows: Ints, times_s: Floats, whom: Bools | None = None) -> None:
        """Send a message about many orders, or those of them that ``whom`` says."""
        if not self.sends(notice):
            return
        if notice in self._to_some:
            to_whom = self._to_some[notice][rows]
            whom = to_whom if whom is None else whom & to_whom
        if whom is not None:
            rows, times_s = rows[whom], times_s[whom]
        if len(rows):
            self._table.add_block(rows, notice, times_s)
