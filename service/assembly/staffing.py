"""Posts and a scenario's hires as the staff of a problem: counts, never persons."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from geo.checks import Fault
from geo.notes import Note, said
from optimizer.problem import HireLot
from optimizer.staff import BASIC_UNIT, Gender, Post, StaffGroup, Unit
from service.locale.terms import UNIT
from service.scenario import Hires


def staff_groups(posts: Iterable[Post]) -> tuple[StaffGroup, ...]:
    """Interchangeable posts counted together, sorted by office, unit, gender, skills, lock."""
    counted = Counter(
        (post.office, post.unit, post.gender, _skills(post), post.locked) for post in posts
    )
    return tuple(
        StaffGroup(
            office=office, unit=unit, gender=gender, skills=skills, locked=locked, count=count
        )
        for (office, unit, gender, skills, locked), count in sorted(counted.items())
    )


def _skills(post: Post) -> tuple[Unit, ...]:
    return tuple(sorted({post.unit, *post.skills}))


def hire_lots(hires: Iterable[Hires], trained: float) -> tuple[HireLot, ...]:
    """New officers by gender and unit, for that unit, and this share of them for outreach too.

    Outreach is what the basic training teaches. With only the unit's own skill, a plan would
    move women who have served in it for years to outreach and leave it to recruits. Whole
    officers, halves up.
    """
    total: Counter[tuple[Gender, Unit]] = Counter()
    for one in hires:
        if one.count > 0:
            total[one.gender, one.unit] += one.count
    found = []
    for (gender, unit), count in sorted(total.items()):
        both = 0 if unit is BASIC_UNIT else math.floor(trained * count + 0.5)
        lots = (((unit, BASIC_UNIT), both), ((unit,), count - both))
        found += [HireLot(gender=gender, skills=skills, count=n) for skills, n in lots if n]
    return tuple(found)


def without_leavers(
    groups: Sequence[StaffGroup], hires: Iterable[Hires]
) -> tuple[tuple[StaffGroup, ...], list[Fault]]:
    """The staff after people left (negative hires): from the largest unlocked group first.

    Returns the groups and a fault for each unit that has fewer people than leave it.
    """
    left = list(groups)
    faults: list[Fault] = []
    for row, one in enumerate(hires):
        going = -one.count
        while going > 0:
            able = [
                n
                for n, g in enumerate(left)
                if g.unit is one.unit and g.gender is one.gender and g.count > 0 and not g.locked
            ]
            if not able:
                faults.append(
                    Fault(
                        said("{count} officers can't leave the unit {unit}: it has fewer."),
                        said("Name fewer people who leave."),
                        {"count": -one.count, "unit": Note(UNIT[one.unit])},
                        column=f"hires.{row}.count",
                    )
                )
                break
            largest = min(able, key=lambda n: (-left[n].count, left[n].office))
            taken = min(going, 1)
            left[largest] = left[largest].model_copy(update={"count": left[largest].count - taken})
            going -= taken
    return tuple(group for group in left if group.count > 0), faults
