"""What keeping a file would do to the map, told before it is kept.

Made from the file's good rows and from what the reader is told anyway, never from rows of the
store: an outlook that knew these would answer guesses (decision 61).
"""

from datetime import date

import pandas as pd

from geo.layers import LayerCode, Period
from geo.notes import said
from geo.places import Level
from geo.rates import Window
from service.coverage import covered_months, covered_years, reaching
from service.imports.staging import Preview
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.store import Kind

_OFF_THE_MAP = frozenset({Kind.REQUESTS, Kind.STAFF, Kind.TRAVEL})
"""Kinds that plans read and no layer of the map does."""


def outlook(preview: Preview, atlas: Atlas, words: Words, *, exact: bool) -> tuple[str, ...]:
    """Sentences on what would move or stay; ``exact``: counts of the kind may be told."""
    summary, kind = preview.summary, preview.staged.kind
    if exact and not summary.kept and not summary.removed:
        return (words.say(said("No row is new: nothing on the map will change.")),)
    told = []
    if summary.retired_demo:
        told.append(words.say(said("The demo's rows of this kind are put aside.")))
    days = _days(preview)
    if kind is Kind.INCIDENTS and len(days):
        told += _of_incidents(preview, days, atlas, words)
    elif kind is Kind.ARRIVALS and len(days):
        told += _of_arrivals(preview, days, atlas, words)
    elif kind in _OFF_THE_MAP:
        told.append(words.say(said("No layer of the map changes by this kind: plans count it.")))
    return tuple(told)


def _days(preview: Preview) -> pd.Series:
    """Days of the good rows; none where the kind has none."""
    days = [record.get("date") for record in preview.what.made.records]
    return pd.Series(pd.to_datetime([day for day in days if day is not None]))


def _of_incidents(preview: Preview, days: pd.Series, atlas: Atlas, words: Words) -> list[str]:
    if not preview.by_area:
        return [
            words.say(said("None of the rows lies in an area: nothing on the map will change."))
        ]
    brought = covered_months(days)
    before = _months_told(atlas)
    if brought is None:
        if not preview.summary.retired_demo:
            return []
        lost = said(
            "No month of the file has ten cases: layers of incidents will tell nearly nothing."
        )
        return [words.say(lost)]
    after = brought
    if before is not None and not preview.summary.retired_demo:
        after = Period(min(before.start, brought.start), max(before.end, brought.end))
    told = []
    if after != before:
        now, then = (words.period(one) for one in (before, after))
        key = said("Layers of incidents tell of {now} now; with this file they tell of {then}.")
        told.append(words.say(key, now=now, then=then))
    newest = covered_years(after, days, after.end)[0]
    if brought.end > newest.end:
        later = said(
            "Rows of after {year} are of a year that is not whole yet: layers of whole years, "
            "which the map opens with, do not show them."
        )
        told.append(words.say(later, year=words.period(newest)))
    return told


def _months_told(atlas: Atlas) -> Period | None:
    """From the first to the last month that the map tells incidents of."""
    level = next(iter(atlas.levels()), Level.DISTRICT)
    months = atlas.periods(Window.MONTH, level, LayerCode.INCIDENT_RATE)
    return Period(months[-1].start, months[0].end) if months else None


def _of_arrivals(preview: Preview, days: pd.Series, atlas: Atlas, words: Words) -> list[str]:
    newest: date = days.max().date()
    level = next(iter(atlas.levels()), Level.DISTRICT)
    before = next(iter(atlas.periods(Window.YEAR, level, LayerCode.INFLUX)), None)
    incidents = tuple(atlas.periods())
    told = []
    after = before
    if preview.summary.retired_demo and incidents:
        after = reaching(incidents, Window.YEAR, newest)[0]
    elif before is not None:
        after = reaching((before,), Window.YEAR, newest)[0]
    if before is not None and after is not None and after != before:
        key = said(
            "The newest period of influx and need is {now} now; with this file it is {then}."
        )
        told.append(words.say(key, now=words.period(before), then=words.period(after)))
    known = None if preview.summary.retired_demo else atlas.arrivals_until
    if known is not None and newest < known.replace(year=known.year - 1, day=1):
        old = said(
            "All of these arrivals are older than the twelve months that the influx of the newest "
            "period counts: it will not change, only that of earlier periods."
        )
        told.append(words.say(old))
    return told
