"""SKUs, where they lie, how much of them there is and who supplies them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.scenario.fields import Amount, ClockTime, Days, Duration, Length, Share, Volume, Weekdays, Weight
from fulfillsim.scenario.schema.base import Calendar, FileName, Name, Section, WholeDays, or_table, usually
from fulfillsim.scenario.schema.distributions import (
    NumberDistribution,
    ShareDistribution,
    TimeDistribution,
    VolumeDistribution,
    WeightDistribution,
)
from fulfillsim.scenario.schema.listed import SLOTTING, SUPPLIER_CHOICE
from fulfillsim.scenario.schema.slots import Forward, Records
from fulfillsim.scenario.schema.work import Work
from fulfillsim.scenario.units import WorkingDays

Count = Annotated[int, Field(ge=0, le=10**9)]


class Item(Section):
    """A SKU said by name."""

    popularity: float = usually(
        1.0, ge=0, le=10**9, description="Relative chance of an order line; 0: sold in kits only."
    )
    weight: Weight | None = usually(
        None, description="Per unit; as `catalog.weight`, or what a kit's components weigh."
    )
    volume: Volume | None = usually(None, description="Per unit, likewise.")
    price: float | None = usually(None, ge=0, le=10**9, description="Per unit; as `catalog.price` if left out.")
    hazmat: bool = usually(False, description="Dangerous goods.")
    client: Name | None = usually(None, description="Whose goods they are; by the clients' shares if left out.")


class Catalog(Section):
    """SKUs from a table, said one by one, or made: popularity falls with rank as 1 / rank ** zipf."""

    skus: Annotated[int, Field(ge=1, le=5_000_000)] | None = usually(None, description="Number of SKUs to make.")
    table: FileName | None = usually(
        None,
        description="Instead: columns sku, and any of popularity, weight_kg, volume_l, price, hazmat, zone, client, "
        "length_m and width_m and height_m, "
        "slot (or aisle, position_m, or vertex).",
    )
    items: dict[Name, Item] = usually({}, description="Instead: SKUs by name, for a small catalog.")
    seed: int = usually(1, ge=0, le=2**31, description="Of what is made; the same goods for every replication.")
    zipf: float = usually(0.8, ge=0, le=5, description="Exponent of popularity by rank; 0 is equal.")
    weight: WeightDistribution = usually("0 kg", description="Per unit.")
    volume: VolumeDistribution = usually("0 l", description="Per unit.")
    price: NumberDistribution = usually(0, description="Per unit, in the scenario's currency.")
    flatness: Share = usually(
        "60 %",
        description="For cartons, where no table says sides: they are drawn, each so much below the longest at most.",
    )
    hazmat: Share = usually(0, description="Share of SKUs that are dangerous goods.")
    slots: Annotated[str, SLOTTING] = usually(
        "random",
        description="Where SKUs lie: anywhere, popular ones near the depot, classes in aisles of their own or at the "
        "mouths of all, or what a history orders together side by side.",
    )


class SlotTable(Section):
    """Places of the building one by one, where they do not fill the aisles evenly."""

    table: FileName = Field(
        description="A row per slot for one SKU: slot, aisle, and position_m (or cell, and block); in a graph slot and "
        "vertex. All count from 0. The catalog's table may name slots in a column `slot`.",
    )


class Layout(Section):
    """Parallel aisles, cut into blocks by cross-aisles: one at the front, one at the back, any number between."""

    model_config = ConfigDict(json_schema_extra=or_table)

    table: FileName | None = usually(
        None, description="A sheet with these figures: columns key and value, or one row with a column for each."
    )
    aisles: int = Field(ge=1, le=10_000, description="Number of aisles.")
    cells: int = Field(ge=1, le=10_000, description="Places behind each other per block on each side of an aisle.")
    levels: int = usually(1, ge=1, le=1000, description="SKUs on top of each other in a place.")
    sides: Literal[1, 2] = usually(2, description="Sides of an aisle with shelves.")
    blocks: int | None = usually(None, ge=1, le=100, description="Blocks behind each other; 1 if left out.")
    aisle_spacing: Length = usually("4 m", gt=0, description="Between the middles of neighboring aisles.")
    cell: Length = usually("1 m", gt=0, description="Length of a place.")
    end: Length = usually("1 m", description="From a cross-aisle to the middle of the nearest place.")
    cross_aisles: dict[Name, Length] = usually(
        {}, description="Where cross-aisles lie, if not evenly: {front: 0 m, middle: 22 m, back: 50 m}."
    )
    depot_aisle: int = usually(0, ge=0, description="Aisle, from 0, at whose mouth tours begin and end.")
    depot_cross_aisle: int = usually(0, ge=0, description="Cross-aisle, from 0 at the front, of that mouth.")
    end_aisle: int | None = usually(None, ge=0, description="Where tours end, if not where they begin.")
    end_cross_aisle: int | None = usually(None, ge=0, description="The same for the cross-aisle.")
    slots: SlotTable | None = usually(None, description="Places one by one, instead of aisles x cells x levels.")

    @property
    def n_blocks(self) -> int:
        """Blocks, one less than cross-aisles."""
        return self.blocks or max(len(self.cross_aisles) - 1, 1)


def _read_graph(value: object, info: ValidationInfo) -> GraphLayout:
    from fulfillsim.scenario.graphs import read_graph

    return read_graph(value, (info.context or {}).get("folder"))


class Hall(Section):
    """A building that is no rectangle, as a graph: obstacles, one-way aisles, several floors."""

    graph: Annotated[
        GraphLayout,
        PlainValidator(_read_graph),
        WithJsonSchema({"type": "string", "examples": ["hall.json"]}),
    ] = Field(
        description="JSON file of the scenario's folder: `arcs` [from, to, metres] in the direction of walking, "
        "`two_way`, `start`, `end`, `places` [x, y]. SKUs lie on vertices.",
    )
    levels: int = usually(1, ge=1, le=1000, description="SKUs at each vertex.")
    slots: SlotTable | None = usually(
        None, description="Places one by one, instead of `levels` at every vertex but those where tours begin and end."
    )


def _shape(value: object) -> str:
    is_hall = isinstance(value, Hall) or (isinstance(value, Mapping) and "graph" in value)
    return "any building" if is_hall else "rectangle"


AnyLayout = Annotated[Annotated[Layout, Tag("rectangle")] | Annotated[Hall, Tag("any building")], Discriminator(_shape)]


class Late(Section):
    """Deliveries after the day they were quoted for; nobody knows before."""

    prob: Share = Field(description="Chance of each delivery.")
    by: TimeDistribution = Field(description="How much later; whole working days where there is a calendar.")
    together: Annotated[Share, Field(lt=1)] = usually(
        0, description="How far all deliveries quoted for one day are late together: 0 each by itself."
    )


class Short(Section):
    """Orders of which less comes."""

    prob: Annotated[Share, Field(lt=1)] = Field(description="Chance of each delivery.")
    missing: ShareDistribution = usually("30 %", description="Share of its units.")
    rest: Literal["follows", "cancelled"] = usually("follows", description="What becomes of them.")
    after: Duration = usually("7 days", description="How much later the rest follows.")


class Part(Section):
    """A planned delivery of an order."""

    share: Share = Field(description="Of the units; sum 1.")
    after: Duration = usually("0s", description="After the lead time.")


class Weights(Section):
    """What counts when a supplier is chosen by several figures, each as a multiple of the best on offer."""

    price: float = usually(1.0, ge=0, le=1000, description="Of a unit.")
    lead_time: float = usually(1.0, ge=0, le=1000, description="Mean, closed days included.")
    reliability: float = usually(1.0, ge=0, le=1000, description="Chance of coming in full and as quoted.")


class Sourcing(Section):
    """How one of several suppliers is chosen, for each order anew."""

    policy: Annotated[str, SUPPLIER_CHOICE] = usually(
        "by_share", description="by_share: every SKU has one supplier. Else who is best for the order."
    )
    table: FileName | None = usually(
        None,
        description="Who offers what: columns sku, supplier, and price if it is another than the catalog's times the "
        "supplier's factor. Left out: everybody offers every SKU.",
    )
    weights: Weights = usually({}, description="For best_score.")


def _policy_alone(value: Any) -> Any:
    return {"policy": value} if isinstance(value, str) else value


class Supplier(Section):
    """Who delivers goods."""

    lead_time: Annotated[
        Annotated[TimeDistribution, Tag("time")] | Annotated[Days, Tag("working_days")],
        Discriminator(lambda v: "working_days" if isinstance(v, WorkingDays) or "w" in _unit(v) else "time"),
    ] = Field(description='"5 days", "3 working days" or a distribution; whole working days where there is a calendar.')
    calendar: Calendar | None = usually(None, description="Its working days; mon-fri with working days.")
    min_order: int = usually(1, ge=1, le=10**9, description="Least units of a SKU per order.")
    share: Share = usually(
        1, description="Share of SKUs that it supplies, where neither a table nor a sourcing policy says; sum 1."
    )
    price: float = usually(1.0, ge=0, le=1000, description="Of its units, times the catalog's price.")
    late: Late | None = usually(None, description="Lateness; with the lead time always as quoted if left out.")
    short: Short | None = usually(None, description="Less than ordered.")
    parts: dict[Name, Part] = usually({}, description="Planned deliveries of an order; one if left out.")


def _unit(value: Any) -> str:
    """The ``w`` of wd or working days, but not of weeks."""
    text = value if isinstance(value, str) else ""
    return "w" if "wd" in text or "working" in text else ""


class Review(Section):
    """When a periodic rule looks."""

    days: Weekdays = usually("daily", description="Weekdays.")
    at: ClockTime = usually("06:00", description="Time of day.")


class Handling(Section):
    """Work on a supplier's delivery (one SKU)."""

    time: Work = Field(description="Per delivery.")
    per_unit: Duration = usually("0s", description="For each unit, at putaway.")


