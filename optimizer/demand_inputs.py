"""What demand is made of: figures of the areas, and what the planners assume about work.

``DemandInputs`` holds figures that somebody counted or that layers carry. ``DemandAssumptions``
holds figures that somebody chose: each has its reason, and a source where there is one. No
Iraqi study of police working time was found, so the times below are assumptions to be replaced
by the office's own records.
"""

from typing import Self

from pydantic import Field, model_validator

from geo.places import Code, Document
from optimizer.problem import Assumption
from optimizer.staff import Shift, Unit

CHOSEN = "assumption"
TRUST = (
    "reports fall short of cases: 74% of Basra residents had little or no trust in local or "
    "regional authorities; the size of the factor is an assumption"
)
TRUST_SOURCE = "IOM study, Basra, 2021"
NO_STUDY = "no study of working time was found for Iraq; replace by the office's own records"


class AreaFigures(Document):
    """An area's people and need. ``growth_factor`` carries today's rates to the horizon year."""

    area: Code
    residents: float = Field(ge=0)
    need: float = Field(ge=0, le=10)
    growth_factor: float = Field(default=1.0, ge=0)
    migrant_share: float = Field(default=0.0, ge=0, le=1)


class CaseRate(Document):
    """Cases of a category that an area reports, a year."""

    area: Code
    category: str
    cases_year: float = Field(ge=0)


class ForumLoad(Document):
    """Meetings that the forums of an area hold."""

    area: Code
    meetings_month: float = Field(ge=0)
    for_women: bool = False
    chaired_by_woman: bool = False


class RequestLoad(Document):
    """Awareness sessions that somebody asked for."""

    area: Code
    unit: Unit = Unit.OUTREACH
    sessions_month: float = Field(ge=0)
    hours_session: float = Field(gt=0)
    for_women: bool = False


class ArrivalLoad(Document):
    """Families that came within the last 12 months, or will come in the scenario."""

    area: Code
    families: float = Field(ge=0)
    clan: bool = Field(default=False, description="came as a whole clan")


class DemandInputs(Document):
    """Everything counted; see the module's text."""

    areas: tuple[AreaFigures, ...]
    shifts: tuple[Shift, ...] = ()
    cases: tuple[CaseRate, ...] = ()
    forums: tuple[ForumLoad, ...] = ()
    requests: tuple[RequestLoad, ...] = ()
    arrivals: tuple[ArrivalLoad, ...] = ()

    @model_validator(mode="after")
    def _areas_are_known(self) -> Self:
        known = {a.area for a in self.areas}
        named = [c.area for c in self.cases] + [f.area for f in self.forums]
        named += [r.area for r in self.requests] + [a.area for a in self.arrivals]
        unknown = sorted(set(named) - known)
        if unknown:
            raise ValueError(f"demand names areas without figures: {', '.join(unknown)}")
        return self


class DayProfile(Document):
    """How work spreads over the day: weights of the hours 0-8, 8-16, 16-24."""

    night: float = Field(ge=0)
    day: float = Field(ge=0)
    evening: float = Field(ge=0)


DAYTIME = DayProfile(night=0, day=1, evening=0)
EVENING_HEAVY = DayProfile(night=0.2, day=0.35, evening=0.45)
EVEN = DayProfile(night=0.25, day=0.4, evening=0.35)


class UnitLoad(Document):
    """What one case of a category asks of a unit."""

    unit: Unit
    share: float = Field(ge=0, le=1, description="share of cases the unit works on")
    officers: float = Field(ge=0)
    minutes: float = Field(ge=0, description="on site, each officer; the road is paid apart")


class CategoryWork(Document):
    """How cases of a category become work.

    ``kappa`` is the reporting factor (cases for each reported one), ``omega`` the share of cases
    that needs a woman officer.
    """

    category: str
    kappa: float = Field(ge=1)
    omega: float = Field(ge=0, le=1)
    loads: tuple[UnitLoad, ...]
    profile: DayProfile = EVEN


def _work(
    category: str,
    kappa: float,
    omega: float,
    *loads: tuple[Unit, float, float, float],
    profile: DayProfile = EVEN,
) -> CategoryWork:
    return CategoryWork(
        category=category,
        kappa=kappa,
        omega=omega,
        loads=tuple(
            UnitLoad(unit=u, share=s, officers=n, minutes=minutes) for u, s, n, minutes in loads
        ),
        profile=profile,
    )


P, O, T, W, R = Unit.PATROL, Unit.OUTREACH, Unit.TRIBAL, Unit.WOMEN, Unit.REFERRAL  # noqa: E741

DEFAULT_WORK: tuple[CategoryWork, ...] = (
    _work("domestic_violence", 2.5, 0.8, (P, 0.4, 2, 60), (W, 1, 2, 120), (R, 0.6, 1, 90)),
    _work("family_dispute", 1.5, 0.5, (P, 0.3, 2, 60), (O, 0.5, 2, 90), (W, 0.5, 2, 90)),
    _work("electronic_extortion", 2.0, 0.6, (P, 0.1, 2, 45), (W, 0.6, 1, 120), (R, 0.5, 1, 90)),
    _work("drug_abuse", 1.5, 0.1, (P, 0.5, 2, 60), (O, 1, 2, 90), profile=EVENING_HEAVY),
    _work("tribal_conflict", 1.2, 0.0, (P, 0.5, 2, 90), (T, 1, 3, 240)),
    _work("violent_conflict", 1.2, 0.1, (P, 1, 2, 60), (T, 0.3, 2, 180), profile=EVENING_HEAVY),
    _work("illicit_weapons", 1.2, 0.0, (P, 1, 2, 60), profile=EVENING_HEAVY),
    _work("sexual_violence", 3.0, 0.9, (P, 0.3, 2, 60), (W, 1, 2, 150), (R, 1, 1, 120)),
    _work("child_abuse", 2.5, 0.7, (P, 0.3, 2, 60), (W, 1, 2, 120), (R, 0.8, 1, 120)),
    _work("other", 1.2, 0.2, (P, 1, 2, 60)),
)

