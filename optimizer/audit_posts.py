"""The truth about a list of postings without a solver: who may go where, and that fewer can't move.

The proof is arithmetic: prices of posts and places, of which no pair is dearer than what it costs
to put that post there (0 to stay, 1 to move). Any list then costs as much as all prices together
or more, and this one costs exactly that.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from optimizer.audit import Breach
from optimizer.plan import Plan
from optimizer.postings_list import PlacePrice, PostingsList, PostPlace
from optimizer.problem import Problem
from optimizer.staff import EXPERIENCED_UNITS, Gender, Post, Unit

RULE = "posts"


class _Faults(list[Breach]):
    def say(self, what: str, amount: float = 1.0, office: str | None = None) -> None:
        self.append(Breach(rule=RULE, what=what, amount=amount, office=office))


def audit_postings(
    problem: Problem, plan: Plan, posts: Sequence[Post], listed: PostingsList
) -> tuple[Breach, ...]:
    """What is wrong with the list: nothing when it is empty. ``posts`` is the register."""
    faults = _Faults()
    if listed.problem_digest != problem.digest or plan.problem_digest != problem.digest:
        faults.say("other_problem")
    register = {p.code: p for p in posts}
    _everybody_once(register, listed, faults)
    for place in listed.places:
        _one(problem, register.get(place.post), place, faults)
    _counts(plan, listed, faults)
    _new(problem, listed, faults)
    _leavers(problem, posts, listed, faults)
    _sums(listed, faults)
    _proof(register, listed, faults)
    return tuple(faults)


def _everybody_once(register: dict[str, Post], listed: PostingsList, faults: _Faults) -> None:
    named = Counter(
        [p.post for p in listed.places] + list(listed.vacated) + [u.post for u in listed.unposted]
    )
    for code, n in named.items():
        if n > 1:
            faults.say(f"named_twice:{code}", n)
    for code in register.keys() - named.keys():
        faults.say(f"missing:{code}")
    fresh = {p.post for p in listed.new} | {u.post for u in listed.unposted}
    for code in named.keys() - register.keys() - fresh:
        faults.say(f"unknown:{code}")
    for code in fresh & register.keys():
        faults.say(f"number_taken:{code}")


def _one(problem: Problem, post: Post | None, place: PostPlace, faults: _Faults) -> None:
    office = place.to_office
    if post is not None:
        same = (
            (post.office, post.unit, post.gender, post.home, post.locked)
            == (place.from_office, place.from_unit, place.gender, place.home, place.locked)
        ) and {post.unit, *post.skills} == set(place.skills)
        if not same:
            faults.say(f"not_as_registered:{place.post}", office=office)
        if post.locked and place.moves:
            faults.say(f"locked:{place.post}", office=office)
    if place.to_unit not in place.skills and place.moves | place.is_new:
        faults.say(f"skill:{place.post}", office=office)
    minutes = {t.office: t.travel_min for t in problem.travel if t.area == place.home}
    if place.home_min != minutes.get(office):
        faults.say(f"home_minutes:{place.post}", office=office)


def _counts(plan: Plan, listed: PostingsList, faults: _Faults) -> None:
    stated = Counter((p.to_office, p.to_unit, p.gender) for p in listed.places)
    asked: Counter[tuple[str, Unit, Gender]] = Counter()
    for p in plan.postings:
        asked[p.office, p.unit, p.gender] += p.count
    for key in stated.keys() | asked.keys():
        if stated[key] != asked[key]:
            faults.say(f"count:{key[1]}:{key[2]}", stated[key] - asked[key], key[0])


def _new(problem: Problem, listed: PostingsList, faults: _Faults) -> None:
    officers = [(p.gender, frozenset(p.skills)) for p in listed.new]
    officers += [(u.gender, frozenset(u.skills)) for u in listed.unposted]
    stated = Counter(officers)
    lots: Counter[tuple[Gender, frozenset[Unit]]] = Counter()
    for h in problem.hires:
        lots[h.gender, frozenset(h.skills)] += h.count
    if +stated != +lots:
        faults.say("hires", (stated - lots).total() + (lots - stated).total())


def _leavers(
    problem: Problem, posts: Iterable[Post], listed: PostingsList, faults: _Faults
) -> None:
    """Those who stay in service are the problem's staff, kind by kind."""
    gone = set(listed.vacated)
    stay = Counter(
        (p.office, p.unit, p.gender, frozenset({p.unit, *p.skills}), p.locked)
        for p in posts
        if p.code not in gone
    )
    staff: Counter[tuple[str, Unit, Gender, frozenset[Unit], bool]] = Counter()
    for g in problem.staff:
        staff[g.office, g.unit, g.gender, frozenset({g.unit, *g.skills}), g.locked] += g.count
    if +stay != +staff:
        faults.say("staff", (stay - staff).total() + (staff - stay).total())


