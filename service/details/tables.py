"""Details of a plan as tables, for pages and for the sheets of its workbook."""

from dataclasses import replace

from geo.notes import said
from optimizer.problem import Problem
from service.details.document import Part, PlanDetails, Why
from service.exports.plan_tables import (
    PlanTable,
    posts_tables,
    reasons_tables,
    roster_tables,
    visits_tables,
    waiting_tables,
)
from service.exports.sheets import Column
from service.locale.words import Words

PART = {
    Part.WAITING: said("Waiting times of calls"),
    Part.POSTS: said("List of postings"),
    Part.REASONS: said("Reasons area by area"),
    Part.ROSTER: said("Roster"),
    Part.VISITS: said("Visiting days"),
}
WHY = {
    Why.APART: said(
        "Visiting days are worked out apart: mizan visits problem.json plan.json -o visits.xlsx"
    ),
    Why.UNDER_WAY: said("It is still being worked out. Take this file again in a minute."),
    Why.TIME: said("It took longer than is allowed. Ask again when the machine is less busy."),
    Why.STAFF: said("The staff of the problem can't fill this plan: it was edited by hand."),
    Why.REFUSED: said("Its check found a fault, so it is not shown. Please report this plan."),
    Why.BROKEN: said("Something went wrong. Ask again; if it stays so, please report it."),
}


def details_tables(problem: Problem, details: PlanDetails, words: Words) -> list[PlanTable]:
    """A table for each part that is there, under names that no other sheet of a plan has.

    Parts that are lacking are listed last, with why.
    """
    found: list[PlanTable] = []
    if details.waiting is not None:
        found += waiting_tables(problem, details.waiting, words)
    if details.posts is not None:
        found += posts_tables(problem, details.posts, words)
    if details.reasons is not None:
        areas, binding = details.reasons.areas, details.reasons.binding
        found += reasons_tables(problem, areas, binding, words)
    if details.roster is not None:
        duties, lacks, assumed = roster_tables(problem, details.roster, words)
        found += (
            duties,
            replace(lacks, name=said("Roster shortfalls")),
            replace(assumed, name=said("Roster assumptions")),
        )
    if details.visits is not None:
        trips, remaining, proof, assumed = visits_tables(problem, details.visits, words)
        found += (
            trips,
            replace(remaining, name=said("What visits leave unserved")),
            replace(proof, name=said("Proof of visits")),
            replace(assumed, name=said("Assumptions about visits")),
        )
    if details.lacking:
        rows = tuple((words.say(PART[p]), words.say(WHY[w])) for p, w in details.lacking.items())
        columns = (Column(said("Part")), Column(said("Why")))
        found.append(PlanTable(said("Not in this file"), columns, rows))
    return found
