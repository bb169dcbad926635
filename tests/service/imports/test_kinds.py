"""Population, arrivals, offices, forums, staff, travel, crossings."""

from optimizer.staff import Gender, Unit
from service.store import Store

from .conftest import Bring

OFFICES = (
    "code,name_en,name_ar,kind,lon,lat,district,referral_centre,vehicles\n"
    "asmai,Al-Asma'i,الأصمعي,main,48.5,30.5,Al-Basrah,no,3\n"
    "tanuma,Tanuma,التنومة,sub,50.5,30.5,,yes,1\n"
)


def test_offices_know_their_area_by_source_or_by_place(store: Store, bring: Bring) -> None:
    assert bring("offices", OFFICES).kept == 2
    one, two = store.offices()
    assert (one.area, two.area) == ("IQG02Q02", "IQG02Q07N02")
    assert (two.referral_centre, two.vehicles, two.kind) == (True, 1, "sub")


def test_a_register_is_the_whole_list(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    shorter = "\n".join(OFFICES.splitlines()[:2]).replace(",3", ",4") + "\n"
    found = bring("offices", shorter)
    assert (found.kept, found.revised, found.removed) == (1, 1, 1)
    assert [o.vehicles for o in store.offices()] == [4]


def test_staff_by_post_and_by_count(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    text = (
        "office,unit,gender,skills,home,count,name\n"
        "asmai,patrol,man,,,3,X\n"
        "التنومة,المرأة,امرأة,women; outreach,Al-Siba,1,Y\n"
        "asmai,women,woman,referral,Nowhere at all,1,Z\n"
        "nowhere,patrol,man,,,1,W\n"
        "asmai,flying,man,,,1,V\n"
    )
    found = bring("staff", text)
    assert (found.read, found.kept, found.rejected) == (5, 3, 2)
    posts = store.posts()
    assert len(posts) == 5
    women = [p for p in posts if p.gender is Gender.WOMAN]
    assert women[0].office == "tanuma"
    assert women[0].skills == (Unit.WOMEN, Unit.OUTREACH)
    assert women[0].home == "IQG02Q01N01"
    assert women[1].skills == (Unit.WOMEN, Unit.REFERRAL)
    assert women[1].home is None
    assert any(d.header == "name" and d.personal for d in found.dropped)
    assert bring("staff", text).kept == 0


def test_travel_with_unreachable_pairs(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    text = (
        "area,office,minutes\nIQG02Q05,asmai,67\nAl-Siba,Tanuma,unreachable\nIQG02Q07,asmai,\n"
        "IQG02Q05,asmai,70\n"
    )
    found = bring("travel", text)
    assert (found.kept, found.rejected) == (2, 2)
    assert store.travel().to_dict("records") == [
        {"area": "IQG02Q05", "office": "asmai", "travel_min": 67.0}
    ]


def test_forums_and_crossings(store: Store, bring: Bring) -> None:
    text = "name,lon,lat,chaired_by_woman,meetings\nAl-Ma'qil,48.5,30.6,yes,2\n,48.5,30.6,no,1\n"
    found = bring("forums", text)
    assert (found.kept, found.rejected) == (1, 1)
    (forum,) = store.forums()
    assert (forum.code, forum.chaired_by_woman, forum.area) == ("Al-Ma-qil", True, "IQG02Q02N02")
    assert bring("crossings", "code,name,lon,lat,open\nt,Tanuma,47.84,30.52,no\n").kept == 1
    assert [c.open for c in store.crossings()] == [False]


def test_population_with_thousands_women_and_two_dates(store: Store, bring: Bring) -> None:
    text = (
        "district;year;population;female;source\n"
        "Al-Qurna;2018;134,174;66,000;CSO\n"
        "Al-Qurna;2020;140,000;;CSO\n"
        "Al-Qurna;2020;141,000;;CSO\n"
        "Shat Al-Arab;2020;100,000;200,000;CSO\n"
    )
    found = bring("population", text)
    assert (found.kept, found.rejected) == (2, 2)
    frame = store.population()
    assert list(frame["residents"]) == [134174, 140000]
    assert round(frame["women_share"].iloc[0], 3) == 0.492
    revised = bring("population", text.replace("140,000", "139,000"))
    assert (revised.kept, revised.already, revised.revised) == (1, 1, 1)
    assert list(store.population()["residents"]) == [134174, 139000]


def test_arrivals_with_a_band_and_persons(store: Store, bring: Bring) -> None:
    text = (
        "date,district,families,persons,low,high,clan,origin\n"
        "2024-01-05,Al-Qurna,85,,60,120,yes,Thi-Qar\n"
        "2024-01-06,Al-Qurna,,30,,,no,Missan\n"
        "2024-01-07,Al-Qurna,10,,20,30,no,Missan\n"
        "2024-01-08,Al-Qurna,-4,,,,no,Missan\n"
    )
    found = bring("arrivals", text)
    assert (found.kept, found.rejected) == (2, 2)
    frame = store.arrivals()
    assert list(frame["families"]) == [85, 5]
    assert list(frame["high"]) == [120, 5]
    assert list(frame["clan"]) == [True, False]


def test_made_up_rows_keep_their_mark(store: Store, bring: Bring) -> None:
    from service.store import Kind

    bring("incidents", "date,category,district,standing\n2024-01-01,drugs,Al-Qurna,synthetic\n")
    (dataset,) = store.datasets.list(Kind.INCIDENTS)
    assert dataset.standing == "synthetic"
    assert [s.standing for s in store.sources(Kind.INCIDENTS)] == ["synthetic"]
