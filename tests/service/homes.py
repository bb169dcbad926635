"""Data homes that are made once in a process and laid out for each test that wants one.

Making the tables takes some tenth of a processor second, loading the demo more than one. What a
test is about, how a store is made or how the demo is loaded, it does itself.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.demo.load import load_demo
from service.settings import checkout_data
from service.store import Store, open_store

FILES = ("mizan.db", "store.json")


def nothing(_store: Store) -> None:
    """Tables without a row of data."""


def the_demo(store: Store) -> None:
    load_demo(store, checkout_data())


def lay_out(home: Path, fill: Callable[[Store], None] = nothing) -> None:
    """Put a store that ``fill`` has filled into ``home``; a store that is there stays."""
    if (home / FILES[0]).exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    for name, content in _made(fill).items():
        (home / name).write_bytes(content)
        (home / name).chmod(0o600)


@cache
def _made(fill: Callable[[Store], None]) -> dict[str, bytes]:
    with TemporaryDirectory(prefix="mizan-home-") as folder:
        with open_store(Path(folder) / FILES[0]) as store:
            fill(store)
        return {name: (Path(folder) / name).read_bytes() for name in FILES}
