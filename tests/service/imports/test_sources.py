"""Files as their sources write them: recognised without a word from the planner."""

import io

import openpyxl
import pytest

from service.store import Store

from .conftest import Bring

ACLED = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,"
    "iso,region,country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,"
    "source_scale,notes,fatalities,timestamp\n"
    "IRQ1,04 March 2024,2024,1,Political violence,Battles,Armed clash,Tribal Militia,368,ME,Iraq,"
    "Al Basrah,Al Basrah,,Basrah,30.5,48.5,1,Al Sumaria,National,Two men named X,0,1\n"
    "IRQ2,05 March 2024,2024,1,Political violence,Violence against civilians,Sexual violence,"
    "Unknown,368,ME,Iraq,Al Basrah,Shatt Al Arab,,Tanuma,30.5,50.2,1,Al Sumaria,National,Text,0,1\n"
    "IRQ3,06 March 2024,2024,1,Demonstrations,Protests,Peaceful protest,Protesters,368,ME,Iraq,"
    "Baghdad,Karkh,,Baghdad,33.3,44.4,1,Al Sumaria,National,Text,0,1\n"
)


def test_acled(store: Store, bring: Bring) -> None:
    found = bring("incidents", ACLED)
    assert (found.read, found.kept, found.rejected) == (3, 3, 0)
    frame = store.incidents()
    assert list(frame["category"]) == ["violent_conflict", "sexual_violence", "other"]
    assert list(frame["area_given"].fillna("-")) == ["IQG02Q02", "IQG02Q07", "-"]
    assert {d.header for d in found.dropped if d.personal} == {"notes"}
    assert any(n.params.get("n") == 1 and "not loaded" in n for n in found.notes)


def test_acled_revises_an_event_by_its_id(store: Store, bring: Bring) -> None:
    bring("incidents", ACLED)
    found = bring("incidents", ACLED.replace("05 March 2024", "07 March 2024"))
    assert (found.kept, found.already, found.revised) == (1, 2, 1)
    assert sorted(store.incidents()["date"].dt.day) == [4, 6, 7]


def test_ucdp_with_an_hxl_row(store: Store, bring: Bring) -> None:
    text = (
        "id,relid,year,type_of_violence,where_prec,adm_1,adm_2,latitude,longitude,date_start,date_end\n"
        "#id,#event+code,#date+year,#event+type,#geo+prec,#adm1+name,#adm2+name,#geo+lat,#geo+lon,"
        "#date+start,#date+end\n"
        "1,IRQ-2006-1-1,2006,1,1,Basra,Basra,30.5,48.5,2006-05-01,2006-05-01\n"
    )
    found = bring("incidents", text)
    assert (found.read, found.kept) == (1, 1)
    assert found.columns["date"] == "date_start"
    assert store.incidents()["lon"].iloc[0] == 48.5


def test_kobo_with_groups_and_semicolons(store: Store, bring: Bring) -> None:
    text = (
        '"start";"grp_event/date_of_incident";"grp_event/type";"grp_person/name";"grp_person/phone";'
        '"_geo_latitude";"_geo_longitude";"_uuid";"_submission_time"\n'
        '"2024-05-02";"2024-05-01";"عنف أسري";"زينب";"07701234567";"30.5";"48.5";"a-1";"2024-05-02"\n'
        '"2024-05-03";"2024-05-02";"ابتزاز إلكتروني";"مريم";"07701234568";"30.6";"48.6";"a-2";"2024-05-03"\n'
    )
    found = bring("incidents", text)
    assert (found.kept, found.rejected) == (2, 0)
    assert found.columns["date"] == "grp_event/date_of_incident"
    assert found.columns["incident_id"] == "_uuid"
    assert found.personal_cells == 4
    assert list(store.incidents()["category"]) == ["domestic_violence", "electronic_extortion"]


def test_odk_point_in_one_column(store: Store, bring: Bring) -> None:
    text = (
        "today,type,gps,KEY\n2024-05-01,drugs,30.5 48.5 0 5,uuid:1\n2024-05-01,drugs,30.5,uuid:2\n"
    )
    found = bring("incidents", text)
    assert (found.kept, found.rejected) == (1, 1)
    row = store.incidents().iloc[0]
    assert (row.lon, row.lat) == (48.5, 30.5)


def test_police_uk_months(store: Store, bring: Bring) -> None:
    text = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,Crime type\n"
        "ab12,2024-03,X,X,48.5,30.5,On or near A,E1,Drugs\n"
        ",2024-03,X,X,48.6,30.5,On or near A,E1,Possession of weapons\n"
        ",2024-03,X,X,48.6,30.5,On or near A,E1,Possession of weapons\n"
    )
    found = bring("incidents", text)
    assert (found.kept, found.flagged) == (3, 1)
    assert list(store.incidents()["category"]) == [
        "drug_abuse",
        "illicit_weapons",
        "illicit_weapons",
    ]
    assert any("only the month" in n for n in found.notes)


