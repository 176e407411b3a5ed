"""What customers ask the agents: a question waits for its moment, and falls away when it is settled first.

Who is late or without news asks where the order is; who got the parcel, or the news, hangs up or never calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from fulfillsim.domain.communication import Communication
from fulfillsim.domain.records import ContactEnd, ContactReason
from fulfillsim.sim.engine import Item, Rank
from fulfillsim.sim.model import Model
from fulfillsim.sim.station import CallStation, Party


class Question:
    """What one customer may ask about an order.

    Attributes
    ----------
    row, reason
        The order, and why its customer asks.
    settled_s
        When the customer knows without asking; infinite while that is not in sight.
    contact
        The customer on the line; None before and after.
    """

    __slots__ = ("contact", "reason", "row", "settled_s")

    def __init__(self, row: int, reason: ContactReason, settled_s: float) -> None:
        self.row, self.reason, self.settled_s = row, reason, settled_s
        self.contact: Contact | None = None


class Contact(Item):
    """A customer asking; ``row`` numbers the contacts, -1 downwards, so that agents' visits tell them from orders."""

    __slots__ = ("question",)

    question: Question


class Questions:
    """All questions of a replication; each is asked once at most.

    Attributes
    ----------
    open
        (order row, reason) -> question that may still be asked, or whose customer is on the line.
    """

    def __init__(self, model: Model, plan: Communication) -> None:
        self.engine, self.book, self.streams = model.engine, model.book, model.tape.streams
        self.contacts, self.ends = model.trace.tables["contacts"], model.trace.tables["contact_ends"]
        self.open: dict[tuple[int, ContactReason], Question] = {}
        self.plan, self.n_contacts = plan.contact, 0
        self.station: CallStation | None = None
        if plan.contact is not None:
            party = Party(self._answered, self._blocked, self._hung_up)
            self.station = model.call_station(plan.contact, Contact, party)

    def expect(self, row: int, reason: ContactReason, when_s: float, settled_s: float = inf) -> None:
        """Let a customer ask at a time, unless the matter is settled by then."""
        if settled_s > when_s:
            question = self.open[row, reason] = Question(row, reason, settled_s)
            self.engine.call_at(when_s, Rank.ARRIVE, lambda now: self._ask(question, now))

    def settle(self, rows: Iterable[int], reason: ContactReason, times_s: Iterable[float], now: float) -> None:
        """Let customers know at these times: who is on the line by then hangs up, who is not does not call."""
        for row, time_s in zip(rows, times_s, strict=True):
            question = self.open.get((row, reason))
            if question is not None:
                question.settled_s = max(time_s, now)
                self._watch(question)

    def _ask(self, question: Question, now: float) -> None:
        """The moment has come: a contact reaches the agents."""
        if question.settled_s <= now:
            del self.open[question.row, question.reason]
            return
        number, self.n_contacts = self.n_contacts, self.n_contacts + 1
        self.contacts.add(number, question.row, question.reason, now)
        if self.station is None or self.plan is None or self.plan.time is None:
            del self.open[question.row, question.reason]
            return
        contact = question.contact = Contact(-1 - number, rank=1.0)  # whoever orders ranks before whoever asks
        contact.question = question
        key = len(ContactReason) * question.row + question.reason
        contact.work = {self.station.column: self.book.content(self.plan.time, f"work:contact:{self.plan.name}", key)}
        patience_s = None
        if self.plan.patience is not None:
            patience_s = self.plan.patience.quantile_one(self.streams.hashed_uniform("patience:contact", key))
        self.station.offer_for(contact, now, patience_s)
        self._watch(question)

    def _watch(self, question: Question) -> None:
        """Take the customer off the line when the matter is settled."""
        if question.contact is not None and question.settled_s < inf:
            self.engine.call_at(question.settled_s, Rank.ARRIVE, lambda now: self._withdraw(question, now))

    def _withdraw(self, question: Question, now: float) -> None:
        contact = question.contact
        if contact is not None and contact.worker is None and self.station is not None:
            self.station.withdraw(contact, now)
            self._over(contact, ContactEnd.WITHDRAWN, now)

    def _answered(self, contact: Contact, now: float) -> None:
        self._over(contact, ContactEnd.ANSWERED, now)

    def _blocked(self, contact: Contact, now: float) -> None:
        self._over(contact, ContactEnd.BLOCKED, now)

    def _hung_up(self, contact: Contact, now: float) -> None:
        self._over(contact, ContactEnd.HUNG_UP, now)

    def _over(self, contact: Contact, end: ContactEnd, now: float) -> None:
        """A contact ends, in one of four ways."""
        question = contact.question
        question.contact = None
        del self.open[question.row, question.reason]
        self.ends.add(-1 - contact.row, end, now)