class Levels(Section):
    """Levels of one SKU; what it leaves out is as for all."""

    on_hand: Count | None = usually(None, description="Units at the start.")
    reorder_point: Annotated[int, Field(ge=-1, le=10**9)] | None = usually(None, description="r, or s.")
    order_quantity: Annotated[int, Field(ge=1, le=10**9)] | None = usually(None, description="q.")
    order_up_to: Count | None = usually(None, description="S.")
    supplier: Name | None = usually(None, description="Whom it comes from, without a sourcing policy.")


class Inventory(Section):
    """Stock and how it is replenished.

    Levels that are not given are computed per SKU from its expected daily demand d and the variance w of a
    day's demand, over the protected days L (lead time, and the review period of RS):
    r = d L + z sqrt(w L + d² var(lead)), q = d x order_cover, S = r + q (RS, base_stock: S = r); z is the
    standard normal quantile of service_level (Silver, Pyke, Thomas 2017, Inventory and Production Management,
    4th ed., ch. 6).
    """

    rule: Literal["rq", "sS", "RS", "base_stock", "none"] = usually("sS", description="How stock is replenished.")
    service_level: Annotated[Share, Field(gt=0, lt=1)] = usually("95 %", description="Per cycle, for safety stock.")
    order_cover: WholeDays = usually("14 days", description="Days of demand in an order quantity.")
    on_hand: Count | None = usually(None, description="Units of each SKU at the start.")
    reorder_point: Annotated[int, Field(ge=-1, le=10**9)] | None = usually(None, description="Of each SKU.")
    order_quantity: Annotated[int, Field(ge=1, le=10**9)] | None = usually(None, description="Of each SKU.")
    order_up_to: Count | None = usually(None, description="Of each SKU.")
    table: FileName | None = usually(
        None,
        description="Columns sku, and any of on_hand, reorder_point, order_quantity, order_up_to, supplier, "
        "forward_capacity, forward_minimum.",
    )
    levels: dict[Name, Levels] = usually({}, description="The same by SKU, over those of the table.")
    suppliers: dict[Name, Supplier] = usually({}, description="By name.")
    sourcing: Annotated[Sourcing, BeforeValidator(_policy_alone)] = usually(
        "by_share", description="Which supplier gets an order: a policy, or {policy: ..., table: ...}."
    )
    shortage: Literal["backorder", "split", "later", "cancel"] = usually(
        "backorder", description="What happens to an order that stock cannot fill."
    )
    waiting: Literal["first_come", "priority"] = usually(
        "first_come",
        description="Who of those that wait for goods gets them: who came first, or by `fulfillment.priority`.",
    )
    review: Review | None = usually(None, description="Periodic look; continuous if left out (daily for RS).")
    receiving: Handling | None = usually(None, description="Station `receiving`.")
    putaway: Handling | None = usually(None, description="Station `putaway`.")
    start: Literal["steady", "given", "empty"] = usually("steady", description="Stock at the start.")
    holding_cost: Share = usually(0, description="Share of a unit's price per year.")
    shortage_cost: Amount = usually(0, description="Per order lost for lack of stock.")
    forward: Forward | None = usually(None, description="Slots that are picked from, apart from the reserve.")
    records: Records | None = usually(None, description="How records differ from the shelf; never, if left out.")
