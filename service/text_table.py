"""Tables as plain text: whole lines that can be searched and copied, however narrow the window."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len


def text_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, right: str = "") -> str:
    """Columns padded to their widest cell, two spaces between them.

    ``right`` has one letter a column: ``r`` aligns it right (figures), anything else left.
    """
    lines = [tuple(titles), *(tuple(row) for row in rows)]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*lines, strict=True)]
    sides = right.ljust(len(titles))
    return "\n".join(
        "  ".join(
            _padded(cell, width, side)
            for cell, width, side in zip(line, widths, sides, strict=True)
        ).rstrip()
        for line in lines
    )


def _padded(cell: str, width: int, side: str) -> str:
    gap = " " * (width - cell_len(cell))
    return gap + cell if side == "r" else cell + gap
