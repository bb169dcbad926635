"""A layer of the map on paper: drawn from its areas, with legend, offices, source and standing.

The same drawing is the map of who reads without JavaScript, of the print view and of the PDF.
"""

from datetime import date

from shapely import Point

from geo.layers import Layer
from geo.notes import said
from geo.places import Level, Standing
from service.exports.content import Content, Format
from service.locale import map_words, terms
from service.locale.words import Words
from service.maps.sheet import PROTECTED_CLASS
from service.pages.atlas import tells_exact
from service.pages.figures import Row
from service.pages.map_board import Board
from service.pages.map_points import staff_of
from service.reports.blocks import Picture, Prose, Sheet, Tone
from service.reports.map_legend import Legend, Pin
from service.reports.maps import Fill, Ground, draw_map
from service.reports.press import print_pdf
from service.reports.svg import clipped

_MANY = 60
"""More areas than this are drawn without their names: none could be read."""
_MOST_SOURCES = 3


def layer_svg(board: Board) -> str:
    """The map as SVG, 640 wide."""
    words, reading = board.words, board.reading
    many = len(reading.rows) > _MANY
    fills = {row.code: _fill(row, named=not many) for row in reading.rows}
    return draw_map(words, _ground(board), fills, _pins(board), _legend(board), title=title(board))


def title(board: Board) -> str:
    """Name of the layer with its period."""
    period = board.reading.layer.period
    if period is None:
        return board.reading.title
    return board.words.joined((board.reading.title, board.words.period(period)))


def place(board: Board) -> str:
    """The governorate that the map shows; empty where it shows several, or none is loaded."""
    loaded = board.atlas.governorates()
    shown = (
        loaded if len(loaded) == 1 else [a for a in loaded if a.code == board.choice.governorate]
    )
    return board.words.name(shown[0]) if shown else ""


def layer_pdf(board: Board, *, day: date, serial: str) -> Content:
    """The map on one page of A4, for ``day``, with the serial of this copy."""
    words, t, reading = board.words, board.words.say, board.reading
    layer = reading.layer
    sources = [f"{name} ({day_of})" if day_of else name for name, day_of in reading.sources]
    more = len(sources) - _MOST_SOURCES
    named = words.joined(sources[:_MOST_SOURCES], ";")
    if more > 0:
        named += " " + words.count("and {n} source more", "and {n} sources more", more)
    facts = [
        (t(said("Governorate")), place(board)),
        (t(said("Level")), t(terms.LEVELS[board.choice.level])),
        (t(said("Measured in")), reading.unit),
        (t(said("Date")), words.date(day)),
        (t(said("Source")), named),
    ]
    tone: Tone = terms.STANDING_TONE[layer.standing]
    sheet = Sheet(
        template="map",
        title=title(board),
        words=words,
        facts=tuple((word, value) for word, value in facts if value),
        badges=((t(terms.STANDING[layer.standing]), tone),),
        blocks=(
            Picture(layer_svg(board), _in_words(board)),
            Prose(" ".join((reading.method, *_notes(board))), quiet=True),
        ),
        foot=" · ".join((t(said("Mizan")), *_version(board), serial)),
        page_of=t(said("Page {n} of {all}"), n="{n}", all="{all}"),
    )
    return Content(
        body=print_pdf([sheet], day),
        media_type=Format.PDF.media_type,
        filename=f"{board.choice.layer.value}.pdf",
        serial=serial,
        rows=len(reading.rows),
    )


def _version(board: Board) -> list[str]:
    """Which data the figures were made of, where that is known."""
    layer, version = board.reading.layer, ""
    if isinstance(layer, Layer):
        version = layer.data_version
    elif board.plan is not None:
        version = board.plan.stored.problem.data_version
    return [board.words.say(said("data version {version}"), version=version)] if version else []


def _notes(board: Board) -> list[str]:
    notes = [map_words.weights_said(board.words, board.choice.weights)]
    if board.reading.protected:
        hidden = said("Protected: too few cases to show without pointing at somebody.")
        notes.append(board.words.say(hidden))
    return [note for note in notes if note]


def _in_words(board: Board) -> str:
    told = board.words.joined(f"{row.name} {row.text}" for row in board.reading.rows[:_MANY])
    return f"{title(board)}: {told}"


def _fill(row: Row, *, named: bool) -> Fill:
    figure = " ".join(part for part in (row.mark, row.text) if part)
    return Fill(
        step=row.step if row.step >= 0 else None,
        name=row.name if named else "",
        figure=figure if named and row.value is not None else "",
        protected=row.step == PROTECTED_CLASS,
    )


def _ground(board: Board) -> Ground:
    units, atlas = board.units, board.atlas
    own = board.choice.level is Level.DISTRICT
    return Ground(
        areas={str(code): shape for code, shape in units.geometry.items()},
        offices={one.code: Point(one.lon, one.lat) for one in atlas.offices()},
        rivers=atlas.rivers(),
        districts={
            str(code): str(code if own else parent)
            for code, parent in zip(units.index, units["parent"], strict=True)
        },
    )


def _pins(board: Board) -> dict[str, Pin]:
    words, staff = board.words, staff_of(board.atlas)
    pins = {}
    for place, office in enumerate(board.atlas.offices(), 1):
        line = clipped(words.name(office), 60)
        here = staff.get(office.code)
        if here is not None:
            line += f" ({words.number(here.officers)} / {words.number(here.women)})"
        pins[office.code] = Pin(words.number(place), line, open=here is not None)
    return pins


def _legend(board: Board) -> Legend:
    reading, t = board.reading, board.words.say
    swatches = tuple(
        (swatch.colour, f"{swatch.mark} {swatch.label}".strip()) for swatch in reading.swatches
    )
    exact = f"{t(said('EXACT FIGURES: do not pass on'))} · " if tells_exact(board.atlas) else ""
    return Legend(
        title=reading.title,
        swatches=swatches,
        no_figure=t(said("no data")),
        pins_title=t(said("Offices (officers / of them women)")),
        note=f"{exact}{_standing_note(board.words, reading.layer.standing)}",
        protected=t(said("protected")),
    )


def _standing_note(words: Words, standing: Standing) -> str:
    """Every map says how far its figures and lines may be trusted."""
    figures = words.say(said("Figures: {standing}."), standing=words.say(terms.STANDING[standing]))
    return f"{figures} {words.say(said('Serves planning, not a survey of borders.'))}"
