"""How far incidents reach, told where a reader would else take old rates for today's.

Told is the newest whole period of the incidents alone, which every menu of periods shows anyway:
never the day of a case.
"""

from datetime import date

from geo.layers import Period
from geo.notes import said
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.store import Kind

OLD_YEARS = 2
"""A newest period that ended longer ago than this is told as old (an assumption)."""

_OLD = said(
    "The newest whole period of incidents is {period}: incident rates, and the part of need and of "
    "plans that is made of them, speak of that time."
)


def old_notice(atlas: Atlas, words: Words, today: date) -> str:
    """That the newest incidents are old; empty where they are not, or where there are none."""
    newest = _newest(atlas) if _has_incidents(atlas) else None
    if newest is None or not _is_old(newest, today):
        return ""
    return words.say(_OLD, period=words.period(newest))


def _newest(atlas: Atlas) -> Period | None:
    return next(iter(atlas.periods()), None)


def _is_old(newest: Period, today: date) -> bool:
    # Whole years by the first of a month: the 29th of February needs no care.
    return date(newest.end.year + OLD_YEARS, newest.end.month, 1) < today


def _has_incidents(atlas: Atlas) -> bool:
    """Incidents in number: else the periods follow what nobody has to hide."""
    return any(one.kind is Kind.INCIDENTS and one.as_of for one in atlas.datasets())