ARABIC = (
    "ت;التاريخ;نوع الحادث;القضاء;الناحية;خط الطول;خط العرض;اسم المشتكي;رقم الهاتف;ملاحظات\n"
    "١;٠٥/٠٣/٢٠٢٤;عنف اسري;القرنه;مركز القرنة;٤٩٫٥;٣٠٫٥;علي;٠٧٧٠١٢٣٤٥٦٧;نص حر\n"
    "٢;٢٥/٠٣/٢٠٢٤;مشاجرة;شط العرب;;;;حسن;;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16"])
def test_arabic_headers_digits_and_encodings(store: Store, bring: Bring, encoding: str) -> None:
    # Windows-1256 has no Arabic-Indic digits and marks.
    western = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789,")
    text = ARABIC.translate(western) if encoding == "cp1256" else ARABIC
    found = bring("incidents", text.encode(encoding))
    assert (found.read, found.kept) == (2, 2)
    frame = store.incidents()
    assert list(frame["category"]) == ["domestic_violence", "violent_conflict"]
    assert list(frame["area_given"]) == ["IQG02Q05N03", "IQG02Q07"]
    assert [d.strftime("%m-%d") for d in frame["date"]] == ["03-05", "03-25"]
    assert frame["lon"].iloc[0] == 49.5
    assert {d.header for d in found.dropped if d.personal} == {
        "اسم المشتكي",
        "رقم الهاتف",
        "ملاحظات",
    }


def _workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_dtm_workbook_with_its_header_on_row_two(store: Store, bring: Bring) -> None:
    rows = [
        ["DTM Iraq, Master List Round 130", None, None, None, None, None, None, None],
        ["LocationID", "Governorate", "District", "Sub-district", "Latitude", "Longitude", "Families",
         "Individuals", "Thi-Qar", "Missan"],
        [1, "Basrah", "Al-Qurna", "Markaz Al-Qurna", 30.5, 49.5, 12, 72, 10, 2],
        [2, "Basrah", "Shatt Al-Arab", None, 30.5, 50.5, 5, 30, 0, 5],
        [3, "Basrah", "Al-Qurna", "Markaz Al-Qurna", 30.5, 49.5, 0, 0, 0, 0],
    ]  # fmt: skip
    book = _workbook(("Read me", [["Text"], ["more"]]), ("Full Dataset", rows))
    found = bring("arrivals", book, "dtm.xlsx", day="2024-01-31", source="IOM DTM")
    # A place that a round counts as empty is a figure: whoever was there has left.
    assert (found.read, found.kept, found.rejected) == (3, 3, 0)
    frame = store.arrivals()
    assert list(frame["area"]) == ["IQG02Q05N03", "IQG02Q07", "IQG02Q05N03"]
    assert list(frame["families"]) == [12, 5, 0]
    assert list(frame["origin"]) == ["Thi-Qar 10, Missan 2", "Missan 5", ""]
    assert set(frame["source"]) == {"IOM DTM"}


def test_dtm_api_csv_by_its_hxl_row(store: Store, bring: Bring) -> None:
    text = (
        "admin0Name,admin1Name,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,roundNumber\n"
        "#country+name,#adm1+name,#adm2+name,#adm2+code,#affected+idps,#date+reported,#round+code\n"
        "Iraq,Basrah,Al-Qurna,IQG02Q05,600,2024-01-31,130\n"
    )
    found = bring("arrivals", text)
    assert found.kept == 1
    assert list(store.arrivals()["families"]) == [100]
    assert any("6.0 persons" in n for n in found.notes)


def test_a_workbook_of_dates_and_numbers(store: Store, bring: Bring) -> None:
    from datetime import date

    rows = [["date", "category", "adm3_pcode"], [date(2024, 5, 1), "Drug abuse", "IQG02Q01N01"]]
    found = bring("incidents", _workbook(("Sheet1", rows)), "a.xlsx")
    assert found.kept == 1
    assert str(store.incidents()["date"].iloc[0].date()) == "2024-05-01"


def test_points_as_geojson(store: Store, bring: Bring) -> None:
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        '{"date": "2024-01-02", "type": "drugs"}, '
        '"geometry": {"type": "Point", "coordinates": [48.5, 30.5]}}]}'
    )
    assert bring("incidents", text, "a.geojson").kept == 1
    assert store.incidents()["lat"].iloc[0] == 30.5
