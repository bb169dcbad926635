"""Policy rule, share of women: so many of all officers should be women.

``sum x[.,.,woman] + lack >= women_share_target sum x``: the lack is the named shortfall of women
officers (presets: 20 % and 30 %, UN Uniformed Gender Parity Strategy). It bends: staff on the
roll can't be changed by posting it, but the number belongs on the director's page.
"""

from optimizer.model import AllocationModel, total
from optimizer.staff import Gender

NAME = "women_share"
HARD = False


def apply(model: AllocationModel) -> None:
    policies = model.instance.problem.policies
    if policies.women_share_target is None:
        return
    count = model.v.postings.count
    everyone = total(count.values())
    women = total(v for (_, q), v in count.items() if q is Gender.WOMAN)
    most = policies.women_share_target * model.instance.problem.head_count()
    lack = model.policy_slack(NAME, "officers", policies.hours_week, most=most)
    model.require(women + lack >= policies.women_share_target * everyone, NAME)
