"""Make up the export that the notebook on replaying reads: ``python make_orders.py > orders.csv``.

Three weeks and a week before them of a small wholesaler: invoices of a few lines from Monday to Friday, articles of
which some are asked for much more than others, credit notes, postage.
"""

import csv
import sys
from datetime import datetime, timedelta

import numpy as np

FIRST, DAYS, ARTICLES = datetime(2026, 4, 13), 28, 400


def rows():
    """Invoice, article, pieces, time and country, as an old system would write them."""
    draw = np.random.default_rng(7)
    liked = 1 / np.arange(5, 5 + ARTICLES)
    number = 536000
    for day in range(DAYS):
        date = FIRST + timedelta(days=day)
        usual = 0 if date.weekday() >= 5 else 62 if date.weekday() == 0 else 44
        for minute in np.sort(draw.integers(8 * 60, 18 * 60, draw.poisson(usual))):
            number += 1
            told = f"{date + timedelta(minutes=int(minute)):%d/%m/%Y %H:%M}"
            country = draw.choice(["GB", "FR", "DE"], p=[0.9, 0.05, 0.05])
            articles = draw.choice(ARTICLES, min(12, draw.geometric(0.25)), replace=False, p=liked / liked.sum())
            for article in articles:
                yield number, f"A{article:03d}", draw.geometric(0.3), told, country
            if draw.random() < 0.03:
                yield f"C{number}", f"A{articles[0]:03d}", -1, told, country
            if country != "GB":
                yield number, "POST", 1, told, country


def write(stream):
    """Write the export as CSV."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(("Invoice", "Article", "Pieces", "Time", "Country"))
    table.writerows(rows())


if __name__ == "__main__":
    write(sys.stdout)
