"""Run the tutorial's commands and compare, or write, the output that its text shows.

In ``docs/tutorial.md`` a block ```` ```console ```` holds commands (``$ mizan ...``), each followed
by what it prints; a block ```` ```csv name.csv ```` is a file that the reader makes. Official and
real files are looked for in the folder ``MIZAN_SHARED`` (default ``../shared``).
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
REAL_FILES = ("boundaries/irq_cod_ab_2019_adm3.geojson", "incidents/basra_events_2006_2008.csv")
_BLOCK = re.compile(r"^```(console|csv (\S+))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CHANGES = (
    # What differs from run to run: seconds, serials; the rest is the true output.
    (re.compile(r"(yes|no) +\d+\.\d+$", re.MULTILINE), r"\1 seconds"),
    (re.compile(r"MZ-[0-9A-F]+"), "MZ-serial"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    (re.compile(r" {2,}"), "  "),
)


def shared() -> Path:
    """Folder of the official and real files."""
    return Path(os.environ.get("MIZAN_SHARED", ROOT.parent / "shared"))


def missing() -> list[Path]:
    """Real files that the tutorial needs and that are not here."""
    return [path for name in REAL_FILES if not (path := shared() / "data" / name).is_file()]


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        yield line, shown


def comparable(text: str) -> str:
    """Output without what differs from run to run."""
    for pattern, word in _CHANGES:
        text = pattern.sub(word, text)
    return text.strip()


def run_page(text: str, folder: Path) -> str:
    """The page with the output that its commands print now; works in ``folder``."""
    for name in REAL_FILES:
        shutil.copy(shared() / "data" / name, folder / Path(name).name)
    shutil.copytree(ROOT / "data" / "demo", folder / "demo")

    def again(found: re.Match[str]) -> str:
        kind, name, body = found.groups()
        if name:
            (folder / name).write_text(body, encoding="utf-8")
            return found.group(0)
        told = "".join(f"$ {line}\n{_said(line, folder)}" for line, _ in commands(body))
        return f"```{kind}\n{told}```"

    return _BLOCK.sub(again, text)


def _said(line: str, folder: Path) -> str:
    binary = Path(sys.executable).parent
    env = {
        "PATH": f"{binary}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(folder),
        "MIZAN_HOME": str(folder / "var"),
        "LANG": "C.UTF-8",
        "COLUMNS": "160",
        "TERM": "dumb",
    }
    done = subprocess.run(  # noqa: S603 - the commands of our own page
        shlex.split(line),
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    lines = [one.rstrip() for one in done.stdout.splitlines() if one.strip()]
    return "".join(f"{one}\n" for one in lines)


def main() -> int:
    """Exit 0 if the page tells the truth (or was written), 1 if not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="put today's output into the page")
    chosen = options.parse_args()
    if missing():
        print(f"missing: {', '.join(map(str, missing()))}")
        return 1
    shown = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        told = run_page(shown, Path(folder))
    if chosen.write:
        PAGE.write_text(told, encoding="utf-8")
        return 0
    return int(comparable(shown) != comparable(told))


if __name__ == "__main__":
    sys.exit(main())
