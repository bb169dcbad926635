"""Policy rule, the referral centre first: women officers stand where women in danger come.

``sum_u x[o,u,woman] + lack[o] >= referral_women y[o]`` for each office ``o`` that hosts a referral
centre. It bends, because with few women on the roll it may not be possible, or only by more moves
than are allowed: the lack is a named shortfall of women officers at that office (domain: women who
report domestic violence go to women officers, and the centre is where immediate help is given).
"""

from optimizer.model import AllocationModel, total
from optimizer.staff import Gender

NAME = "referral_women"
HARD = False


def apply(model: AllocationModel) -> None:
    policies = model.instance.problem.policies
    if not policies.referral_women:
        return
    for code in model.instance.offices:
        if not model.instance.office[code].referral_centre:
            continue
        lack = model.policy_slack(
            NAME, "officers", policies.hours_week, office=code, most=policies.referral_women
        )
        women = total(model.v.postings.at_office(code, Gender.WOMAN))
        model.require(
            women + lack >= policies.referral_women * model.v.opened[code], f"{NAME}|{code}"
        )
