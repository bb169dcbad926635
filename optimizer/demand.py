"""Need and events become officer-hours a week, by area and unit; each term can be opened.

``d[i,u] = incidents + forums + sessions + requests + arrivals + presence`` with

* incidents: ``cases/52.14 * growth * kappa[c] * share[c,u] * officers[c,u] * minutes[c,u]/60``,
  ``omega[c]`` of it needs a woman officer, spread over the shifts by the category's day profile;
* forums: ``meetings * (preparation + meeting + follow-up) * officers / 4.345``, by day;
* sessions: ``residents/10,000 * growth * sessions * hours * officers / 4.345
  * (1 + migrant share)``, by day;
* requests: ``sessions * hours * officers / 4.345``, by day;
* arrivals: ``families * extra[u]``, whole clans also ask for the tribal unit;
* presence: ``presence[u] * residents/10,000 * growth * need/10``: in proportion to need and
  to people, so that cutting an area in two changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator

from pydantic import Field

from geo.places import Code, Document
from optimizer.demand_inputs import (
    DAYTIME,
    EVEN,
    AreaFigures,
    CategoryWork,
    DayProfile,
    DemandAssumptions,
    DemandInputs,
)
from optimizer.problem import DemandItem, Hours, Term
from optimizer.staff import Shift, Unit

WEEKS_MONTH = 4.345
WEEKS_YEAR = 12 * WEEKS_MONTH
PER = 10_000
FULL_NEED = 10.0

_DAY_PARTS = ((0, 8), (8, 16), (16, 24))


class Factor(Document):
    """One number of a product, by its name in the formula."""

    name: str
    value: float


class DemandLine(Document):
    """One line of an opened term: what it is about and the factors that make its hours."""

    area: Code
    unit: Unit
    term: Term
    about: str = Field(default="", description="category, or what else the line is about")
    hours_week: Hours
    women_hours_week: Hours = 0.0
    cases_week: float = Field(default=0.0, ge=0)
    women_cases_week: float = Field(default=0.0, ge=0)
    shift_shares: tuple[float, ...] = ()
    factors: tuple[Factor, ...] = ()


class UnknownCategoryError(ValueError):
    """Cases of a category that no assumption says how to work on."""


def shift_shares(profile: DayProfile, shifts: tuple[Shift, ...]) -> tuple[float, ...]:
    """Shares of a day profile that fall into the shifts; sums to 1, empty without shifts.

    Work outside all shifts is left to those that there are, in proportion. Shifts that run on
    fewer days of the week carry less.
    """
    if not shifts:
        return ()
    density = [w / 8 for w in (profile.night, profile.day, profile.evening)]
    weights = [
        shift.days_week
        / 7
        * sum(
            rate * _overlap(shift.start_hour, shift.start_hour + shift.hours, a + lap, b + lap)
            for rate, (a, b) in zip(density, _DAY_PARTS, strict=True)
            for lap in (0, 24)
        )
        for shift in shifts
    ]
    if sum(weights) <= 0:
        weights = [shift.hours * shift.days_week for shift in shifts]
    return tuple(w / sum(weights) for w in weights)


def _overlap(a: float, b: float, c: float, d: float) -> float:
    return max(0.0, min(b, d) - max(a, c))


def demand_items(
    inputs: DemandInputs, assumptions: DemandAssumptions | None = None
) -> tuple[DemandItem, ...]:
    """Demand by area, unit and term, sorted; negligible lines are kept, empty ones not."""
    grouped: dict[tuple[str, Unit, Term], list[DemandLine]] = defaultdict(list)
    for line in demand_lines(inputs, assumptions):
        grouped[line.area, line.unit, line.term].append(line)
    units, terms = list(Unit), list(Term)
    order = sorted(grouped, key=lambda k: (k[0], units.index(k[1]), terms.index(k[2])))
    return tuple(_item(grouped[key]) for key in order)


def demand_lines(
    inputs: DemandInputs, assumptions: DemandAssumptions | None = None
) -> tuple[DemandLine, ...]:
    """Every line of every term, with its factors: what the page opens.

    Raises ``UnknownCategoryError`` for a category without a ``CategoryWork``.
    """
    chosen = assumptions or DemandAssumptions()
    figures = {a.area: a for a in inputs.areas}
    lines = (
        *_incidents(inputs, chosen, figures),
        *_forums(inputs, chosen),
        *_sessions(inputs, chosen),
        *_requests(inputs, chosen),
        *_arrivals(inputs, chosen),
        *_presence(inputs, chosen),
    )
    return tuple(line for line in lines if line.hours_week > 0)


def _incidents(
    inputs: DemandInputs, chosen: DemandAssumptions, figures: dict[str, AreaFigures]
) -> Iterator[DemandLine]:
    works = {w.category: w for w in chosen.work}
    unknown = sorted({c.category for c in inputs.cases} - set(works))
    if unknown:
        raise UnknownCategoryError(f"no work is assumed for: {', '.join(unknown)}")
    for rate in inputs.cases:
        work = works[rate.category]
        growth = figures[rate.area].growth_factor
        reported = rate.cases_year / WEEKS_YEAR
        yield from _category_lines(rate.area, work, reported, growth, inputs.shifts)


def _category_lines(
    area: str, work: CategoryWork, reported: float, growth: float, shifts: tuple[Shift, ...]
) -> Iterator[DemandLine]:
    for load in work.loads:
        cases = reported * growth * work.kappa * load.share
        hours = cases * load.officers * load.minutes / 60
        yield DemandLine(
            area=area,
            unit=load.unit,
            term=Term.INCIDENTS,
            about=work.category,
            hours_week=hours,
            women_hours_week=hours * work.omega,
            cases_week=cases,
            women_cases_week=cases * work.omega,
            shift_shares=shift_shares(work.profile, shifts),
            factors=_factors(
                reported_week=reported,
                growth=growth,
                kappa=work.kappa,
                share=load.share,
                officers=load.officers,
                hours_case=load.minutes / 60,
                omega=work.omega,
            ),
        )


def _forums(inputs: DemandInputs, chosen: DemandAssumptions) -> Iterator[DemandLine]:
    each = chosen.forum_preparation_h + chosen.forum_meeting_h + chosen.forum_follow_up_h
    for forum in inputs.forums:
        share = chosen.forum_women_share
        if forum.chaired_by_woman:
            share = max(share, chosen.forum_women_share_woman_chair)
        if forum.for_women:
            share = 1.0
        weekly = forum.meetings_month / WEEKS_MONTH
        hours = weekly * each * chosen.forum_officers
        yield DemandLine(
            area=forum.area,
            unit=chosen.forum_unit,
            term=Term.FORUMS,
            hours_week=hours,
            women_hours_week=hours * share,
            shift_shares=shift_shares(DAYTIME, inputs.shifts),
            factors=_factors(
                meetings_week=weekly, hours=each, officers=chosen.forum_officers, omega=share
            ),
        )


def _sessions(inputs: DemandInputs, chosen: DemandAssumptions) -> Iterator[DemandLine]:
    for figures in inputs.areas:
        people = figures.residents * figures.growth_factor / PER
        weekly = people * chosen.sessions_month_per_10k / WEEKS_MONTH
        migrants = 1 + figures.migrant_share
        hours = weekly * chosen.session_h * chosen.session_officers * migrants
        yield DemandLine(
            area=figures.area,
            unit=chosen.session_unit,
            term=Term.SESSIONS,
            hours_week=hours,
            women_hours_week=hours * chosen.session_women_share,
            shift_shares=shift_shares(DAYTIME, inputs.shifts),
            factors=_factors(
                residents_10k=people,
                sessions_week=chosen.sessions_month_per_10k / WEEKS_MONTH,
                hours=chosen.session_h,
                officers=chosen.session_officers,
                migrants=migrants,
                omega=chosen.session_women_share,
            ),
        )


def _requests(inputs: DemandInputs, chosen: DemandAssumptions) -> Iterator[DemandLine]:
    for request in inputs.requests:
        weekly = request.sessions_month / WEEKS_MONTH
        hours = weekly * request.hours_session * chosen.session_officers
        share = float(request.for_women)
        yield DemandLine(
            area=request.area,
            unit=request.unit,
            term=Term.REQUESTS,
            hours_week=hours,
            women_hours_week=hours * share,
            shift_shares=shift_shares(DAYTIME, inputs.shifts),
            factors=_factors(
                sessions_week=weekly,
                hours=request.hours_session,
                officers=chosen.session_officers,
                omega=share,
            ),
        )


def _arrivals(inputs: DemandInputs, chosen: DemandAssumptions) -> Iterator[DemandLine]:
    for arrival in inputs.arrivals:
        rates = [(r, chosen.arrival_women_share) for r in chosen.arrival_h_week_family]
        if arrival.clan:
            rates += [(r, 0.0) for r in chosen.clan_h_week_family]
        for rate, share in rates:
            hours = arrival.families * rate.value
            yield DemandLine(
                area=arrival.area,
                unit=rate.unit,
                term=Term.ARRIVALS,
                about="clan" if arrival.clan else "families",
                hours_week=hours,
                women_hours_week=hours * share,
                shift_shares=shift_shares(DAYTIME, inputs.shifts),
                factors=_factors(families=arrival.families, hours_family=rate.value, omega=share),
            )


def _presence(inputs: DemandInputs, chosen: DemandAssumptions) -> Iterator[DemandLine]:
    for figures in inputs.areas:
        people = figures.residents * figures.growth_factor / PER
        for rate in chosen.presence_h_week_per_10k:
            yield DemandLine(
                area=figures.area,
                unit=rate.unit,
                term=Term.PRESENCE,
                hours_week=people * rate.value * figures.need / FULL_NEED,
                shift_shares=shift_shares(EVEN, inputs.shifts),
                factors=_factors(
                    residents_10k=people,
                    hours_10k=rate.value,
                    need_share=figures.need / FULL_NEED,
                ),
            )


def _factors(**values: float) -> tuple[Factor, ...]:
    return tuple(Factor(name=name, value=value) for name, value in values.items())


def _item(lines: list[DemandLine]) -> DemandItem:
    """Lines of one area, unit and term put together; shift shares weighted by hours."""
    first = lines[0]
    hours = sum(line.hours_week for line in lines)
    shares = tuple(
        sum(line.hours_week * line.shift_shares[t] for line in lines) / hours
        for t in range(len(first.shift_shares))
    )
    return DemandItem(
        area=first.area,
        unit=first.unit,
        term=first.term,
        hours_week=hours,
        women_hours_week=min(hours, sum(line.women_hours_week for line in lines)),
        cases_week=sum(line.cases_week for line in lines),
        women_cases_week=sum(line.women_cases_week for line in lines),
        shift_shares=shares,
    )
