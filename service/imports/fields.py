"""The fields of each kind of data and the headers that sources usually give them.

Headers stand best first. They are compared without case, accents, separators and the spelling
habits of Arabic; see ``service.imports.headers``.
"""

from service.imports.headers import named

AREA_FIELDS = (
    named(
        "area",
        "area | area code | area_given | pcode | p-code | المنطقة | منطقة | "
        "الوحدة | الوحدة الإدارية",
    ),
    named(
        "adm3_code",
        "adm3_pcode | admin3pcode | admin3_pcode | adm3 code | subdistrict code | nahiya code",
        tags="#adm3+code",
    ),
    named(
        "adm3_name",
        "adm3_en | adm3_ar | adm3_name | admin3 | admin3name | admin3name_en | "
        "admin3name_ar | sub-district | subdistrict | sub district | nahiya | nahia | ناحية "
        "| الناحية",
        tags="#adm3+name | #adm3",
    ),
    named(
        "adm2_code",
        "adm2_pcode | admin2pcode | admin2_pcode | adm2 code | district code",
        tags="#adm2+code",
    ),
    named(
        "adm2_name",
        "adm2_en | adm2_ar | adm2_name | admin2 | admin2name | admin2name_en | adm_2 | "
        "admin2name_ar | district | qada | qadha | قضاء | القضاء",
        tags="#adm2+name | #adm2",
    ),
    named(
        "adm1_code",
        "adm1_pcode | admin1pcode | admin1_pcode | adm1 code | governorate code",
        tags="#adm1+code",
    ),
    named(
        "adm1_name",
        "adm1_en | adm1_ar | adm1_name | admin1 | admin1name | admin1name_en | adm_1 | "
        "admin1name_ar | governorate | province | محافظة | المحافظة",
        tags="#adm1+name | #adm1",
    ),
)

COORDINATES = (
    named(
        "lon",
        "lon | longitude | long | lng | x | _geo_longitude | _gps_longitude | "
        "_location_longitude | _coordinates_longitude | خط الطول | طول",
        tags="#geo+lon",
    ),
    named(
        "lat",
        "lat | latitude | y | _geo_latitude | _gps_latitude | _location_latitude | "
        "_coordinates_latitude | خط العرض | عرض",
        tags="#geo+lat",
    ),
    named(
        "point", "_geolocation | geopoint | gps | geo | coordinates | الإحداثيات", tags="#geo+coord"
    ),
)

_DATE = (
    named(
        "date",
        "date | event_date | date_start | incident date | date of incident | reporting date "
        "| reportingdate | date of arrival | arrival date | displacement date | report date "
        "| month | تاريخ الحادث | تاريخ الحادثة | تاريخ الوصول | تاريخ النزوح | تاريخ الطلب "
        "| التاريخ | تاريخ | today | start | _submission_time | submissiondate | createdat",
        tags="#date",
    ),
)

_SOURCE = (
    named("source", "source | source_table | data source | dataset | المصدر", tags="#meta+source"),
)

_STANDING = (named("standing", "standing | صفة البيان"),)

_CODE = (named("code", "code | id | الرمز | رمز"),)

_NAMES = (
    named(
        "name_ar",
        "name_ar | arabic name | name (arabic) | الاسم | اسم المكتب | اسم المنتدى | الاسم "
        "بالعربية | اسم الجسر",
    ),
    named("name_en", "name_en | name | english name | name (english) | الاسم بالإنجليزية"),
)

_NOTE = (named("note", "note"),)

INCIDENT_FIELDS = (
    *_DATE,
    named(
        "category",
        "category | event_type | type | crime type | incident type | case type | "
        "type_of_violence | disorder_type | نوع الحادث | نوع الحادثة | نوع القضية | نوع | "
        "النوع | الفئة | التصنيف | التهمة",
        tags="#event+type | #type",
    ),
    named("category_fine", "sub_event_type | subtype | sub type | النوع الفرعي"),
    *COORDINATES,
    *AREA_FIELDS,
    *_SOURCE,
    *_STANDING,
    named(
        "incident_id",
        "incident_id | event_id_cnty | relid | _uuid | instanceid | meta-instanceid | key | "
        "crime id | uuid",
    ),
)

