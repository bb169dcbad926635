"""How far the data reach, told where a reader would else take old layers for today's.

Layers and plans speak of the newest whole period of the incidents. Told is that period alone,
which every menu of periods shows anyway: never the day of a case.
"""

from datetime import date

from geo.layers import Period
from geo.notes import said
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.store import Kind

OLD_YEARS = 2
"""A newest period that ended longer ago than this is told as old (an assumption)."""

_AFTER = said(
    "This date lies after the newest period of the layers ({period}): it counts once incidents of "
    "that time are loaded."
)
_UNTIL = said(
    "The newest period of the layers is {period}: a later date counts once incidents of that time "
    "are loaded."
)
_OLD = said("The newest incidents are from {period}: layers and plans speak of that time.")


def old_notice(atlas: Atlas, words: Words, today: date) -> str:
    """That the newest incidents are old; empty where they are not, or where there are none."""
    newest = _newest(atlas) if _has_incidents(atlas) else None
    if newest is None or not _is_old(newest, today):
        return ""
    return words.say(_OLD, period=words.period(newest))


def date_notice(atlas: Atlas, words: Words, day: date | None) -> str:
    """That an entry of ``day`` counts in no layer yet; empty where it does."""
    newest = _newest(atlas)
    if newest is None or day is None or day < newest.end:
        return ""
    return words.say(_AFTER, period=words.period(newest))


def date_hint(atlas: Atlas, words: Words, today: date) -> str:
    """For a form before it is filled: how far the layers reach; empty where that is to today."""
    newest = _newest(atlas) if _has_incidents(atlas) else None
    if newest is None or today < newest.end:
        return ""
    return words.say(_UNTIL, period=words.period(newest))


def _newest(atlas: Atlas) -> Period | None:
    return next(iter(atlas.periods()), None)


def _is_old(newest: Period, today: date) -> bool:
    # Whole years by the first of a month: the 29th of February needs no care.
    return date(newest.end.year + OLD_YEARS, newest.end.month, 1) < today


def _has_incidents(atlas: Atlas) -> bool:
    """Incidents in number: else the periods follow what nobody has to hide."""
    return any(one.kind is Kind.INCIDENTS and one.as_of for one in atlas.datasets())
