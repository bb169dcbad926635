"""Marks in text that nobody sees: they come along with what is copied, or turn it around."""

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that say in which direction text runs; one that is not closed turns what follows."""

UNSEEN = TURNING + "\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
"""All of them: those that turn, and those of no width (joiners are letters' business in names)."""

_GONE = str.maketrans("", "", UNSEEN)


def seen(text: str) -> str:
    """``text`` as it is seen."""
    return text.translate(_GONE)
