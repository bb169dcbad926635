"""Assumptions as tables for pages and papers: hours of cases as a matrix, the rest by reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.incidents import CATEGORIES
from geo.notes import said
from optimizer.problem import Assumption, Problem
from optimizer.staff import Unit
from service.locale import terms
from service.locale.assumption_labels import (
    LOAD,
    assumption_figure,
    assumption_label,
    assumption_value,
    assumption_why,
    case_key,
)
from service.locale.words import Words
from service.reports.blocks import Grid


@dataclass(frozen=True, slots=True)
class Assumed:
    """Assumptions ready for print: cases as a matrix with their reasons, the rest by reason."""

    cases: Grid | None
    reasons: tuple[str, ...]
    others: Grid


def assumed(words: Words, problem: Problem) -> Assumed:
    """All assumptions of ``problem``."""
    cases = [one for one in problem.assumptions if case_key(one.key) is not None]
    others = [one for one in problem.assumptions if case_key(one.key) is None]
    t = words.say
    by_reason: dict[str, list[str]] = {}
    for one in others:
        label = assumption_label(words, problem, one.key)
        value = assumption_value(words, one, problem)
        by_reason.setdefault(assumption_why(words, one, problem), []).append(f"{label}: {value}")
    rows = tuple(("\n".join(lines), why) for why, lines in by_reason.items())
    columns = (t(said("Assumption")), t(said("Why")))
    reasons = dict.fromkeys(assumption_why(words, one, problem) for one in cases)
    return Assumed(
        cases=_case_grid(words, cases) if cases else None,
        reasons=tuple(one for one in reasons if one),
        others=Grid(columns, rows, (), (1.1, 1.0)),
    )


def _case_grid(words: Words, cases: Sequence[Assumption]) -> Grid:
    values: dict[str, dict[tuple[str, ...], float]] = {}
    for one in cases:
        found = case_key(one.key)
        if found is not None and not isinstance(one.value, str):
            values.setdefault(found[0], {})[found[1]] = one.value
    t = words.say
    units = [
        unit for unit in Unit if any((unit.value, "minutes") in row for row in values.values())
    ]
    rows = tuple(
        (
            words.name(CATEGORIES[category]),
            assumption_figure(words, row[("kappa",)]) if ("kappa",) in row else words.number(None),
            words.percent(row.get(("omega",))),
            *(_load(words, row, unit) for unit in units),
        )
        for category, row in values.items()
    )
    columns = (
        t(said("Category")),
        t(said("Cases a report")),
        t(said("Need a woman officer")),
        *(t(terms.UNIT[unit]) for unit in units),
    )
    note = t(
        said("By unit: share of cases × officers × minutes. A dash: the unit has no part in it.")
    )
    widths = (2.2, 1.2, 1.4, *(1.7 for _ in units))
    # Loads are read in the order of the note, from the reader's side: they are no plain figures.
    return Grid(columns, rows, (1, 2), widths, note)


def _load(words: Words, row: dict[tuple[str, ...], float], unit: Unit) -> str:
    figures = [row.get((unit.value, name)) for name in LOAD]
    if any(one is None for one in figures):
        return words.number(None)
    share, officers, minutes = figures
    assert share is not None
    assert officers is not None
    assert minutes is not None
    return "×".join(
        (
            words.percent(share),
            assumption_figure(words, officers),
            assumption_figure(words, minutes),
        )
    )
