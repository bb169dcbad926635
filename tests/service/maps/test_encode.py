import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.maps.encode import folium_text, script_json

HOSTILE = [
    "${alert(1)}",
    "`;alert(1);//",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "{{7*7}}{% raw %}{# x",
    "\u2028alert(1)\u2029",
    "\\u003cimg onerror=alert(1)\\u003e",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_html_or_a_template_reads_is_left(text):
    encoded = folium_text(text)
    assert not set(encoded.replace("&#", "").replace(";", "")) & set("<>\"'`${}\\&=%*")


@given(st.text())
def test_a_browser_reads_the_text_back(text):
    decoded = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), folium_text(text))
    assert decoded == text


def test_arabic_letters_stay_readable():
    assert folium_text("مركز القرنة (12)") == "مركز القرنة (12)"


@given(
    st.dictionaries(st.text(), st.text() | st.integers() | st.dictionaries(st.text(), st.text()))
)
def test_script_json_is_json_without_signs_of_html(value):
    text = script_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&'`$%#\u2028\u2029")
    assert not re.search(r"\{[{%#]", text)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_script_json_refuses_what_is_no_json(value):
    with pytest.raises(ValueError, match="JSON"):
        script_json({"value": value})
