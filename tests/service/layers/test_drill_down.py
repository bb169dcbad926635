"""The card opens an index down to the raw figures, which are those of the layers themselves."""

from geo.layers import LayerCode
from geo.places import Level
from service.layerbook import LayerBook
from service.locale.words import Words
from service.pages.card import card_of
from service.pages.choice import read_choice
from service.pages.kinds import places_of
from service.pages.map_board import make_board

RAW = {
    "All incidents": LayerCode.INCIDENT_RATE,
    "Influx of displaced families": LayerCode.INFLUX,
    "Population growth": LayerCode.GROWTH,
}


def test_raw_figures_are_those_of_their_layers_and_weights_are_the_moved_ones(
    released: LayerBook,
) -> None:
    words = Words("en")
    asked = {"w_incidents": "50", "w_severe": "0", "w_influx": "30", "w_growth": "20"}
    choice = read_choice({"layer": "need", "level": "subdistrict", **asked}, released)
    board = make_board(released, choice, words, None)
    code = board.reading.rows[0].code
    parts = {
        one.name: one
        for one in card_of(
            released, choice, words, board.reading, code, time=board.whole_time()
        ).parts
    }
    assert RAW.keys() <= parts.keys()
    for name, layer in RAW.items():
        period = board.reading.layer.period
        figure = float(released.layer(layer, Level.SUBDISTRICT, None, period).values["value"][code])
        assert parts[name].raw == words.number(figure, places_of(layer))
    assert [parts[name].weight for name in RAW] == ["50%", "30%", "20%"]
