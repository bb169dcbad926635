"""Words of the trade as message ids: what codes of layers, units, tiers ... are called."""

from typing import Literal

from geo.layers import LayerCode
from geo.notes import said
from geo.places import Level, OfficeKind, Standing
from optimizer.plan import ShortfallKind, Status
from optimizer.problem import Term, TierName
from optimizer.staff import Gender, Unit
from service.auth.roles import Role
from service.imports.dates import Order
from service.store.datasets import Kind

LEVEL = {
    Level.GOVERNORATE: said("Governorate"),
    Level.DISTRICT: said("District"),
    Level.SUBDISTRICT: said("Sub-district"),
    Level.CELL: said("Planning cell"),
}
LEVELS = {
    Level.GOVERNORATE: said("Governorates"),
    Level.DISTRICT: said("Districts"),
    Level.SUBDISTRICT: said("Sub-districts"),
    Level.CELL: said("Planning cells"),
}
STANDING = {
    Standing.OFFICIAL: said("official"),
    Standing.GENERALISED: said("generalised, not official"),
    Standing.REPORTED: said("reported"),
    Standing.ESTIMATED: said("estimated"),
    Standing.SYNTHETIC: said("SYNTHETIC, for demonstration"),
}
STANDING_TONE: dict[Standing, Literal["good", "warn", "bad"]] = {
    Standing.OFFICIAL: "good",
    Standing.GENERALISED: "warn",
    Standing.REPORTED: "good",
    Standing.ESTIMATED: "warn",
    Standing.SYNTHETIC: "bad",
}
"""The colour and sign of a standing, the same on every page and on paper."""
LAYER = {
    LayerCode.NEED: said("Need index"),
    LayerCode.INCIDENT_RATE: said("Incident rate"),
    LayerCode.INCIDENT_DENSITY: said("Incident density"),
    LayerCode.INFLUX: said("Influx of displaced families"),
    LayerCode.GROWTH: said("Population growth"),
    LayerCode.RESIDENTS: said("Residents"),
    LayerCode.INCIDENT_SURFACE: said("Incident density as a surface"),
    LayerCode.HOTSPOTS: said("Hot spots"),
    LayerCode.TREND: said("Trend of incidents"),
    LayerCode.NEAR_REPEAT: said("Near repeats"),
}
COMPONENT = {
    "incidents": said("All incidents"),
    "severe": said("Severe incidents"),
    "influx": said("Influx of displaced families"),
    "growth": said("Population growth"),
}
MEAN = {
    "arithmetic": said("arithmetic"),
    "geometric": said("geometric"),
    "inverted": said("inverted"),
    "harmonic": said("harmonic"),
}
LAYER_SHORT = {
    LayerCode.NEED: said("Need"),
    LayerCode.INCIDENT_RATE: said("Incidents"),
    LayerCode.INCIDENT_DENSITY: said("Density"),
    LayerCode.INFLUX: said("Influx"),
    LayerCode.GROWTH: said("Growth"),
    LayerCode.RESIDENTS: said("Residents"),
    LayerCode.INCIDENT_SURFACE: said("Surface"),
    LayerCode.HOTSPOTS: said("Hot spots"),
    LayerCode.TREND: said("Trend"),
    LayerCode.NEAR_REPEAT: said("Near repeats"),
}
UNIT = {
    Unit.PATROL: said("Patrol"),
    Unit.OUTREACH: said("Community outreach"),
    Unit.TRIBAL: said("Tribal coordination"),
    Unit.WOMEN: said("Women's engagement"),
    Unit.REFERRAL: said("Referral centre"),
}
GENDER = {Gender.WOMAN: said("Women officers"), Gender.MAN: said("Men officers")}
ONE_OFFICER = {Gender.WOMAN: said("A woman officer"), Gender.MAN: said("A man officer")}
OFFICE_KIND = {
    OfficeKind.MAIN: said("Main office"),
    OfficeKind.SUB: said("Sub-office"),
    OfficeKind.CANDIDATE: said("Candidate site"),
}
STATUS = {
    Status.PROVEN: said("Proven best"),
    Status.FEASIBLE: said("Legal, not proven best"),
    Status.INFEASIBLE: said("No legal plan exists"),
    Status.UNKNOWN: said("No answer within the time limit"),
}
TIER = {
    TierName.LEGALITY: said("Keep every policy"),
    TierName.WOMEN_ACCESS: said("Women within reach of women officers"),
    TierName.FAIRNESS_WOMEN: said("Fairness for women's demand"),
    TierName.FAIRNESS_ALL: said("Fairness for all demand"),
    TierName.UNMET: said("Least unmet hours, weighted by need"),
    TierName.MOVES: said("Fewest moves from today"),
    TierName.ROAD: said("Least time on the road"),
    TierName.TIE_BREAK: said("Fixed tie-break"),
}
TIER_MEASURE = {
    TierName.LEGALITY: said("units of policies bent"),
    TierName.WOMEN_ACCESS: said("women residents with access"),
    TierName.FAIRNESS_WOMEN: said("sum of the worst shares left unserved"),
    TierName.FAIRNESS_ALL: said("sum of the worst shares left unserved"),
    TierName.UNMET: said("officer-hours a week, weighted by need"),
    TierName.MOVES: said("officers moved"),
    TierName.ROAD: said("minutes on the road a week"),
    TierName.TIE_BREAK: said("no meaning by itself"),
}
TERM = {
    Term.INCIDENTS: said("Incidents"),
    Term.FORUMS: said("Forum meetings"),
    Term.SESSIONS: said("Awareness sessions"),
    Term.REQUESTS: said("Sessions requested"),
    Term.ARRIVALS: said("Newly arrived families"),
    Term.PRESENCE: said("Presence in proportion to need"),
}
SHORTFALL = {
    ShortfallKind.OUT_OF_REACH: said("Out of reach"),
    ShortfallKind.NO_WOMAN_IN_REACH: said("No woman officer within reach"),
    ShortfallKind.UNMET_HOURS: said("Hours not served"),
    ShortfallKind.UNMET_WOMEN_HOURS: said("Women's demand not served"),
    ShortfallKind.SHIFT_WITHOUT_WOMEN: said("A shift without women officers"),
    ShortfallKind.SHIFT_BELOW_TWO: said("A shift with fewer than two on duty"),
    ShortfallKind.POLICY: said("A policy that had to bend"),
}
DATE_ORDER = {
    Order.AUTO: said("as recognised"),
    Order.DAY_FIRST: said("day, month, year"),
    Order.MONTH_FIRST: said("month, day, year"),
}
ROLE = {
    Role.VIEWER: said("Viewer"),
    Role.PLANNER: said("Planner"),
    Role.DIRECTOR: said("Director"),
    Role.ADMIN: said("Administrator"),
}
KIND = {
    Kind.BOUNDARIES: said("Boundaries"),
    Kind.POPULATION: said("Population"),
    Kind.INCIDENTS: said("Incidents"),
    Kind.ARRIVALS: said("Arrivals"),
    Kind.OFFICES: said("Offices"),
    Kind.STAFF: said("Staff posts"),
    Kind.FORUMS: said("Forums"),
    Kind.REQUESTS: said("Requests"),
    Kind.CROSSINGS: said("Crossings"),
    Kind.TRAVEL: said("Travel times"),
}
