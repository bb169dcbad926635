"""What a plan lacks, in as few sentences as name every place once.

A shortfall of each area and unit on a line of its own is a wall that nobody reads: areas that
lack the same are said together, and hours that would be said as 0.0 are said as what they are.
"""

from collections import defaultdict
from collections.abc import Sequence

from geo.notes import said
from optimizer.plan import Shortfall, ShortfallKind
from optimizer.staff import Unit
from service.locale import terms
from service.pages.planview import PlanView, shortfall_sentence

TRACE_H = 0.05
"""Hours a week below this are said as 0.0."""

_HOURS = (ShortfallKind.UNMET_HOURS, ShortfallKind.UNMET_WOMEN_HOURS)
_TOGETHER = {
    ShortfallKind.OUT_OF_REACH: said("{unit}: no office reaches {areas} in daily work."),
    ShortfallKind.UNMET_HOURS: said(
        "{unit}: less than 0.1 hours a week are not served in each of {areas}."
    ),
    ShortfallKind.UNMET_WOMEN_HOURS: said(
        "{unit}: less than 0.1 hours a week that need a woman officer are not served in each of "
        "{areas}."
    ),
}


def lack_sentences(view: PlanView) -> list[str]:
    """Every shortfall of the plan; areas that lack the same share a sentence."""
    t = view.words.say
    together: dict[tuple[ShortfallKind, Unit | None], list[Shortfall]] = defaultdict(list)
    alone: dict[ShortfallKind, list[Shortfall]] = defaultdict(list)
    for lack in view.plan.shortfalls:
        trace = lack.kind in _HOURS and lack.amount < TRACE_H
        if trace or lack.kind is ShortfallKind.OUT_OF_REACH:
            together[lack.kind, lack.unit].append(lack)
        else:
            alone[lack.kind].append(lack)
    found: list[str] = []
    for kind in ShortfallKind:
        largest_first = sorted(alone[kind], key=lambda lack: -lack.amount)
        if kind is ShortfallKind.NO_WOMAN_IN_REACH and largest_first:
            found.append(
                t(
                    "No woman officer is posted within {way} of {areas}.",
                    way=view.women_way,
                    areas=_areas(view, largest_first),
                )
            )
        else:
            found += [shortfall_sentence(view, lack) for lack in largest_first]
        for (of_kind, unit), lacks in together.items():
            if of_kind is kind:
                name = t(terms.UNIT[unit]) if unit else t("all units")
                found.append(t(_TOGETHER[kind], unit=name, areas=_areas(view, lacks)))
    return found


def _areas(view: PlanView, lacks: Sequence[Shortfall]) -> str:
    names = list(dict.fromkeys(view.area(lack.area) for lack in lacks))
    return view.listed(names, most=len(names))
