"""What a plan's page holds, in its order: anchors and titles, of its contents and its headings."""

from geo.notes import said
from service.pages.planview import PlanView

_PARTS: tuple[tuple[str, str], ...] = (
    ("answer", said("The answer")),
    ("decision", said("Decision")),
    ("letter", said("Letter to the ministry")),
    ("map-head", said("On the map")),
    ("better", said("Better than today, and than simpler ways?")),
    ("posted", said("Who is posted where")),
    ("duty", said("Women on duty, by office and shift")),
    ("lacking", said("What is lacking")),
    ("reach", said("How far each unit goes")),
    ("by-area", said("Area by area")),
    ("in-detail", said("Reasons, waits, postings, roster, visiting days")),
    ("proof", said("Proof")),
    ("assumptions", said("Assumptions")),
    ("sources", said("Sources")),
)


def plan_contents(view: PlanView, *, letter: bool, has_map: bool) -> dict[str, str]:
    """Title of each part that this plan has, by its anchor."""
    there = {"letter": letter, "map-head": has_map, "duty": bool(view.problem.shifts)}
    return {anchor: view.words.say(title) for anchor, title in _PARTS if there.get(anchor, True)}
