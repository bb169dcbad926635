import re

import folium
import pytest

from geo.places import Level
from service.locale.words import Words
from service.maps.document import map_document
from service.maps.geometry import area_features, label_points, river_features
from service.maps.localise import ForeignAddressError, addresses, inlined, use_own_assets, written
from service.maps.sheet import AreaFigure, MapPoint, MapSheet
from service.pages.render import STATIC, static_url
from tests.service.maps.test_encode import HOSTILE
from tests.service.web_house import squares


def sheet(names=None, **changes):
    units = squares(Level.DISTRICT, names) if names else squares(Level.DISTRICT)
    words = Words("ar")
    base = {
        "lang": "ar",
        "title": "الحاجة",
        "areas": area_features(units, words),
        "colours": ("#fff", "#000"),
        "figures": {str(code): AreaFigure(0, (("الحاجة", "1.0"),)) for code in units.index},
        "places": label_points(units, words),
        "points": (
            MapPoint("main", "ashar", "العشار", 47.8, 30.5, (("المنتسبون", "30"),), "30", "3"),
        ),
    }
    return MapSheet(**(base | changes))


def test_every_address_is_one_of_ours():
    found = addresses(map_document(sheet(), static_url))
    assert found
    assert all(address.startswith("/static/") for address in found)


def test_rendering_twice_gives_equal_bytes_and_brings_no_cdn_back():
    first = map_document(sheet(), static_url)
    assert map_document(sheet(), static_url) == first
    drawn = folium.Map(tiles=None)
    once = written(drawn, lang="ar", title="x", url=static_url)
    assert written(drawn, lang="ar", title="x", url=static_url) == once


def test_our_links_do_not_leak_into_other_maps():
    use_own_assets(folium.Map(tiles=None), static_url)
    assert any("cdn" in url for _, url in folium.Map.default_js)


def test_a_foreign_address_is_refused():
    drawn = folium.Map()  # folium's own tiles don't stand in the markup, but this does:
    drawn.get_root().header.add_child(
        folium.Element('<script src="https://evil.example/x.js"></script>')
    )
    with pytest.raises(ForeignAddressError, match="evil"):
        written(drawn, lang="ar", title="x", url=static_url)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text):
    names = [("T01", text, text), ("T02", "ب", "b")]
    point = MapPoint("main", "o", text, 47.8, 30.5, ((text, text),), text, text)
    document = map_document(sheet(names, points=(point,), title=text, credit=text), static_url)
    assert text not in document
    assert not re.search(r"<(img|svg)\b", document)
    assert document.count("<script") == map_document(sheet(), static_url).count("<script")


def test_only_the_name_of_an_area_leaves():
    features = area_features(squares(Level.SUBDISTRICT), Words("en"))["features"]
    assert {tuple(feature["properties"]) for feature in features} == {("name",)}
    assert features[0]["id"] == "T01N1"


def test_rivers_leave_their_own_properties_behind():
    line = {"type": "LineString", "coordinates": [[47, 30], [48, 31]]}
    rivers = {"features": [{"properties": {"part": "centre", "<b>": "x"}, "geometry": line}]}
    assert river_features(rivers)[0]["properties"] == {"kind": "river"}


def test_a_map_for_a_disk_names_no_address():
    document = inlined(map_document(sheet(), static_url), STATIC, static_url)
    assert [address for address in addresses(document) if address.strip("#")] == []
    assert "mizanFrame" in document
