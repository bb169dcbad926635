"""From counts back to post numbers, never names: the fewest moves, homes near where possible.

An exact assignment of posts to places (scipy's ``linear_sum_assignment``), one gender at a time.
A place is one seat of a posting; a post may take it where it has the skill, a locked post only
its own. The goals, one before the other, as whole numbers in one cost:

1. moves: posts whose office or unit changes;
2. new officers in units that need experience (``EXPERIENCED_UNITS``): they first fill posts that
   need none, and whoever serves today stays or goes where practice counts;
3. changes of office among the moves;
4. minutes from the home sub-district to the office, over all posts.

That no list has fewer moves is shown by prices (the dual of the assignment): one for each post and
each place, never more than what putting the post there costs (0 or 1), together as much as the
moves. Whoever adds them up has the proof; ``audit_postings`` does. Interchangeable posts get
their places in the order of their numbers, so that equal registers give equal lists.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from optimizer.plan import Plan
from optimizer.postings_list import (
    PlacePrice,
    PostingsList,
    PostPlace,
    PostPrice,
    UnpostedOfficer,
)
from optimizer.problem import Problem
from optimizer.staff import EXPERIENCED_UNITS, Gender, Post, Unit

FARTHEST_MIN = 1_440  # a home without a way counts as a day's travel
NO_HOME_MIN = 0  # an unknown home prefers nothing
UNIT_ORDER = {unit: n for n, unit in enumerate(Unit)}


class PostingsError(ValueError):
    """The posts can't fill the plan's postings; the text says which."""


class _Seat(NamedTuple):
    """A place to be filled: of a posting, or (without a unit) the way out."""

    office: str
    unit: Unit | None
    leavers: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    """A post, or a new officer without a place today."""

    post: Post
    is_new: bool


def numbered_posts(problem: Problem) -> tuple[Post, ...]:
    """Posts with made-up numbers for a problem that comes without a register: ``O1-patrol-m01``."""
    posts: list[Post] = []
    numbers: Counter[tuple[str, Unit, Gender]] = Counter()
    order = sorted(
        problem.staff,
        key=lambda g: (g.office, UNIT_ORDER[g.unit], g.gender, not g.locked, sorted(g.skills)),
    )
    for g in order:
        for _ in range(g.count):
            numbers[g.office, g.unit, g.gender] += 1
            number = numbers[g.office, g.unit, g.gender]
            code = f"{g.office[:40]}-{g.unit}-{g.gender[0]}{number:02d}"
            posts.append(
                Post(
                    code=code,
                    office=g.office,
                    unit=g.unit,
                    gender=g.gender,
                    skills=_skills(g.unit, g.skills),
                    locked=g.locked,
                )
            )
    return tuple(posts)


def post_numbers(problem: Problem, plan: Plan, posts: Sequence[Post]) -> PostingsList:
    """The list of postings by post number with the fewest moves.

    ``posts`` is the register: its counts are those of the problem's staff, or more where the
    scenario lets people leave. Raises ``PostingsError`` where register, problem and plan don't
    fit together.
    """
    leaving = _leaving(problem, posts)
    hires = _new_posts(problem, posts)
    parts = [_of_gender(problem, plan, posts, hires, leaving, gender) for gender in Gender]
    places = [p for part in parts for p in part.places]
    moved = [p for p in places if p.moves]
    return PostingsList(
        problem_digest=problem.digest,
        moved=_by_number(moved),
        new=_by_number(p for p in places if p.is_new),
        unchanged=_by_number(p for p in places if not p.is_new and not p.moves),
        vacated=tuple(sorted(code for part in parts for code in part.vacated)),
        unposted=tuple(sorted((u for part in parts for u in part.unposted), key=lambda u: u.post)),
        new_where_experience_counts=sum(
            p.is_new and p.to_unit in EXPERIENCED_UNITS for p in places
        ),
        office_changes=sum(p.from_office != p.to_office for p in moved),
        home_minutes=sum(round(p.home_min) for p in places if p.home_min is not None),
        post_prices=tuple(
            sorted((p for part in parts for p in part.post_prices), key=lambda p: p.post)
        ),
        place_prices=tuple(p for part in parts for p in part.place_prices),
    )


def _by_number(places: Iterable[PostPlace]) -> tuple[PostPlace, ...]:
    return tuple(sorted(places, key=lambda p: p.post))


def _skills(unit: Unit, skills: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(sorted({unit, *skills}, key=UNIT_ORDER.__getitem__))


_Group = tuple[str, Unit, Gender, tuple[Unit, ...], bool]


def _group(post: Post) -> _Group:
    return post.office, post.unit, post.gender, _skills(post.unit, post.skills), post.locked


def _leaving(problem: Problem, posts: Sequence[Post]) -> dict[_Group, int]:
    """How many posts of each kind the scenario has fewer than the register."""
    codes = Counter(p.code for p in posts)
    twice = sorted(code for code, n in codes.items() if n > 1)
    if twice:
        raise PostingsError(f"posts stand twice in the register: {', '.join(twice[:5])}")
    register = Counter(_group(p) for p in posts)
    staff: Counter[_Group] = Counter()
    for g in problem.staff:
        staff[g.office, g.unit, g.gender, _skills(g.unit, g.skills), g.locked] += g.count
    missing = staff - register
    if missing:
        (office, unit, gender, _, _), n = next(iter(sorted(missing.items(), key=str)))
        raise PostingsError(f"the register lacks {n} posts: {office}, {unit}, {gender}")
    return dict(register - staff)


def _new_posts(problem: Problem, posts: Sequence[Post]) -> tuple[Post, ...]:
    """New officers as posts with fresh numbers, without a place (their office is not read)."""
    taken = {p.code for p in posts}
    lots = sorted(problem.hires, key=lambda h: (h.gender, sorted(h.skills)))
    found: list[Post] = []
    number = 0
    for lot in lots:
        skills = tuple(sorted(set(lot.skills), key=UNIT_ORDER.__getitem__))
        for _ in range(lot.count):
            number += 1
            while f"NEW-{number:03d}" in taken:
                number += 1
            found.append(
                Post(
                    code=f"NEW-{number:03d}",
                    office=problem.offices[0].code,
                    unit=skills[0],
                    gender=lot.gender,
                    skills=skills,
                )
            )
    return tuple(found)


@dataclass(frozen=True)
class _Part:
    places: tuple[PostPlace, ...]
    vacated: tuple[str, ...]
    unposted: tuple[UnpostedOfficer, ...]
    post_prices: tuple[PostPrice, ...]
    place_prices: tuple[PlacePrice, ...]


def _of_gender(
    problem: Problem,
    plan: Plan,
    posts: Sequence[Post],
    hires: Sequence[Post],
    leaving: dict[_Group, int],
    gender: Gender,
) -> _Part:
    rows = [_Row(p, is_new=False) for p in posts if p.gender is gender]
    rows += [_Row(p, is_new=True) for p in hires if p.gender is gender]
    rows.sort(key=lambda r: (r.is_new, r.post.code))
    seats = _seats(plan, posts, leaving, gender)
    spare = len(rows) - sum(seats.values())
    if spare < 0 or spare > sum(r.is_new for r in rows):
        raise PostingsError(f"{len(rows)} posts of {gender} for {sum(seats.values())} places")
    if spare:
        seats[_Seat("", None)] = spare
    columns = [seat for seat, n in seats.items() for _ in range(n)]
    minutes = {(t.area, t.office): t.travel_min for t in problem.travel}
    move = _spread(rows, columns, _move_cost)
    full = _full_costs(rows, columns, move, minutes)
    try:
        _, chosen = linear_sum_assignment(full)
    except ValueError as error:
        raise PostingsError(f"no posts of {gender} with the skills for these postings") from error
    prices = _prices(move, chosen)
    given = _in_order(rows, [columns[c] for c in chosen])
    places = [
        _place(row, seat, minutes)
        for row, seat in zip(rows, given, strict=True)
        if seat.unit is not None
    ]
    gone = [r for r, seat in zip(rows, given, strict=True) if seat.unit is None]
    seat_price = {seat: int(prices[1][n]) for n, seat in enumerate(columns)}
    return _Part(
        tuple(places),
        tuple(r.post.code for r in gone if not r.is_new),
        tuple(
            UnpostedOfficer(post=r.post.code, gender=gender, skills=r.post.skills)
            for r in gone
            if r.is_new
        ),
        tuple(
            PostPrice(post=r.post.code, price=int(u)) for r, u in zip(rows, prices[0], strict=True)
        ),
        tuple(
            PlacePrice(
                office=seat.office or None,
                unit=seat.unit,
                gender=gender,
                seats=n,
                price=seat_price[seat],
                left_by=seat.leavers,
            )
            for seat, n in seats.items()
        ),
    )


def _seats(
    plan: Plan, posts: Sequence[Post], leaving: dict[_Group, int], gender: Gender
) -> dict[_Seat, int]:
    seats: dict[_Seat, int] = {}
    order = sorted(plan.postings, key=lambda p: (p.office, UNIT_ORDER[p.unit]))
    for p in order:
        if p.gender is gender:
            seats[_Seat(p.office, p.unit)] = seats.get(_Seat(p.office, p.unit), 0) + p.count
    for group, n in sorted(leaving.items(), key=str):
        if group[2] is gender:
            able = tuple(sorted(p.code for p in posts if _group(p) == group))
            seats[_Seat("", None, able)] = n
    return seats


def _spread(rows: Sequence[_Row], columns: Sequence[_Seat], cost: Callable[..., float]) -> Any:
    """``cost(row, seat)`` as a matrix; seats of one kind are alike and asked about once."""
    kinds = {seat: n for n, seat in enumerate(dict.fromkeys(columns))}
    small = np.array([[cost(row, seat) for seat in kinds] for row in rows], dtype=float)
    return small.reshape(len(rows), len(kinds))[:, [kinds[c] for c in columns]]


def _move_cost(row: _Row, seat: _Seat) -> float:
    post = row.post
    if seat.unit is None:
        may_leave = row.is_new and not seat.leavers
        return 0.0 if may_leave or post.code in seat.leavers else np.inf
    stays = not row.is_new and (post.office, post.unit) == (seat.office, seat.unit)
    if stays:
        return 0.0
    if post.locked or seat.unit not in _skills(post.unit, post.skills):
        return np.inf
    return 0.0 if row.is_new else 1.0


def _full_costs(
    rows: Sequence[_Row],
    columns: Sequence[_Seat],
    move: Any,
    minutes: dict[tuple[str, str], float],
) -> Any:
    """All goals in one whole number, each unit of one above everything of the next."""
    known = {area for area, _ in minutes}

    def home(row: _Row, seat: _Seat) -> float:
        if row.post.home not in known or seat.unit is None:
            return NO_HOME_MIN
        way = minutes.get((row.post.home, seat.office), FARTHEST_MIN)
        return min(FARTHEST_MIN, round(way))

    def away(row: _Row, seat: _Seat) -> float:
        return not row.is_new and seat.unit is not None and seat.office != row.post.office

    def untried(row: _Row, seat: _Seat) -> float:
        return row.is_new and seat.unit in EXPERIENCED_UNITS

    office_weight = 1 + FARTHEST_MIN * len(rows)
    recruit_weight = office_weight * (1 + len(rows))
    move_weight = recruit_weight * (1 + sum(row.is_new for row in rows))
    return (
        move * move_weight
        + _spread(rows, columns, untried) * recruit_weight
        + _spread(rows, columns, away) * office_weight
        + _spread(rows, columns, home)
    )


def _prices(move: Any, chosen: Any) -> tuple[Any, Any]:
    """Whole prices of rows and columns that prove the moves: shortest ways in the residual graph.

    From every row, along ``+cost`` to a column and ``-cost`` from a column to its own row
    (Bellman & Ford); there is no negative circle as no exchange saves a move.
    """
    count = len(chosen)
    if not count:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    own = np.empty(count, dtype=int)
    own[chosen] = np.arange(count)
    paid = move[np.arange(count), chosen]
    row = np.zeros(count)
    column = np.zeros(count)
    for _ in range(2 * count + 2):
        column = (row[:, None] + move).min(axis=0)
        fresh = np.minimum(row, column[chosen] - paid)
        if (fresh == row).all():
            return np.rint(-row).astype(int), np.rint(column).astype(int)
        row = fresh
    raise PostingsError("an exchange would save a move: the assignment is not the best")


def _in_order(rows: Sequence[_Row], seats: Sequence[_Seat]) -> list[_Seat]:
    """The same places, handed to interchangeable posts by number: those that stay first."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        key = (_skills(row.post.unit, row.post.skills),) if row.is_new else _group(row.post)
        alike[row.is_new, key, row.post.home].append(n)
    given = list(seats)
    for members in alike.values():
        post = rows[members[0]].post

        def rank(seat: _Seat, post: Post = post) -> tuple[Any, ...]:
            at_home = (seat.office, seat.unit) == (post.office, post.unit)
            leaves = seat.unit is None
            return (not at_home, leaves, seat.office, UNIT_ORDER.get(seat.unit or post.unit, 0))

        for n, seat in zip(members, sorted((seats[n] for n in members), key=rank), strict=True):
            given[n] = seat
    return given


def _place(row: _Row, seat: _Seat, minutes: dict[tuple[str, str], float]) -> PostPlace:
    post = row.post
    assert seat.unit is not None
    home = post.home
    return PostPlace(
        post=post.code,
        gender=post.gender,
        skills=_skills(post.unit, post.skills),
        from_office=None if row.is_new else post.office,
        from_unit=None if row.is_new else post.unit,
        to_office=seat.office,
        to_unit=seat.unit,
        home=home,
        locked=post.locked,
        home_min_before=None if row.is_new or not home else minutes.get((home, post.office)),
        home_min=minutes.get((home, seat.office)) if home else None,
    )
