"""The fields of each form of the data page, and their words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.notes import said
from geo.places import OfficeKind, Standing
from optimizer.staff import Gender, Unit
from service.imports.vocabulary import AUDIENCES
from service.locale import terms
from service.store import Kind

Input = Literal["text", "number", "day", "area", "choice", "flag", "units", "office"]

AUDIENCE = {
    "school": said("School"),
    "university": said("University or institute"),
    "cso": said("Civil society organisation"),
    "women": said("Women's group"),
    "clan": said("Clan"),
    "mosque": said("Mosque or husseiniya"),
    "displaced": said("Displaced people or migrants"),
    "other": said("Others"),
}
assert set(AUDIENCE) == set(AUDIENCES)


@dataclass(frozen=True, slots=True)
class EntryField:
    """One input. ``label``, ``hint`` and the words of ``choices`` are message ids."""

    name: str
    label: str
    input: Input = "text"
    required: bool = False
    usual: str = ""
    hint: str = ""
    choices: Mapping[str, str] | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    finer: bool = False  # folded away: most entries don't need it


_AREA = EntryField("area", said("Area"), "area", required=True)
DAY_HINT = said("Year-month-day, such as 2026-01-31; in 31/1/2026 the day comes first.")
"""A browser's own field for days speaks its maker's language: months of Iraq are not in it."""
_DAY = EntryField("date", said("Date"), "day", required=True, hint=DAY_HINT)
_SOURCE = EntryField(
    "source",
    said("Source"),
    hint=said("Who says so: an office, a letter, a register. No person's name."),
)
_NAMES = (
    EntryField("name_ar", said("Name in Arabic"), hint=said("At least one of the two names.")),
    EntryField("name_en", said("Name in English")),
)
_PLACE = (
    EntryField(
        "lon", said("Longitude"), "number", hint=said("Degrees, such as 47.83."), low=-180, high=180
    ),
    EntryField(
        "lat", said("Latitude"), "number", hint=said("Degrees, such as 30.52."), low=-90, high=90
    ),
)
_AREA_OR_PLACE = EntryField(
    "area",
    said("Area"),
    "area",
    hint=said("Without longitude and latitude its centre stands in for the place, as estimated."),
)
_STANDING = EntryField(
    "standing",
    said("Standing"),
    "choice",
    usual=Standing.REPORTED,
    choices={str(key): word for key, word in terms.STANDING.items()},
    finer=True,
)
_NOTE = EntryField("note", said("Note"), finer=True, hint=said("No person's name."))

FIELDS: Mapping[Kind, Sequence[EntryField]] = {
    Kind.ARRIVALS: (
        _DAY,
        _AREA,
        EntryField(
            "families",
            said("Families"),
            "number",
            required=True,
            hint=said("Families, not persons."),
            low=1,
            high=100_000,
            whole=True,
        ),
        EntryField("origin", said("Where they come from"), hint=said("A governorate or district.")),
        EntryField("clan", said("A whole clan came together"), "flag"),
        EntryField("registered", said("The families are registered"), "flag", usual="yes"),
        EntryField(
            "low", said("At least so many families"), "number", low=0, whole=True, finer=True
        ),
        EntryField(
            "high", said("At most so many families"), "number", low=0, whole=True, finer=True
        ),
        _SOURCE,
    ),
    Kind.REQUESTS: (
        _DAY,
        _AREA,
        EntryField(
            "unit",
            said("Unit asked for"),
            "choice",
            usual=Unit.OUTREACH,
            choices={str(key): word for key, word in terms.UNIT.items()},
        ),
        EntryField("sessions", said("Sessions"), "number", usual="1", low=1, high=1000, whole=True),
        EntryField("hours", said("Hours a session"), "number", usual="2", low=0.5, high=24),
        EntryField("audience", said("Who asked"), "choice", usual="other", choices=AUDIENCE),
        EntryField("for_women", said("For women only"), "flag"),
        _SOURCE,
    ),
    Kind.OFFICES: (
        *_NAMES,
        EntryField(
            "kind",
            said("Kind"),
            "choice",
            usual=OfficeKind.SUB,
            choices={str(key): word for key, word in terms.OFFICE_KIND.items()},
        ),
        _AREA_OR_PLACE,
        *_PLACE,
        EntryField("vehicles", said("Vehicles"), "number", usual="0", low=0, high=1000, whole=True),
        EntryField("capacity", said("Most officers it can hold"), "number", low=0, whole=True),
        EntryField("referral_centre", said("Hosts a referral centre"), "flag"),
        _STANDING,
        _NOTE,
    ),
    Kind.FORUMS: (
        *_NAMES,
        _AREA_OR_PLACE,
        *_PLACE,
        EntryField(
            "meetings_per_month", said("Meetings a month"), "number", usual="1", low=0, high=31
        ),
        EntryField("chaired_by_woman", said("Chaired by a woman"), "flag"),
        EntryField("for_women", said("For women only"), "flag"),
        _STANDING,
        _NOTE,
    ),
    Kind.CROSSINGS: (
        *_NAMES,
        *_PLACE,
        EntryField("open", said("Open"), "flag", usual="yes"),
        _STANDING,
    ),
    Kind.STAFF: (
        EntryField("office", said("Office"), "office", required=True),
        EntryField(
            "unit",
            said("Unit"),
            "choice",
            required=True,
            usual=Unit.PATROL,
            choices={str(key): word for key, word in terms.UNIT.items()},
        ),
        EntryField(
            "gender",
            said("Gender"),
            "choice",
            required=True,
            usual=Gender.WOMAN,
            choices={str(key): word for key, word in terms.GENDER.items()},
        ),
        EntryField(
            "count", said("Posts"), "number", required=True, usual="1", low=1, high=500, whole=True
        ),
        EntryField("skills", said("Units they can serve besides"), "units", finer=True),
        EntryField("locked", said("Stay where they are in every plan"), "flag", finer=True),
    ),
}
"""Posts have no name and no number of a person; what a form leaves out, files can bring."""

TITLE: Mapping[Kind, str] = {
    Kind.ARRIVALS: said("Families arrive"),
    Kind.REQUESTS: said("A session is asked for"),
    Kind.OFFICES: said("An office"),
    Kind.FORUMS: said("A forum"),
    Kind.CROSSINGS: said("A bridge or ferry"),
    Kind.STAFF: said("New posts"),
}
BUTTON: Mapping[Kind, str] = {
    Kind.ARRIVALS: said("A clan or families arrive"),
    Kind.REQUESTS: said("Enter a request"),
    Kind.OFFICES: said("Enter or change an office"),
    Kind.FORUMS: said("Enter or change a forum"),
    Kind.CROSSINGS: said("Open or close a crossing"),
    Kind.STAFF: said("Enter or take out posts"),
}


def usual_values(kind: Kind) -> dict[str, str]:
    """What an empty form shows."""
    return {one.name: str(one.usual) for one in FIELDS[kind] if one.usual}
