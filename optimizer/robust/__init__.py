"""One plan for several futures: two-stage stochastic programming over a problem's postings.

``robust`` decides on average, in the worst and for the least regret, and says what thinking of
all futures (VSS) and knowing them (EVPI) is worth.
"""

from optimizer.robust.choose import Choice, Robust, robust
from optimizer.robust.decide import Sense
from optimizer.robust.futures import GOALS, MOST_FUTURES, Future, FuturesError

__all__ = [
    "GOALS",
    "MOST_FUTURES",
    "Choice",
    "Future",
    "FuturesError",
    "Robust",
    "Sense",
    "robust",
]
