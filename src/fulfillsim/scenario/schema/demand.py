"""Who orders what, when and through which channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from fulfillsim.scenario.fields import ClockTime, Day, Duration, PositiveDuration, Rate, Share, Weekdays
from fulfillsim.scenario.schema.base import FileName, HourProfile, Name, Section, WeekdayFactors, usually
from fulfillsim.scenario.schema.distributions import CountDistribution, TimeDistribution
from fulfillsim.scenario.schema.work import Work


class ZoneShare(Section):
    """A destination zone."""

    share: Share = Field(description="Share of orders that go there; all zones sum to 1.")


class Priority(Section):
    """A class of urgency."""

    rank: int = Field(ge=0, le=20, description="0 is most urgent.")
    share: Share = Field(description="Share of orders of this class; all classes sum to 1.")


class Capture(Section):
    """People who take orders down: agents on the phone, staff at a counter."""

    time: Work = Field(description="Time of a call or a visit at the counter.")
    station: Name | None = usually(None, description="Queue served by roles; the channel's name by default.")
    patience: TimeDistribution | None = usually(None, description="After it a waiting customer leaves.")
    lines: int | None = usually(None, ge=1, description="Customers at once, being served included.")
    discipline: Literal["fifo", "priority", "shortest"] = usually(
        "fifo", description="fifo; priority (smaller class first); shortest (least work first)."
    )


class RatePoints(Section):
    """A rate through time by points, given here or in a table, repeated every ``cycle``."""

    points: dict[Duration, Rate] | None = usually(None, description="{0h: 30/h, 3h: 45/h}")
    file: FileName | None = usually(None, description="Table with the columns time and per_hour.")
    interpolate: Literal["step", "linear"] = usually("step", description="Between the points.")
    cycle: PositiveDuration | None = usually(None, description="Repeat after it; hold the last rate if left out.")


class RateWave(Section):
    """A rate that swings: mean + amplitude x sin(2 pi t / period), t since the start of the warm-up."""

    mean: Rate = Field(description="Rate in the middle.")
    amplitude: Rate = Field(description="Largest distance from it, at most the mean.")
    period: PositiveDuration = Field(description="Length of one swing.")


def _rate_kind(value: Any) -> str:
    if not isinstance(value, Mapping | Section):
        return "constant"
    return "wave" if isinstance(value, RateWave) or "amplitude" in dict(value) or "mean" in dict(value) else "points"


AnyRate = Annotated[
    Annotated[Rate, Tag("constant")] | Annotated[RatePoints, Tag("points")] | Annotated[RateWave, Tag("wave")],
    Discriminator(_rate_kind),
]


class Profile(Section):
    """The week by hour from a sheet: how orders spread over it, and how many where nothing else says so."""

    table: FileName = Field(
        description="Columns weekday, hour, and orders (or weight): a row per hour; or hour, mon, tue ... sun."
    )


def _orders_alone(value: Any) -> Any:
    return {"orders": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class ForecastDay(Section):
    """What is expected of one day."""

    orders: float = Field(ge=0, le=1e8, description="Orders; weekday and special-day factors are in it already.")
    lines: float | None = usually(None, ge=1, le=10_000, description="Mean lines per order; the channel's if left out.")
    units: float | None = usually(None, ge=1, le=100_000, description="Mean units per line; the channel's if left out.")


class Forecast(Section):
    """The forecast of each day from a sheet, laid below what channels say themselves."""

    table: FileName = Field(description="Columns date, channel, orders; and lines (per order), units (per line).")


class Channel(Section):
    """A way in for orders. Give one of ``orders_per_day``, ``rate``, ``headway``."""

    kind: Literal["web", "phone", "in_person", "file_drop"] = usually("web", description="How orders come.")
    client: Name | None = usually(None, description="Whose orders they are, where there are `clients`.")
    orders_per_day: float | None = usually(None, ge=0, le=1e8, description="On a day of factor 1.")
    hours: HourProfile = usually({"00-24": 1}, description="How a day's orders spread over its hours.")
    profile: Profile | None = usually(None, description="Instead of hours and weekdays: the week by hour from a sheet.")
    weekdays: WeekdayFactors = usually({}, description="Factor by weekday: {mon: 1.2, sat-sun: 0.8}.")
    forecast: dict[Day, Annotated[ForecastDay, BeforeValidator(_orders_alone)]] = usually(
        {}, description="Orders of certain days, instead: {2026-03-06: 7200}, spread by hours."
    )
    rate: AnyRate | None = usually(None, description="Instead: a rate, constant or through time.")
    headway: TimeDistribution | None = usually(None, description="Instead: times between arrivals.")
    orders_per_arrival: CountDistribution | None = usually(None, description="Orders that come together.")
    lines: CountDistribution | None = usually(None, description="Lines per order; needs a catalog.")
    units: CountDistribution = usually(1, description="Units per line.")
    gift_prob: Share = usually(0, description="Chance of gift wrap.")
    instruction_prob: Share = usually(0, description="Chance of a special instruction.")
    capture_error_prob: Share = usually(0, description="Chance that the order is taken down wrongly.")
    priorities: dict[Name, Priority] = usually({}, description="Classes of urgency; one if left out.")
    zone_shares: dict[Name, Share] = usually({}, description="Instead of the shares of `zones`.")
    service_shares: dict[Name, Share] = usually({}, description="Instead of the shares of `services`.")
    capture: Capture | None = usually(None, description="For phone and in_person: who takes orders down.")
    drops: dict[Name, ClockTime] = usually({}, description="For file_drop: times of day of the files.")
    drop_days: Weekdays = usually("daily", description="Weekdays of the files.")


class SpecialDay(Section):
    """A day with more or fewer orders than its weekday."""

    factor: float = Field(ge=0, le=1000, description="On all orders of the day.")
    channels: dict[Name, Annotated[float, Field(ge=0, le=1000)]] = usually(
        {}, description="Further factors by channel."
    )


class Columns(Section):
    """Which column of the file means what; what is left out is drawn."""

    order: Name = Field(description="Id of the order.")
    placed: Name = Field(description="Local time at which the order was placed.")
    sku: Name | None = usually(None, description="SKU; needed unless a row is a whole order.")
    quantity: Name | None = usually(None, description="Units of a row; one if left out.")
    channel: Name | None = usually(None, description="Channel.")
    zone: Name | None = usually(None, description="Destination zone.")
    service: Name | None = usually(None, description="Requested service.")
    priority: Name | None = usually(None, description="Class of urgency, 0 first.")
    gift: Name | None = usually(None, description="Whether it is a gift.")
    client: Name | None = usually(None, description="Client; that of the channel if left out.")


class History(Section):
    """Orders replayed from a file instead of drawn; what it lacks is drawn."""

    file: FileName = Field(description="CSV or Parquet; may lie outside the scenario's folder.")
    orders_file: FileName | None = usually(None, description="Second file with one row per order.")
    one_row_per: Literal["line", "unit", "order"] = Field(description="What a row of the file stands for.")
    columns: Columns = Field(description="Columns of the file by what they mean.")
    time_format: str = usually("ISO8601", description="As in strptime: %m/%d/%Y %H:%M.")
    drop: dict[Name, dict[str, Any]] = usually(
        {}, description="Rows to leave out: {cancelled: {column: Invoice, starts_with: C}}."
    )
    times: Literal["fault", "first", "last"] = usually("fault", description="If an order has several times.")
    same_sku: Literal["sum", "fault"] = usually("sum", description="If an order has a SKU twice.")
    translate: dict[Name, dict[str, Name]] = usually(
        {}, description='Words of the file to our names: {zone: {"United Kingdom": home, "*": abroad}}.'
    )
    delimiter: str = usually(",", min_length=1, max_length=1, description="Of a CSV file.")
    encoding: str = usually("utf-8-sig", description="Of a CSV file.")
    channel: Name | None = usually(None, description="Channel of all orders; the first by name if left out.")
    hours: HourProfile | None = usually(
        None, description="For dates without a time of day: how a day's orders spread over its hours; drawn."
    )
    shift: Annotated[int, Field(ge=-36_600, le=36_600)] | Literal["weeks"] = usually(
        0, description="Days to move it by; weeks: to the run's first week, weekdays kept."
    )


def _factor_alone(value: Any) -> Any:
    return {"factor": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Demand(Section):
    """All channels and the randomness they share."""

    channels: dict[Name, Channel] = Field(min_length=1, description="Ways in for orders, by name.")
    factor: float = usually(1.0, ge=0, le=1000, description="On all volumes.")
    day_cv: float = usually(0.0, ge=0, le=3, description="Busyness shared by all hours of a day (cv).")
    forecast_error_cv: float = usually(0.0, ge=0, le=3, description="Shared by a whole replication (cv).")
    dispersion: float = usually(1.0, ge=1, le=1000, description="Variance / mean of counts left; 1 is Poisson.")
    special_days: dict[Day, Annotated[SpecialDay, BeforeValidator(_factor_alone)]] = usually(
        {}, description="{2026-03-06: {factor: 1.5}}"
    )
    forecast: Forecast | None = usually(None, description="Daily volumes from a sheet.")
    history: History | None = usually(None, description="Replay a file.")
