"""Plans side by side beyond the measures: who stands at each office, who serves each district."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.exports.served import OfficeStrength
from service.locale.words import Words
from service.pages.planview import PlanView, district_name


@dataclass(frozen=True, slots=True)
class Row:
    """A place by its name, with one cell for each plan."""

    name: str
    cells: tuple[str, ...]


def office_rows(views: Sequence[PlanView]) -> list[Row]:
    """Officers of each office, of them women; a dash where a plan has no such open office."""
    found = []
    for code in dict.fromkeys(code for view in views for code in view.strengths):
        strengths = [view.strengths.get(code) for view in views]
        if not any(one is not None and one.is_open for one in strengths):
            continue
        name = next(view.office(code) for view in views if code in view.offices)
        cells = tuple(
            view.words.number(None)
            if one is None or not one.is_open
            else _officers(view.words, one)
            for view, one in zip(views, strengths, strict=True)
        )
        found.append(Row(name, cells))
    return found


def _officers(words: Words, one: OfficeStrength) -> str:
    women = words.count("of them {n} woman", "of them {n} women", one.women)
    return words.joined((words.number(one.officers), women))


def district_rows(views: Sequence[PlanView]) -> list[Row]:
    """Women's demand served in each district, then all demand."""
    found = []
    for code in dict.fromkeys(code for view in views for code in view.districts):
        cells = []
        for view in views:
            served = view.districts.get(code)
            women = served.women_served_share if served else None
            every = served.served_share if served else None
            cells.append(f"{view.words.percent(women)} · {view.words.percent(every)}")
        found.append(Row(district_name(views[0], code), tuple(cells)))
    return found


def same_ground(views: Sequence[PlanView]) -> bool:
    """Whether all plans were made from the same version of the data."""
    return len({view.problem.data_version for view in views}) < 2  # noqa: PLR2004 (one version)
