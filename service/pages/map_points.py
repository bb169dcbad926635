"""What stands on the map besides areas: offices with their staff, forums, crossings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo.places import Crossing, Forum, Office, Standing
from optimizer.staff import Gender
from service.locale import terms
from service.locale.words import Words
from service.maps.sheet import MapPoint
from service.pages.atlas import Atlas
from service.pages.newest_plan import NewestPlan

OnDuty = Mapping[str, tuple[tuple[str, int], ...]]
"""Office -> (shift, women officers on duty in an ordinary week)."""


@dataclass(frozen=True, slots=True)
class OfficeStaff:
    """How many stand at an office today."""

    officers: int = 0
    women: int = 0


def staff_of(atlas: Atlas) -> dict[str, OfficeStaff]:
    """Posts by office."""
    found: dict[str, OfficeStaff] = {}
    for post in atlas.posts():
        had = found.get(post.office, OfficeStaff())
        found[post.office] = OfficeStaff(
            had.officers + 1, had.women + (post.gender is Gender.WOMAN)
        )
    return found


def map_points(atlas: Atlas, words: Words, plan: NewestPlan | None = None) -> list[MapPoint]:
    """Offices with staff and women (on duty where a plan says so), forums, crossings."""
    staff = staff_of(atlas)
    duty: OnDuty = plan.women_on_duty(words) if plan is not None else {}
    return [
        *(_forum(forum, words) for forum in atlas.forums()),
        *(_crossing(crossing, words) for crossing in atlas.crossings()),
        *(
            _office(office, staff.get(office.code, OfficeStaff()), duty, words)
            for office in atlas.offices()
        ),
    ]


def points_of(places: Iterable[Office | Forum | Crossing], words: Words) -> list[MapPoint]:
    """Places by themselves, without staff: those of a file that is looked at."""
    found = []
    for place in places:
        match place:
            case Office():
                found.append(_office(place, OfficeStaff(), {}, words))
            case Forum():
                found.append(_forum(place, words))
            case Crossing():
                found.append(_crossing(place, words))
    return found


def standing_line(words: Words, standing: Standing) -> tuple[tuple[str, str], ...]:
    """Said where a thing is less than reported."""
    if standing in {Standing.OFFICIAL, Standing.REPORTED}:
        return ()
    return ((words.say("Standing"), words.say(terms.STANDING[standing])),)


def _office(office: Office, staff: OfficeStaff, duty: OnDuty, words: Words) -> MapPoint:
    lines = [(words.say("Kind"), words.say(terms.OFFICE_KIND[office.kind]))]
    if staff.officers:
        lines.append((words.say("Officers"), words.number(staff.officers)))
        lines.append((words.say("Women officers"), words.number(staff.women)))
    lines += [
        (words.say("Women on duty, {shift}", shift=shift), words.number(women))
        for shift, women in duty.get(office.code, ())
    ]
    if office.vehicles:
        lines.append((words.say("Vehicles"), words.number(office.vehicles)))
    if office.referral_centre:
        lines.append((words.say("Referral centre"), words.say("yes")))
    return MapPoint(
        kind=office.kind.value,
        code=office.code,
        name=words.name(office),
        lon=office.lon,
        lat=office.lat,
        lines=(*lines, *standing_line(words, office.standing)),
        figure=words.number(staff.officers) if staff.officers else "+",
        women=words.number(staff.women) if staff.officers else "",
    )


def _forum(forum: Forum, words: Words) -> MapPoint:
    lines = [(words.say("Kind"), words.say("Community policing forum"))]
    lines.append((words.say("Meetings a month"), words.number(forum.meetings_per_month)))
    if forum.chaired_by_woman:
        lines.append((words.say("Chaired by a woman"), words.say("yes")))
    return MapPoint(
        kind="forum",
        code=forum.code,
        name=words.name(forum),
        lon=forum.lon,
        lat=forum.lat,
        lines=(*lines, *standing_line(words, forum.standing)),
    )


def _crossing(crossing: Crossing, words: Words) -> MapPoint:
    state = words.say("open") if crossing.open else words.say("closed")
    return MapPoint(
        kind="open" if crossing.open else "closed",
        code=crossing.code,
        name=words.name(crossing),
        lon=crossing.lon,
        lat=crossing.lat,
        lines=((words.say("Crossing"), state), *standing_line(words, crossing.standing)),
    )
