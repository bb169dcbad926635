"""What may be asked of a layer book: which layers, categories and windows, and if not, why.

The closed list of ``geo.closed_list`` decides for everybody without exact clearance; planning
cells never tell of severe categories, whoever asks.
"""

from geo.incidents import CATEGORIES, SEVERE
from geo.layers import AREA_LAYERS, SEVERE_GROUP, Clearance, LayerCode
from geo.notes import Note, said
from geo.places import Level
from geo.rates import Window

ALL_WINDOWS = (Window.YEAR, Window.QUARTER, Window.MONTH)
_YEARS = (Window.YEAR,)
_EVERY: tuple[str | None, ...] = (None, SEVERE_GROUP, *CATEGORIES)
_PLAIN: tuple[str | None, ...] = (None, *(code for code in CATEGORIES if code not in SEVERE))
_COUNTED = frozenset(
    {
        LayerCode.INCIDENT_RATE,
        LayerCode.INCIDENT_DENSITY,
        LayerCode.INCIDENT_SURFACE,
        LayerCode.HOTSPOTS,
        LayerCode.TREND,
        LayerCode.NEAR_REPEAT,
    }
)
"""Layers of incidents, which know categories."""
_CELLS = (
    LayerCode.INCIDENT_DENSITY,
    LayerCode.INCIDENT_SURFACE,
    LayerCode.HOTSPOTS,
    LayerCode.RESIDENTS,
)
_AREAS = (*AREA_LAYERS, LayerCode.HOTSPOTS, LayerCode.TREND)


def layer_codes(level: Level, clearance: Clearance) -> tuple[LayerCode, ...]:
    """Layers that exist at a level."""
    if level is Level.CELL:
        return _CELLS
    if level is Level.GOVERNORATE:
        return (LayerCode.NEAR_REPEAT,) if clearance is Clearance.EXACT else ()
    return _AREAS


def categories_of(code: LayerCode, level: Level, clearance: Clearance) -> tuple[str | None, ...]:
    """Categories of a layer at a level; ``None`` is all of them; empty: the layer is not there."""
    if code not in layer_codes(level, clearance):
        return ()
    if code not in _COUNTED:
        return (None,)
    if code is LayerCode.NEAR_REPEAT:
        return tuple(CATEGORIES)
    if level is not Level.CELL or code is LayerCode.INCIDENT_SURFACE:
        return _EVERY
    return _PLAIN if clearance is Clearance.EXACT else (None,)


def windows_of(
    level: Level, code: LayerCode | None, category: str | None, clearance: Clearance
) -> tuple[Window, ...]:
    """Windows that may be asked for; no ``code`` means the incident rate."""
    code = code or (LayerCode.INCIDENT_DENSITY if level is Level.CELL else LayerCode.INCIDENT_RATE)
    if category not in categories_of(code, level, clearance):
        return ()
    if code not in _COUNTED | {LayerCode.NEED}:
        return ALL_WINDOWS
    severe = category in {*SEVERE, SEVERE_GROUP}
    if clearance is Clearance.EXACT:
        # A surface of severe cases is made from released figures, whoever asks.
        return _YEARS if severe and code is LayerCode.INCIDENT_SURFACE else ALL_WINDOWS
    if level is Level.DISTRICT and not severe:
        return ALL_WINDOWS
    return _YEARS


def withheld(
    level: Level,
    window: Window,
    code: LayerCode | None,
    category: str | None,
    clearance: Clearance,
) -> Note | None:
    """Why a window is not offered, and what is instead; ``None``: it is offered."""
    if window in windows_of(level, code, category, clearance):
        return None
    if code is not None and not categories_of(code, level, clearance):
        return _NOT_TOLD if code is LayerCode.NEAR_REPEAT else _NOT_MADE
    if category in {*SEVERE, SEVERE_GROUP}:
        on_cells = level is Level.CELL and code is not LayerCode.INCIDENT_SURFACE
        return _NEVER_ON_CELLS if on_cells else _SEVERE_BY_YEAR
    return {Level.CELL: _CELLS_BY_YEAR, Level.SUBDISTRICT: _TOO_FEW}.get(level, _NOT_MADE)


_NOT_MADE = Note(said("This layer is not made at this level."))
_NOT_TOLD = Note(said("Near repeats tell of single cases: exact clearance only."))
_NEVER_ON_CELLS = Note(said("Severe categories are never counted on planning cells."))
_SEVERE_BY_YEAR = Note(
    said("Severe categories are released by year only: fewer cases name people.")
)
_CELLS_BY_YEAR = Note(
    said(
        "Planning cells are released by year only, all categories together; "
        "take districts for months and quarters."
    )
)
_TOO_FEW = Note(
    said(
        "Months and quarters of sub-districts hold too few cases to be released; "
        "take districts, or years."
    )
)