del P, O, T, W, R


class UnitRate(Document):
    """A rate of one unit."""

    unit: Unit
    value: float = Field(ge=0)


def _rates(**values: float) -> tuple[UnitRate, ...]:
    return tuple(UnitRate(unit=Unit(unit), value=value) for unit, value in values.items())


class DemandAssumptions(Document):
    """Everything chosen; ``as_assumptions`` lists it with reasons for the page."""

    work: tuple[CategoryWork, ...] = DEFAULT_WORK
    forum_unit: Unit = Unit.OUTREACH
    forum_preparation_h: float = Field(default=4.0, ge=0)
    forum_meeting_h: float = Field(default=3.0, ge=0)
    forum_follow_up_h: float = Field(default=6.0, ge=0)
    forum_officers: float = Field(default=2.0, ge=0)
    forum_women_share: float = Field(default=0.25, ge=0, le=1)
    forum_women_share_woman_chair: float = Field(default=0.5, ge=0, le=1)
    session_unit: Unit = Unit.OUTREACH
    sessions_month_per_10k: float = Field(default=0.5, ge=0)
    session_h: float = Field(default=3.0, ge=0, description="preparation included")
    session_officers: float = Field(default=2.0, ge=0)
    session_women_share: float = Field(default=0.5, ge=0, le=1)
    arrival_h_week_family: tuple[UnitRate, ...] = _rates(outreach=0.02, women=0.01)
    arrival_women_share: float = Field(default=0.5, ge=0, le=1)
    clan_h_week_family: tuple[UnitRate, ...] = _rates(tribal=0.05)
    presence_h_week_per_10k: tuple[UnitRate, ...] = _rates(patrol=12.0, outreach=2.0)

    def as_assumptions(self) -> tuple[Assumption, ...]:
        """Each figure with its key, unit, reason and source."""
        return (*self._of_categories(), *self._of_terms())

    def _of_categories(self) -> list[Assumption]:
        found = []
        for work in self.work:
            key = f"incidents.{work.category}"
            found.append(_chosen(f"{key}.kappa", work.kappa, "cases/report", TRUST, TRUST_SOURCE))
            found.append(
                _chosen(
                    f"{key}.omega",
                    work.omega,
                    "share",
                    "women who report domestic violence go to women officers; the share by "
                    "category is an assumption",
                    "IOM Iraq, Toward a safer Basra, 2022",
                )
            )
            for load in work.loads:
                at = f"{key}.{load.unit}"
                found.append(_chosen(f"{at}.share", load.share, "share", NO_STUDY))
                found.append(_chosen(f"{at}.officers", load.officers, "officers", NO_STUDY))
                found.append(_chosen(f"{at}.minutes", load.minutes, "min", NO_STUDY))
        return found

    def _of_terms(self) -> list[Assumption]:
        monthly = "forums meet monthly (IOM 2022); the hours are an assumption"
        pair = "officers go out in pairs, as patrols do"
        women = "women's share of those who take part; replace by attendance lists"
        found = [
            _chosen("forums.preparation_h", self.forum_preparation_h, "h/meeting", monthly),
            _chosen("forums.meeting_h", self.forum_meeting_h, "h/meeting", monthly),
            _chosen("forums.follow_up_h", self.forum_follow_up_h, "h/meeting", monthly),
            _chosen("forums.officers", self.forum_officers, "officers", pair),
            _chosen("forums.women_share", self.forum_women_share, "share", women),
            _chosen(
                "forums.women_share_woman_chair",
                self.forum_women_share_woman_chair,
                "share",
                "a woman in the chair, as in Al-Ma'qil, brings more women to the forum",
            ),
            _chosen(
                "sessions.per_month_per_10k",
                self.sessions_month_per_10k,
                "sessions/month/10,000",
                "one session a month for 20,000 residents beside those asked for",
            ),
            _chosen("sessions.hours", self.session_h, "h/session", NO_STUDY),
            _chosen("sessions.officers", self.session_officers, "officers", pair),
            _chosen("sessions.women_share", self.session_women_share, "share", women),
            _chosen("arrivals.women_share", self.arrival_women_share, "share", women),
        ]
        newcomers = "an hour a year for a family of newcomers (0.02 h a week); assumption"
        clan = "whole clans bring their disputes and their elders: tribal coordination; assumption"
        near = "visible presence at need 10; the rest of patrol time is for calls; assumption"
        for prefix, unit, reason, rates in (
            ("arrivals", "h/week/family", newcomers, self.arrival_h_week_family),
            ("clans", "h/week/family", clan, self.clan_h_week_family),
            ("presence", "h/week/10,000", near, self.presence_h_week_per_10k),
        ):
            found += [_chosen(f"{prefix}.{r.unit}", r.value, unit, reason) for r in rates]
        return found


def _chosen(key: str, value: float, unit: str, reason: str, source: str = CHOSEN) -> Assumption:
    return Assumption(key=key, value=value, unit=unit, reason=reason, source=source)
