"""All routes of the service, as the framework knows them, with the right that each asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.routing import APIRoute
from starlette.routing import Mount

from service.auth.roles import Right


@dataclass(frozen=True, slots=True)
class Asked:
    """One method of one route; ``rights`` is empty where none is asked for."""

    method: str
    path: str
    rights: frozenset[Right]
    is_mount: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def walk(routes, prefix="") -> Iterator[Asked]:
    """Every method of every route, those of included routers and mounts too."""
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI keeps included routers as such
            yield from walk(route.original_router.routes, prefix)
        elif isinstance(route, APIRoute):
            rights = frozenset(rights_of(route.dependant))
            for method in sorted(route.methods - {"HEAD"}):
                yield Asked(method, prefix + route.path, rights)
        elif isinstance(route, Mount):
            yield Asked("GET", prefix + route.path, frozenset(), is_mount=True)
        else:
            yield Asked("?", prefix + getattr(route, "path", "?"), frozenset())


def rights_of(dependant) -> set[Right]:
    """Rights that a route's dependencies ask for."""
    found = {getattr(dependant.call, "right", None)} - {None}
    for below in dependant.dependencies:
        found |= rights_of(below)
    return found


FILLED = {
    "{ending}": "csv",
    "{name}": "need",
    "{kind}": "incidents",
    "{process}": "allocate",
    "{grant_id}": "999",
    "{token_id}": "999",
    "{sequence}": "999",
    "{z}": "1",
    "{x}": "1",
    "{y}": "1",
}


def filled(path: str) -> str:
    """An address of a route: real words where they choose, else names of nothing."""
    for place, word in FILLED.items():
        path = path.replace(place, word)
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = f"{path[:start]}x1{path[end + 1 :]}"
    return path