ARRIVAL_FIELDS = (
    *_DATE,
    *AREA_FIELDS,
    named(
        "families",
        "families | number of families | no of families | total families | households | hh "
        "| number of households | idp families | numpresentidphh | عدد العوائل | عدد الأسر "
        "| العوائل | الأسر | عوائل",
        tags="#affected+hh | #affected+idps+hh",
    ),
    named(
        "individuals",
        "individuals | number of individuals | total individuals | persons | "
        "numpresentidpind | idps | idp individuals | عدد الأفراد | الأفراد",
        tags="#affected+idps | #affected+ind | #affected",
    ),
    named("household_size", "household_size | family size | persons per family | حجم الأسرة"),
    named(
        "origin",
        "origin | governorate of origin | place of origin | admin1 of origin | from | "
        "محافظة الأصل | المنشأ | قادمون من | جاء من",
        tags="#adm1+origin | #origin",
    ),
    named("clan", "clan | whole clan | is clan | tribe moved together | عشيرة | عشيرة كاملة"),
    named("registered", "registered | is registered | مسجل | مسجلة"),
    named("low", "low | lower | minimum | الحد الأدنى"),
    named("high", "high | upper | maximum | الحد الأعلى"),
    *_STANDING,
    *_SOURCE,
)

POPULATION_FIELDS = (
    *AREA_FIELDS,
    named(
        "as_of",
        "as_of | date | year | reference date | reference year | census date | التاريخ | "
        "السنة | سنة",
        tags="#date",
    ),
    named(
        "residents",
        "residents | population | total population | t_tl | pop | total | pop_total | "
        "inhabitants | السكان | عدد السكان | مجموع السكان | المجموع",
        tags="#population+total | #population",
    ),
    named("women_share", "women_share | share of women | female share | نسبة النساء | نسبة الإناث"),
    named(
        "women", "women | female | females | f_tl | الإناث | اناث | النساء", tags="#population+f"
    ),
    *_STANDING,
    *_SOURCE,
)

REQUEST_FIELDS = (
    *_DATE,
    *AREA_FIELDS,
    named("unit", "unit | الشعبة | الوحدة المطلوبة"),
    named("sessions", "sessions | number of sessions | عدد الجلسات | الجلسات | عدد الورش"),
    named("hours", "hours | hours per session | duration | الساعات | عدد الساعات | المدة"),
    named("for_women", "for_women | women only | for women | للنساء | نسوية"),
    named("audience", "audience | requested by | institution type | الجمهور | الجهة | نوع الجهة"),
    *_STANDING,
    *_SOURCE,
)

OFFICE_FIELDS = (
    *_CODE,
    *_NAMES,
    *COORDINATES,
    *AREA_FIELDS,
    named("kind", "kind | type | office type | النوع | نوع المكتب"),
    named("referral_centre", "referral_centre | referral center | مركز إحالة | مركز الإحالة"),
    named("capacity", "capacity | max staff | السعة | الطاقة الاستيعابية"),
    named("vehicles", "vehicles | patrol vehicles | cars | المركبات | عدد العجلات | العجلات"),
    *_STANDING,
    *_NOTE,
)

FORUM_FIELDS = (
    *_CODE,
    *_NAMES,
    *COORDINATES,
    *AREA_FIELDS,
    named("chaired_by_woman", "chaired_by_woman | woman chair | ترأسه امرأة"),
    named("for_women", "for_women | women only | للنساء"),
    named("meetings_per_month", "meetings_per_month | meetings | الاجتماعات | اجتماعات شهرية"),
    *_STANDING,
    *_NOTE,
)

CROSSING_FIELDS = (
    *_CODE,
    *_NAMES,
    *COORDINATES,
    named("open", "open | is open | status | مفتوح"),
    *_STANDING,
)

STAFF_FIELDS = (
    named("code", "code | post | post number | رقم الملاك | الملاك"),
    named("office", "office | office code | station | المكتب"),
    named("unit", "unit | section | الشعبة | الوحدة"),
    named("gender", "gender | sex | الجنس"),
    named("skills", "skills | can serve | المهارات"),
    named("home", "home | home subdistrict | home sub-district | residence | السكن"),
    named("locked", "locked | fixed | مثبت"),
    named("count", "count | number | posts | العدد"),
    *_STANDING,
)

TRAVEL_FIELDS = (
    *AREA_FIELDS,
    named("office", "office | office code | to office | المكتب"),
    named(
        "travel_min",
        "travel_min | minutes | travel time | time (min) | duration | الدقائق | زمن الوصول",
    ),
)

UNIT_FIELDS = (
    named("code", "code | pcode | p-code | p_code | الرمز", tags="#adm+code | #geo+code"),
    named("level", "level | admin level"),
    named("name_ar", "name_ar | arabic name | الاسم | الاسم بالعربية"),
    named("name_en", "name_en | name | english name"),
    named("district", "district | district_code | parent | parent_code | parent p-code"),
    named("district_ar", "district_ar | parent_name_ar"),
    named("district_en", "district_en | district_name | parent_name_en | parent_name"),
    named("governorate", "governorate | governorate_code"),
    named("governorate_ar", "governorate_ar"),
    named("governorate_en", "governorate_en | governorate_name"),
    named("valid_from", "valid_from | validon | valid_on"),
    named("valid_to", "valid_to | validto"),
    named("seat_lon", "seat_lon"),
    named("seat_lat", "seat_lat"),
)
