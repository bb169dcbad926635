"""What the demo knows and what it makes up. Every figure has its source or the mark SYNTHETIC.

IOM: IOM Iraq, "Toward a safer Basra", 2022. OSM: OpenStreetMap contributors. GeoNames: CC BY.
CSO: Central Statistical Organization and Ministry of Planning of Iraq. DTM: IOM's Displacement
Tracking Matrix. What nobody published (posts by unit, places of eight forums, incidents, where
displaced families arrive) is SYNTHETIC: made up to try the product, never to decide anything.
"""

from dataclasses import dataclass
from datetime import date

SYNTHETIC = "SYNTHETIC (Mizan demo)"
IOM = "IOM Iraq, Toward a safer Basra, 2022"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the demo. ``standing`` is that of the weakest fact in the row."""

    code: str
    name_ar: str
    name_en: str
    lon: float
    lat: float
    area: str
    standing: str
    note: str
    kind: str = ""
    referral_centre: bool = False
    vehicles: int = 0
    chaired_by_woman: bool = False


# Three offices and the referral centre: IOM. Five patrols at the start: IOM; how they are split
# over the offices is not published.
OFFICES = (
    Place(
        "asmai", "مكتب الأصمعي الرئيسي", "Al-Asma'i main office", 47.80, 30.52, "IQG02Q02N02",
        "estimated", f"{IOM}; place within 1.5 km; split of the five patrols is {SYNTHETIC}",
        kind="main", vehicles=3,
    ),
    Place(
        "ashar", "مكتب العشار", "Al-Ashar office", 47.8344, 30.5219, "IQG02Q02N02",
        "estimated", f"{IOM}; place: OSM; split of the five patrols is {SYNTHETIC}",
        kind="sub", vehicles=1,
    ),
    Place(
        "shatt-al-arab", "مكتب شط العرب ومركز الإحالة", "Shatt al-Arab office, referral centre",
        47.8475, 30.5226, "IQG02Q07N02", "estimated",
        f"{IOM}; place: Tanuma, OSM; split of the five patrols is {SYNTHETIC}",
        kind="sub", referral_centre=True, vehicles=1,
    ),
    Place(
        "qurna", "مكتب القرنة (مقترح)", "Al-Qurna (candidate)", 47.434, 31.016, "IQG02Q05N03",
        "synthetic", f"candidate at the seat of the district; {SYNTHETIC}", kind="candidate",
    ),
    Place(
        "zubair", "مكتب الزبير (مقترح)", "Al-Zubair (candidate)", 47.702, 30.392, "IQG02Q06N01",
        "synthetic", f"candidate at the seat of the district; {SYNTHETIC}", kind="candidate",
    ),
    Place(
        "abu-al-khaseeb", "مكتب أبي الخصيب (مقترح)", "Abu Al-Khaseeb (candidate)", 47.978, 30.446,
        "IQG02Q01N02", "synthetic", f"candidate at the seat of the district; {SYNTHETIC}",
        kind="candidate",
    ),
    Place(
        "faw", "مكتب الفاو (مقترح)", "Al-Faw (candidate)", 48.473, 29.974, "IQG02Q03N02",
        "synthetic", f"candidate at the seat of the district; {SYNTHETIC}", kind="candidate",
    ),
)  # fmt: skip

# Nine active forums: IOM. Only Al-Ma'qil is described (its chair is a woman); the places of the
# other eight are not published: they stand at seats of sub-districts.
FORUMS = (
    Place(
        "forum-maqil", "منتدى المعقل", "Al-Ma'qil forum", 47.7804, 30.5564, "IQG02Q02N02",
        "reported", f"{IOM}; place: OSM", chaired_by_woman=True,
    ),
    *(
        Place(
            f"forum-{code}", f"منتدى {ar} (موضع افتراضي)", f"{en} forum (placed)", lon, lat, area,
            "synthetic", f"one of eight forums without a published place; {SYNTHETIC}",
        )
        for code, ar, en, lon, lat, area in (
            ("khaseeb", "أبي الخصيب", "Abu Al-Khaseeb", 47.978, 30.446, "IQG02Q01N02"),
            ("hartha", "الهارثة", "Al-Hartha", 47.73, 30.70, "IQG02Q02N01"),
            ("faw", "الفاو", "Al-Faw", 48.473, 29.974, "IQG02Q03N02"),
            ("midaina", "المدينة", "Al-Midaina", 47.270, 30.963, "IQG02Q04N02"),
            ("qurna", "القرنة", "Al-Qurna", 47.434, 31.016, "IQG02Q05N03"),
            ("zubair", "الزبير", "Al-Zubair", 47.702, 30.392, "IQG02Q06N01"),
            ("um-qasr", "أم قصر", "Um Qasr", 47.920, 30.036, "IQG02Q06N03"),
            ("shatt", "شط العرب", "Shatt al-Arab", 47.848, 30.523, "IQG02Q07N02"),
        )
    ),
)  # fmt: skip

# Crossings in the city: OSM (Khalid within 1.5 km). The others are assumed where a seat stands at
# a river of the default boundaries, so that its people are not cut off; no list was found.
CROSSINGS = (
    ("tanuma", "جسر التنومة", "Tanuma bridge", 47.8422, 30.5236, "reported"),
    ("italian", "الجسر الإيطالي", "Italian bridge (M. B. al-Sadr)", 47.831, 30.539, "reported"),
    ("khalid", "جسر خالد", "Khalid bridge", 47.782, 30.575, "estimated"),
    ("dair", "معبر الدير (افتراضي)", "Al-Dair crossing (assumed)", 47.5876, 30.8085, "synthetic"),
    ("qurna-tigris", "جسر القرنة على دجلة (افتراضي)", "Al-Qurna, Tigris (assumed)",
     47.4304, 31.0157, "synthetic"),
    ("qurna-euphrates", "جسر القرنة على الفرات (افتراضي)", "Al-Qurna, Euphrates (assumed)",
     47.4341, 31.0148, "synthetic"),
    ("thagar", "معبر الثغر (افتراضي)", "Al-Thagar crossing (assumed)",
     47.433, 31.1876, "synthetic"),
    ("midaina", "جسر المدينة (افتراضي)", "Al-Midaina bridge (assumed)",
     47.2691, 30.9608, "synthetic"),
    ("howweir", "جسر الهوير (افتراضي)", "Al-Howweir bridge (assumed)",
     47.3122, 30.9664, "synthetic"),
)  # fmt: skip

# About 90 staff (IOM), 7 women (IOM 2025: over 100 in 14 governorates, about 7 each; Basra's own
# number is not published). Units: IOM. How they are spread is SYNTHETIC.
# office, unit, gender, posts, further units they can serve
POSTS = (
    ("asmai", "patrol", "man", 16, ()),
    ("asmai", "patrol", "man", 4, ("outreach",)),
    ("asmai", "outreach", "man", 8, ()),
    ("asmai", "outreach", "man", 3, ("patrol",)),
    ("asmai", "tribal", "man", 8, ("outreach",)),
    ("asmai", "women", "woman", 3, ("referral", "outreach")),
    ("asmai", "women", "man", 2, ("outreach",)),
    ("ashar", "patrol", "man", 9, ()),
    ("ashar", "patrol", "man", 2, ("outreach",)),
    ("ashar", "outreach", "man", 7, ("patrol",)),
    ("ashar", "tribal", "man", 2, ("outreach",)),
    ("ashar", "women", "woman", 2, ("referral", "outreach")),
    ("ashar", "women", "man", 1, ("outreach",)),
    ("shatt-al-arab", "patrol", "man", 9, ()),
    ("shatt-al-arab", "outreach", "man", 6, ("patrol",)),
    ("shatt-al-arab", "tribal", "man", 3, ("outreach",)),
    ("shatt-al-arab", "referral", "woman", 2, ("women", "outreach")),
    ("shatt-al-arab", "referral", "man", 3, ("outreach",)),
)

# Basra governorate: CSO 2010, 2018; Ministry of Planning 2020.
GOVERNORATE = "IQG02"
TOTALS = (
    (date(2010, 7, 1), 2_468_328, "CSO"),
    (date(2018, 7, 1), 2_908_491, "CSO"),
    (date(2020, 7, 1), 3_063_059, "Ministry of Planning"),
)
WOMEN_SHARE = 0.4978  # Iraq, census of November 2024, CSO

# Undated figures of GeoNames; the other ten sub-districts share the rest of the official total.
TOWN_WEIGHTS = {
    "IQG02Q02N02": 1_326_564,
    "IQG02Q04N02": 255_000,
    "IQG02Q05N03": 134_174,
    "IQG02Q06N01": 122_676,
    "IQG02Q06N03": 107_620,
    "IQG02Q03N02": 104_569,
    "IQG02Q02N01": 92_395,
    "IQG02Q06N02": 22_929,
}

# DTM: about 950 families displaced by drought registered in Basra, January 2024; origins from the
# national caseload of March 2025 (Thi-Qar 14,136, Missan 5,318 families).
REGISTERED_BY = date(2024, 1, 31)
REGISTERED_FAMILIES = 950
ORIGINS = (("Thi-Qar", 14_136), ("Missan", 5_318))
ARRIVALS_FROM, ARRIVALS_TO = date(2022, 3, 15), date(2024, 12, 15)

INCIDENTS_FROM, INCIDENTS_MONTHS = date(2023, 1, 1), 24
# Incidents a month, governorate: SYNTHETIC. The order follows IOM (the four most common) and the
# hotline's bulletins (family violence before extortion); no count for Basra is published.
MONTHLY = {
    "domestic_violence": 54.4,
    "family_dispute": 48.0,
    "electronic_extortion": 40.0,
    "drug_abuse": 43.2,
    "tribal_conflict": 20.8,
    "violent_conflict": 12.8,
    "illicit_weapons": 8.0,
    "sexual_violence": 3.2,
    "child_abuse": 4.8,
    "other": 6.4,
}
