"""The 18 sub-districts and 7 districts: codes, names, seats and areas.

Codes, names and areas are those of the official list of 2019 (facts, not geometry): the areas are
the targets of the diagram. Seats are latitude, longitude in degrees (WGS84). A seat that GeoNames
knows carries its GeoNames number and takes the gazetteer's coordinates in the build.
"""

from dataclasses import dataclass

GOVERNORATE_CODE = "IQG02"
GOVERNORATE_NAME_EN = "Al-Basrah"
GOVERNORATE_NAME_AR = "البصرة"


@dataclass(frozen=True)
class District:
    """A qada' (ADM2)."""

    code: str
    name_en: str
    name_ar: str


@dataclass(frozen=True)
class Subdistrict:
    """A nahiya (ADM3) with the facts that its cell is built from."""

    code: str
    name_en: str
    name_ar: str
    area_km2: int
    seat_lat: float
    seat_lon: float
    seat_geonames_id: int | None = None

    @property
    def district_code(self) -> str:
        return self.code[:8]


DISTRICTS = (
    District("IQG02Q01", "Abu Al-Khaseeb", "ابي الخصيب"),
    District("IQG02Q02", "Al-Basrah", "البصرة"),
    District("IQG02Q03", "Al-Faw", "الفاو"),
    District("IQG02Q04", "Al-Midaina", "المدينة"),
    District("IQG02Q05", "Al-Qurna", "القرنة"),
    District("IQG02Q06", "Al-Zubair", "الزبير"),
    District("IQG02Q07", "Shat Al-Arab", "شط العرب"),
)

SUBDISTRICTS = (
    Subdistrict("IQG02Q01N01", "Al-Siba", "السيبة", 953, 30.326, 48.266),
    Subdistrict(
        "IQG02Q01N02", "Markaz Abu Al-Khaseeb", "مركز ابي الخصيب", 192, 30.446, 47.978, 100050
    ),
    Subdistrict("IQG02Q02N01", "Al-Hartha", "الهارثة", 943, 30.70, 47.73),
    Subdistrict("IQG02Q02N02", "Markaz Al-Basrah", "مركز البصرة", 266, 30.508, 47.780, 99532),
    Subdistrict("IQG02Q03N01", "Al-Bahhar", "البحار", 1083, 30.176, 48.398, 7326104),
    Subdistrict("IQG02Q03N02", "Markaz Al-Faw", "مركز الفاو", 417, 29.974, 48.473, 99446),
    Subdistrict("IQG02Q04N01", "Al-Howweir", "الهوير", 298, 30.970, 47.306),
    Subdistrict("IQG02Q04N02", "Markaz Al-Midaina", "مركز المدينة", 421, 30.963, 47.270, 99106),
    Subdistrict("IQG02Q04N03", "Talha", "طلحة", 306, 30.967, 47.397),
    Subdistrict("IQG02Q05N01", "Al-Dair", "الدير", 851, 30.80, 47.58),
    Subdistrict("IQG02Q05N02", "Al-Thagar", "الثغر", 1107, 31.19, 47.43),
    Subdistrict("IQG02Q05N03", "Markaz Al-Qurna", "مركز القرنة", 133, 31.016, 47.434, 98993),
    Subdistrict("IQG02Q06N01", "Markaz Al-Zubair", "مركز الزبير", 1065, 30.392, 47.702, 98245),
    Subdistrict("IQG02Q06N02", "Safwan", "سفوان", 8565, 30.117, 47.716, 91772),
    Subdistrict("IQG02Q06N03", "Um Qasr", "ام قصر", 307, 30.036, 47.920, 89824),
    Subdistrict("IQG02Q07N01", "Al-Nashwa", "النشوة", 513, 30.79, 47.63),
    Subdistrict("IQG02Q07N02", "Markaz Shat Al-Arab", "مركز شط العرب", 1338, 30.523, 47.848),
    Subdistrict("IQG02Q07N03", "Outba", "عتبة", 147, 30.481, 48.014, 7326105),
)

# Almost half of the governorate and mostly desert: it takes what no settlement claims, and it
# bears the difference between the official area and that of the open outline.
DESERT_CODE = "IQG02Q06N02"
