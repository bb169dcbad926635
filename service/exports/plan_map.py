"""A plan's map as one file: opens from a disk, asks no host, shows its legend and its standing."""

from html import escape

from optimizer.plan import Plan
from optimizer.problem import Problem
from service.exports.plan_features import plan_provenance
from service.locale.terms import STANDING, STATUS
from service.locale.words import Words
from service.maps.document import map_document
from service.maps.localise import inlined
from service.pages.atlas import Atlas
from service.pages.planmap import Colouring, plan_sheet, swatches
from service.pages.planview import PlanView
from service.pages.render import STATIC, static_url
from service.reports.plan_report import plan_title

_STYLE = """
.mizan-key{position:fixed;inset-block-end:1.6rem;inset-inline-start:.6rem;z-index:1000;
max-width:min(20rem,70vw);padding:.6rem .8rem;background:#fff;color:#1c2730;border-radius:.4rem;
box-shadow:0 1px 4px #0005;font:14px/1.5 sans-serif}
.mizan-key summary{font-weight:bold;cursor:pointer}.mizan-key bdi{white-space:nowrap}
.mizan-key p{margin:.2rem 0}
.mizan-key ul{margin:.3rem 0;padding:0;list-style:none}
.mizan-key i{display:inline-block;width:1.1em;height:.9em;margin-inline-end:.5em;
border:1px solid #0003;vertical-align:-.1em}
.mizan-key strong{color:#b00020}
@media print{.mizan-key{box-shadow:none;border:1px solid #0003}}
"""


def offline_map(
    problem: Problem, plan: Plan, atlas: Atlas, words: Words, *, colouring: Colouring = "served"
) -> bytes | None:
    """The HTML of the map; ``None`` where none of the plan's areas is loaded any more."""
    view = PlanView(problem, plan, words)
    sheet = plan_sheet(view, atlas, colouring)
    if sheet is None:
        return None
    document = inlined(map_document(sheet, static_url), STATIC, static_url)
    whole, found, rest = document.rpartition("</body>")
    if not found:
        raise ValueError("the map has no body")
    return (whole + _key(view, colouring) + found + rest).encode()


def _key(view: PlanView, colouring: Colouring) -> str:
    """Title, legend and where the figures come from; every text is escaped."""
    words, plan = view.words, view.plan
    told = plan_provenance(view.problem, plan)
    heads: dict[Colouring, str] = {
        "served": words.say("Demand served"),
        "women": words.say("Women's demand served"),
        "lead": words.say("Lead office"),
    }
    standing = escape(words.say(STANDING[told.standing]))
    mark = f"<strong>{standing}</strong>" if told.is_synthetic else standing
    colours = "".join(
        f'<li><i style="background:{escape(one.colour)}"></i>{escape(one.mark)} '
        f"{escape(one.label)}</li>"
        for one in swatches(view, colouring)
    )
    version = escape(words.say("data version {version}", version=told.data_version or "–"))
    serial = escape(words.say("serial {serial}", serial=told.serial))
    return (
        f'<style>{_STYLE}</style><details open class="mizan-key" dir="{words.direction}">'
        f"<summary>{escape(plan_title(view.problem, words))}</summary>"
        f"<p>{escape(words.say(STATUS[plan.status]))}</p>"
        f"<p>{escape(heads[colouring])}</p><ul>{colours}</ul>"
        f"<p>{mark}</p><p><small>{version} · <bdi>{serial}</bdi></small></p></details>"
    )
