"""How far bare postings are from the posting rules: the compass of everything without a solver."""

from optimizer.instance import GENDERS, Cell, Instance
from optimizer.staff import Gender, Unit

LONE_WOMAN = 0.5  # half a breach, so that a second woman may follow the first


def violation(
    instance: Instance, opened: frozenset[str], count: dict[tuple[Cell, Gender], int]
) -> float:
    """Sum of officers too many, too few or alone over the offices; 0 when all is well."""
    return sum(office_violation(instance, o, count, o in opened) for o in instance.offices)


def office_violation(
    instance: Instance, code: str, count: dict[tuple[Cell, Gender], int], is_open: bool
) -> float:
    """The part of one office."""
    office = instance.office[code]
    by_gender = {q: sum(count.get((Cell(code, u), q), 0) for u in instance.units) for q in GENDERS}
    staff = sum(by_gender.values())
    if not is_open:
        return float(staff)
    wrong = float(max(0, office.min_staff - staff))
    if office.capacity is not None:
        wrong += max(0, staff - office.capacity)
    if Unit.REFERRAL in instance.units:
        counsellors = sum(count.get((Cell(code, Unit.REFERRAL), q), 0) for q in GENDERS)
        wrong += max(0, office.min_counsellors - counsellors)
    if by_gender[Gender.WOMAN] == 1:
        wrong += LONE_WOMAN
    own = Cell(code, Unit.WOMEN)
    women, men = count.get((own, Gender.WOMAN), 0), count.get((own, Gender.MAN), 0)
    share = instance.problem.policies.women_unit_share
    return wrong + max(0.0, share * (women + men) - women)