def _sums(listed: PostingsList, faults: _Faults) -> None:
    for place in listed.moved:
        if not place.moves:
            faults.say(f"does_not_move:{place.post}")
    for place in listed.unchanged:
        if place.moves or place.is_new:
            faults.say(f"not_unchanged:{place.post}")
    for place in listed.new:
        if not place.is_new:
            faults.say(f"not_new:{place.post}")
    recruits = sum(place.to_unit in EXPERIENCED_UNITS for place in listed.new)
    if listed.new_where_experience_counts != recruits:
        faults.say("experience", listed.new_where_experience_counts - recruits)
    if listed.office_changes != sum(p.from_office != p.to_office for p in listed.moved):
        faults.say("office_changes")
    minutes = sum(round(p.home_min) for p in listed.places if p.home_min is not None)
    if listed.home_minutes != minutes:
        faults.say("home_minutes", listed.home_minutes - minutes)


def _proof(register: dict[str, Post], listed: PostingsList, faults: _Faults) -> None:
    """Prices for all, none above its cost, together as much as the moves that are made."""
    price = {p.post: p.price for p in listed.post_prices}
    everybody = {p.post: (p.gender, p.skills, True) for p in listed.new}
    everybody |= {u.post: (u.gender, u.skills, True) for u in listed.unposted}
    everybody |= {c: (p.gender, (p.unit, *p.skills), False) for c, p in register.items()}
    if set(price) != set(everybody) or len(price) != len(listed.post_prices):
        faults.say("proof:posts")
        return
    _seats_are_the_plans(listed, faults)
    for code, (gender, skills, new) in everybody.items():
        for seat in listed.place_prices:
            if seat.gender is gender:
                cost = _cost(code, None if new else register[code], skills, seat)
                if cost is not None and price[code] + seat.price > cost:
                    faults.say(f"proof:price:{code}", office=seat.office)
    if listed.fewest_moves != len(listed.moved):
        faults.say("proof:sum", len(listed.moved) - listed.fewest_moves)


def _cost(code: str, post: Post | None, skills: Sequence[Unit], seat: PlacePrice) -> int | None:
    """0 or 1, or None where the post may not be: what a pair of prices is held against."""
    if seat.unit is None:
        may = code in seat.left_by if post else not seat.left_by
        return 0 if may else None
    if post is not None and (post.office, post.unit) == (seat.office, seat.unit):
        return 0
    if seat.unit not in skills or (post is not None and post.locked):
        return None
    return 0 if post is None else 1


def _seats_are_the_plans(listed: PostingsList, faults: _Faults) -> None:
    """As many seats as posts, of the postings there are: else the sum proves nothing."""
    seats: Counter[tuple[str | None, Unit | None, Gender]] = Counter()
    for p in listed.place_prices:
        seats[p.office, p.unit, p.gender] += p.seats
    filled: Counter[tuple[str | None, Unit | None, Gender]] = Counter(
        (p.to_office, p.to_unit, p.gender) for p in listed.places
    )
    inside = Counter({k: n for k, n in seats.items() if k[1] is not None})
    out = sum(n for k, n in seats.items() if k[1] is None)
    if inside != filled or out != len(listed.vacated) + len(listed.unposted):
        faults.say("proof:seats")
