"""OGC API - Features: landing page, conformance, collections, items."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import WordsOf
from service.ogc import html, items, openapi
from service.ogc.access import OgcRoute, caller
from service.ogc.crs import crs_of
from service.ogc.errors import not_found
from service.ogc.links import HTML_TYPE, JOB_LIST, PROCESSES, base, link, two_views
from service.ogc.query import COMMON, items_query, parameters, wanted_format
from service.ogc.shelf import Page, Shelf
from service.ogc.wire import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Bytes, answer, dumps

router = APIRouter(prefix="/ogc", include_in_schema=False, route_class=OgcRoute)
Reader = Annotated[Account, Depends(caller(Right.SEE_MAP))]

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_PROCESSES = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    f"{_FEATURES}-1/1.0/conf/core",
    f"{_FEATURES}-1/1.0/conf/oas30",
    f"{_FEATURES}-1/1.0/conf/html",
    f"{_FEATURES}-1/1.0/conf/geojson",
    f"{_FEATURES}-2/1.0/conf/crs",
    f"{_FEATURES}-3/1.0/conf/queryables",
    f"{_FEATURES}-3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}-3/1.0/conf/filter",
    f"{_FEATURES}-3/1.0/conf/features-filter",
    f"{_FEATURES}-5/1.0/conf/schemas",
    f"{_FEATURES}-5/1.0/conf/core-roles-features",
    f"{_CQL2}/cql2-text",
    f"{_CQL2}/cql2-json",
    f"{_CQL2}/basic-cql2",
    f"{_CQL2}/advanced-comparison-operators",
    f"{_CQL2}/case-insensitive-comparison",
    f"{_CQL2}/basic-spatial-functions",
    f"{_CQL2}/basic-spatial-functions-plus",
    f"{_CQL2}/spatial-functions",
    f"{_PROCESSES}/core",
    f"{_PROCESSES}/ogc-process-description",
    f"{_PROCESSES}/json",
    f"{_PROCESSES}/html",
    f"{_PROCESSES}/job-list",
    f"{_PROCESSES}/dismiss",
)
"""What is answered; nothing else is claimed."""


def _shelf(request: Request) -> Shelf:
    return cast("Shelf", request.app.state.ogc)


ShelfOf = Annotated[Shelf, Depends(_shelf)]


def _both(
    request: Request,
    data: dict[str, Any],
    page: Callable[[], bytes],
    shown: str,
    kind: str = JSON,
) -> Response:
    if shown == "html":
        return answer(request, Bytes.of(page(), HTML))
    return answer(request, Bytes.of(dumps(data), kind))


@router.get("")
@router.get("/")
def landing(request: Request, words: WordsOf, _account: Reader) -> Response:
    """Where everything starts."""
    shown = wanted_format(request, parameters(request, COMMON))
    root = base(request)
    title, about = "Mizan", words.say("Need, fair allocation and its proof for community police.")
    links = [
        *two_views(root, shown),
        link(f"{root}/api", "service-desc", OPENAPI, words.say("Description of this service")),
        link(f"{root}/api?f=html", "service-doc", HTML_TYPE, words.say("Documentation")),
        link(f"{root}/conformance", "conformance", JSON, words.say("Conformance classes")),
        link(f"{root}/collections", "data", JSON, words.say("Collections")),
        link(f"{root}/processes", PROCESSES, JSON, words.say("Processes")),
        link(f"{root}/jobs", JOB_LIST, JSON, words.say("Jobs")),
    ]
    data = {"title": title, "description": about, "links": links}
    return _both(
        request, data, partial(html.document, words, title, about=about, links=links), shown
    )


@router.get("/conformance")
def conformance(request: Request, words: WordsOf, _account: Reader) -> Response:
    """Which parts of the standards are answered."""
    shown = wanted_format(request, parameters(request, COMMON))
    links = two_views(f"{base(request)}/conformance", shown)
    page = partial(
        html.document,
        words,
        words.say("Conformance classes"),
        links=links,
        columns=[words.say("Class")],
        rows=[[one] for one in CONFORMANCE],
    )
    return _both(request, {"conformsTo": list(CONFORMANCE)}, page, shown)


@router.get("/api")
def api(request: Request, words: WordsOf, account: Reader, shelf: ShelfOf) -> Response:
    """The OpenAPI document."""
    shown = wanted_format(request, parameters(request, COMMON))
    data = openapi.document(base(request), version("mizan"), shelf.visible(account))
    operations: list[list[html.Cell]] = [
        [verb.upper(), {"href": data["servers"][0]["url"] + path, "text": path}, one["summary"]]
        for path, verbs in data["paths"].items()
        for verb, one in verbs.items()
    ]
    page = partial(
        html.document,
        words,
        words.say("Documentation"),
        links=two_views(f"{base(request)}/api", shown, OPENAPI),
        columns=[words.say("Verb"), words.say("Path"), words.say("Purpose")],
        rows=operations,
    )
    return _both(request, data, page, shown, OPENAPI)


@router.get("/collections")
def list_collections(request: Request, words: WordsOf, account: Reader, shelf: ShelfOf) -> Response:
    """All collections that the caller may read."""
    shown = wanted_format(request, parameters(request, COMMON))
    root = base(request)
    visible = shelf.visible(account)
    # No extents here: they would make every layer before the first is asked for.
    data = {
        "links": two_views(f"{root}/collections", shown),
        "collections": [items.describe(one, None, root, words, "json") for one in visible],
    }
    page = partial(
        html.document,
        words,
        words.say("Collections"),
        links=data["links"],
        columns=[words.say("Collection"), words.say("Title"), words.say("Description")],
        rows=[
            [
                {"href": f"{root}/collections/{one.id}?f=html", "text": one.id},
                one.titled(words),
                words.say(one.about),
            ]
            for one in visible
        ],
        crumbs=_crumbs(root),
    )
    return _both(request, data, page, shown)


@router.get("/collections/{name}")
def collection(
    request: Request, words: WordsOf, account: Reader, shelf: ShelfOf, name: str
) -> Response:
    """One collection with its extent."""
    shown = wanted_format(request, parameters(request, COMMON))
    found = shelf.find(name, account)
    root = base(request)
    _key, rows = shelf.rows(found, account)
    data = items.describe(found, rows, root, words, shown)
    page = partial(
        html.document,
        words,
        data["title"],
        about=data["description"],
        links=data["links"],
        crumbs=_crumbs(root, "collections"),
    )
    return _both(request, data, page, shown)


@router.get("/collections/{name}/queryables")
def queryables(
    request: Request, words: WordsOf, account: Reader, shelf: ShelfOf, name: str
) -> Response:
    """What filters may name."""
    found = shelf.find(name, account)
    return _schema_answer(request, words, items.queryables(found, base(request), words), found.id)


@router.get("/collections/{name}/schema")
def schema(
    request: Request, words: WordsOf, account: Reader, shelf: ShelfOf, name: str
) -> Response:
    """What features are made of."""
    found = shelf.find(name, account)
    return _schema_answer(request, words, items.schema(found, base(request), words), found.id)


@router.get("/collections/{name}/items")
def list_items(
    request: Request, words: WordsOf, account: Reader, shelf: ShelfOf, name: str
) -> Response:
    """A page of features."""
    found = shelf.find(name, account)
    query, given = items_query(request, found)
    shown = wanted_format(request, given)
    key, rows = shelf.rows(found, account)
    where = f"{base(request)}/collections/{found.id}/items"
    headers = {"content-crs": f"<{query.crs}>"}
    asked = (*key, where, words.lang, shown, *(f"{n}={v}" for n, v in sorted(given.items())))
    made = shelf.page(asked)
    if made is None:
        places = items.select(query, found, rows)
        data = items.page_of(places, query, rows, where, given, shown)
        if shown == "html":
            here = places[query.offset : query.offset + query.limit]
            plain = Bytes.of(_items_page(words, found, rows, here, data, where), HTML)
        else:
            plain = Bytes.of(dumps(data), GEOJSON)
        made = shelf.keep(asked, Page(plain, data["numberReturned"]))
    exact = shelf.is_exact(found, key)
    shelf.reads.note(account, found.id, given, made.content.plain, rows=made.rows, exact=exact)
    return answer(request, made.content, headers=headers | _caching(exact=exact))


@router.get("/collections/{name}/items/{item}")
def one_item(
    request: Request, words: WordsOf, account: Reader, shelf: ShelfOf, name: str, item: str
) -> Response:
    """One feature."""
    found = shelf.find(name, account)
    given = parameters(request, COMMON | {"crs"})
    shown = wanted_format(request, given)
    crs = crs_of(given.get("crs"), "crs")
    key, rows = shelf.rows(found, account)
    place = rows.place_of(item)
    if place is None:
        raise not_found("there is no such feature")
    exact = shelf.is_exact(found, key)
    root = base(request)
    where = f"{root}/collections/{found.id}"
    links = [*two_views(f"{where}/items/{item}", shown, GEOJSON), link(where, "collection")]
    if shown == "html":
        told = rows.properties(place)
        titles = {one.name: words.say(one.title) for one in found.properties}
        page = partial(
            html.document,
            words,
            item,
            links=links,
            columns=[words.say("Property"), words.say("Value")],
            rows=[[titles[key], html.cell(value, words)] for key, value in told.items()],
            crumbs=_crumbs(root, "collections", found.id, "items"),
        )
        made = Bytes.of(page(), HTML)
    else:
        made = Bytes.of(items.item_of(place, rows, crs, links), GEOJSON)
    shelf.reads.note(account, found.id, {"id": item, **given}, made.plain, rows=1, exact=exact)
    headers = {"content-crs": f"<{crs}>"}
    return answer(request, made, headers=headers | _caching(exact=exact))


def _caching(*, exact: bool) -> dict[str, str]:
    """Exact figures of cases are kept by nobody; released ones are asked for again by their tag."""
    return {"cache-control": "no-store"} if exact else {}


def _items_page(
    words: WordsOf, found: Any, rows: Any, places: list[int], data: dict[str, Any], where: str
) -> bytes:
    titles = [words.say(one.title) for one in found.properties]
    table: list[list[html.Cell]] = [
        [
            {"href": f"{where}/{rows.frame.index[place]}?f=html", "text": rows.frame.index[place]},
            *(html.cell(value, words) for value in rows.properties(place).values()),
        ]
        for place in places
    ]
    root = where.partition("/collections/")[0]
    return html.document(
        words,
        found.titled(words),
        about=words.say(
            "{shown} of {all} items", shown=data["numberReturned"], all=data["numberMatched"]
        ),
        links=data["links"],
        columns=["id", *titles],
        rows=table,
        crumbs=_crumbs(root, "collections", found.id),
    )


def _schema_answer(request: Request, words: WordsOf, data: dict[str, Any], name: str) -> Response:
    shown = wanted_format(request, parameters(request, COMMON))
    page = partial(
        html.document,
        words,
        data["title"],
        links=two_views(data["$id"], shown, SCHEMA),
        columns=[words.say("Property"), words.say("Title"), words.say("Type")],
        rows=[
            [key, one.get("title", ""), one.get("type", one.get("format", ""))]
            for key, one in data["properties"].items()
        ],
        crumbs=_crumbs(base(request), "collections", name),
    )
    return _both(request, data, page, shown, SCHEMA)


def _crumbs(root: str, *steps: str) -> list[tuple[str, str]]:
    found, path = [("Mizan", f"{root}?f=html")], root
    for step in steps:
        path = f"{path}/{step}"
        found.append((step, f"{path}?f=html"))
    return found
