"""Rejected rows in a file of their own: to be mended and imported again."""

import csv
import io
from pathlib import Path

from geo.checks import Fault
from service.atomic import write_whole
from service.exports.cells import neutral
from service.imports.run import Understood
from service.locale.words import Words


def write_rejected(path: Path, what: Understood, words: Words) -> int:
    """Write the rejected rows with what is wrong and what to do; how many rows that are.

    Only columns that were understood are written: dropped ones may hold a person's data. Cells
    that a spreadsheet would run as formulas are neutralised, the file's headers and what is told of
    its cells as well. Whole or not at all.
    """
    by_row: dict[int | str, list[Fault]] = {}
    for fault in what.faults:
        if fault.row is not None:
            by_row.setdefault(fault.row, []).append(fault)
    if not by_row:
        return 0
    headers = list(what.columns.values())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*map(neutral, headers), "row", "problem", "remedy"])
    positions = {row: n for n, row in enumerate(what.raw.rows)}
    for row, faults in by_row.items():
        n = positions.get(int(row))
        cells = ["" if n is None else what.raw.cells[h][n] or "" for h in headers]
        problems = " ".join(words.say(f.key, **f.params) for f in faults)
        remedies = " ".join(dict.fromkeys(words.say(f.remedy, **f.params) for f in faults))
        writer.writerow(map(neutral, [*cells, row, problems, remedies]))
    write_whole(path, text.getvalue().encode("utf-8-sig"), private=True)
    return len(by_row)
