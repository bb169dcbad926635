"""Posts and a scenario's hires as the staff of a problem: counts, never persons."""

from collections import Counter
from collections.abc import Iterable, Sequence

from geo.checks import Fault
from geo.notes import Note, said
from optimizer.problem import Assumption, HireLot
from optimizer.staff import BASIC_UNIT, Post, StaffGroup, Unit
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


def hire_lots(hires: Iterable[Hires]) -> tuple[HireLot, ...]:
    """New officers by gender and unit, each trained for that unit and for outreach.

    Outreach is what the basic training teaches. With only the unit's own skill, a plan would
    move women who have served in it for years to outreach and leave it to recruits.
    """
    total: Counter[tuple[str, str]] = Counter()
    for one in hires:
        if one.count > 0:
            total[one.gender, one.unit] += one.count
    return tuple(
        HireLot.model_validate({"gender": gender, "skills": _trained(Unit(unit)), "count": count})
        for (gender, unit), count in sorted(total.items())
    )


def _trained(unit: Unit) -> tuple[Unit, ...]:
    """The unit that they are hired for comes first."""
    return (unit,) if unit is BASIC_UNIT else (unit, BASIC_UNIT)


def training(hires: Iterable[Hires]) -> tuple[Assumption, ...]:
    """What new officers are assumed to be able to do, where anybody is hired."""
    new = sum(one.count for one in hires if one.count > 0)
    if not new:
        return ()
    return (
        Assumption(
            key="hires.basic_training",
            value=new,
            unit="officers",
            reason="new officers learn outreach with the basic training, beside their unit's work",
            source="assumption",
        ),
    )


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
