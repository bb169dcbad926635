"""What enters a map's document: two sinks, each with one encoder that lets known signs through.

folium puts popup and tooltip text into JavaScript template literals, where HTML escaping alone
does not help (``${...}`` runs). So every value that enters folium's text goes through
``folium_text``, and every document of values through ``script_json``.
"""

import json
import re
from typing import Any

_PLAIN = frozenset(" .,:-_/()")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'`$={}%#\u2028\u2029"}


def folium_text(value: object) -> str:
    """``value`` as HTML text: letters, digits, space, ``.,:-_/()`` stay, all else is ``&#N;``."""
    return "".join(
        sign if sign in _PLAIN or sign.isalnum() else f"&#{ord(sign)};" for sign in str(value)
    )


def script_json(value: Any) -> str:
    """JSON that can stand in a script that folium writes.

    branca compiles what it has rendered once more as a Jinja template: ``{{...}}`` in a name
    would be *run by the server*. So inside strings every sign that means anything to HTML,
    JavaScript templates or Jinja is escaped; outside of strings JSON has no such pair of signs.
    Raises ``ValueError`` for NaN and infinity: they are not JSON.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(lambda found: found[0].translate(_ESCAPED), text)
