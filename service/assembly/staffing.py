"""Posts and a scenario's hires as the staff of a problem: counts, never persons."""

from collections import Counter
from collections.abc import Iterable, Sequence

from geo.checks import Fault
from geo.notes import Note, said
from optimizer.problem import HireLot
from optimizer.staff import Post, StaffGroup, Unit
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
    """New officers by gender and unit; each is trained for the unit it was hired for."""
    total: Counter[tuple[str, str]] = Counter()
    for one in hires:
        if one.count > 0:
            total[one.gender, one.unit] += one.count
    return tuple(
        HireLot.model_validate({"gender": gender, "skills": (unit,), "count": count})
        for (gender, unit), count in sorted(total.items())
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
