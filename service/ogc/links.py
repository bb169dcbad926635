"""Links of the API: relations, media types, and the address that clients see."""

from fastapi import Request

from service.deps import house
from service.ogc.wire import JSON

ROOT = "/ogc"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"
PROCESSES = "http://www.opengis.net/def/rel/ogc/1.0/processes"
JOB_LIST = "http://www.opengis.net/def/rel/ogc/1.0/job-list"
EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"

HTML_TYPE = "text/html"
Link = dict[str, str]


def base(request: Request) -> str:
    """Scheme, host and ``/ogc`` as clients see them; the settings' public address wins.

    What a client sends as Host is used for links in its own answer only, never kept.
    """
    public = house(request).settings.public_url
    front = public.rstrip("/") if public else str(request.base_url).rstrip("/")
    return front + ROOT


def link(href: str, rel: str, media_type: str = JSON, title: str = "") -> Link:
    """A link object."""
    found = {"href": href, "rel": rel, "type": media_type}
    return found | {"title": title} if title else found


def two_views(href: str, shown: str, media_type: str = JSON) -> list[Link]:
    """``self`` and ``alternate``: the same thing as data and as a page. ``href`` has no ``f``."""
    joint = "&" if "?" in href else "?"
    views = {
        "json": link(f"{href}{joint}f=json", "self", media_type, "this document"),
        "html": link(f"{href}{joint}f=html", "alternate", HTML_TYPE, "this document as a page"),
    }
    if shown == "html":
        views["json"] |= {"rel": "alternate"}
        views["html"] |= {"rel": "self"}
    return list(views.values())
