"""The small commented scenario that ``fulfillsim new`` writes."""

from __future__ import annotations

_TEXT = """\
# A small web shop, to be changed. `fulfillsim check {file}` says what is wrong, `fulfillsim run {file}` runs it.
# Every value has its unit. Every collection is a mapping by name, so that any value has an address:
#   fulfillsim run {file} --set staff.pickers.shifts.early.headcount=5
schema: 1
name: {name}
question: Do four pickers and two packers get the day's orders out by 18:00?
start: 2026-03-02            # first day whose figures count; a week before it warms up
zone: Europe/Berlin
days: 7
currency: EUR
calendar:
  working_days: mon-sat
  holidays: {{2026-04-03: Good Friday}}

zones:                       # where orders go; shares sum to 1
  near: {{share: 70 %}}
  far: {{share: 30 %}}

services:
  standard:
    cutoff: "14:00"          # ordered by then, it leaves the same working day

demand:
  day_cv: 0.1                # some days are busier than others
  channels:
    web:
      orders_per_day: 700
      hours: {{"00-07": 0.3, "07-17": 1, "17-22": 2, "22-24": 0.8}}
      weekdays: {{mon: 1.2, sun: 0.8}}
      lines: {{shares: {{"1": 70 %, "2": 18 %, "3": 8 %, "5": 4 %}}}}
      units: {{geometric: {{mean: 1.3}}}}

catalog:
  skus: 800                  # made; or table: skus.csv
  weight: {{lognormal: {{mean: 600 g, cv: 1}}}}
  volume: {{lognormal: {{mean: 2 l, cv: 1}}}}
  price: {{lognormal: {{mean: 25, cv: 0.8}}}}
layout: {{aisles: 8, cells: 50}}  # with cross-aisles between: blocks: 2, and a routing such as exact

inventory:
  rule: sS                   # order up to S when stock falls to s; levels follow from demand
  suppliers:
    wholesale: {{lead_time: 4 working days}}

staff:                       # all shifts may come from one sheet: shifts: {{table: book.xlsx#shifts}}
  pickers:
    wage: 17 EUR/h
    indirect: 8 %
    skills: {{picking: 1, packing: 2}}
    shifts:
      early:
        hours: 07:00-15:00
        headcount: 4
        breaks: {{lunch: 11:00-11:30}}
      late:
        hours: 11:00-19:00
        headcount: 2
        breaks: {{supper: 15:00-15:30}}
  packers:
    wage: 16 EUR/h
    indirect: 8 %
    skills: {{packing: 1}}
    shifts:
      day:
        hours: 09:00-18:00
        headcount: 2
        breaks: {{lunch: 12:00-12:30}}

processing:
  automatic: 2 min
  clock_start: placed

fulfillment:
  release: on_arrival
  picking:
    tour: {{routing: s_shape, setup: 90s, search: 10s, unit: 3s, speed: 1.0 m/s}}
    batch: {{max_orders: 6}}
  steps:
    packing:
      after: picking
      time: {{per_order: 45s, per_line: 10s, cv: 0.4}}

delivery:
  carriers:
    parcelco:
      calendar: {{working_days: mon-sat}}
      pickups:
        evening: {{time: "18:00"}}
      services:
        ground:
          transit: {{near: 1, far: 2}}
          late: {{"0": 95 %, "1": 5 %}}
          rates: {{zones: {{all: {{"2 kg": 3.90 EUR, "10 kg": 5.90 EUR}}}}, extra_per_kg: 0.60 EUR/kg}}

communication:
  notices: {{confirmation: true, shipped: true, delivered: true}}

targets:
  on_time_shipment: ">= 97 %"
"""


def starter_text(name: str = "my_warehouse") -> str:
    """Text of a valid small scenario with comments; it goes into the file ``name.yaml``."""
    return _TEXT.format(name=name, file=f"{name}.yaml")
