"""What enters a map's document: two sinks, each with one encoder that lets known signs through.

folium puts popup and tooltip text into JavaScript template literals, where HTML escaping alone
does not help (``${...}`` runs). So every value that enters folium's text goes through
``folium_text``, and every document of values through ``script_json``.
"""

import json
from typing import Any

_PLAIN = frozenset(" .,:-_/()")


def folium_text(value: object) -> str:
    """``value`` as HTML text: letters, digits, space, ``.,:-_/()`` stay, all else is ``&#N;``."""
    return "".join(
        sign if sign in _PLAIN or sign.isalnum() else f"&#{ord(sign)};" for sign in str(value)
    )


def script_json(value: Any) -> str:
    """JSON that can stand in a script: signs that mean anything to HTML or templates are escaped.

    Raises ``ValueError`` for NaN and infinity: they are not JSON.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Outside of strings JSON has none of these signs, inside them \uXXXX means the same.
    for sign in "<>&'`$":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
