"""Rule 7, patrol crews: enough crews on the road that calls are answered in time.

A crew is ``patrol_crew`` officers and a vehicle on the road in every manned hour, which takes
``n = patrol_crew * manned hours a week / H`` officers on the roll (the shift relief factor).

* ``n sum_c b[o,c] <= sum_q x[o,patrol,q]``; ``sum_c b[o,c] <= vehicles[o] + new[o]``;
* ``b[o,c+1] <= b[o,c]``; ``sum_o new[o] <= spare_vehicles``;
* calls: ``sum_k cases[k]/d[k] f[k,o] <= sum_c (L[c] - L[c-1]) b[o,c]``, where ``L[c]`` is the
  largest number of calls a week that ``c`` crews carry within the waiting standard (Erlang C,
  ``optimizer.waiting``): the patrol car allocation model as linear rows;
* 'rule of 60': ``sum_calls (1 + road) f <= reactive_share H sum_q x[o,patrol,q]``.

``L`` grows faster than ``c`` (two crews carry more than twice one's calls), hence the binaries.
"""

from optimizer.instance import Cell
from optimizer.model import AllocationModel, total
from optimizer.staff import Unit

NAME = "crews"
HARD = True


def apply(model: AllocationModel) -> None:
    if Unit.PATROL not in model.instance.units:
        return
    for office in model.instance.offices:
        _on_the_road(model, office)
        _calls(model, office)
    new = model.v.patrols.vehicles
    if new:
        spare = model.instance.problem.policies.spare_vehicles
        model.require(total(new.values()) <= spare, f"{NAME}|spare")


def _on_the_road(model: AllocationModel, office: str) -> None:
    instance, patrols = model.instance, model.v.patrols
    crews = [b for (o, _), b in patrols.crew.items() if o == office]
    if not crews:
        return
    officers = total(model.v.postings.at_cell(Cell(office, Unit.PATROL)))
    vehicles = instance.office[office].vehicles + patrols.vehicles.get(office, 0)
    model.require(instance.officers_per_crew * total(crews) <= officers, f"{NAME}|staff|{office}")
    model.require(total(crews) <= vehicles, f"{NAME}|vehicles|{office}")
    for c in range(2, len(crews) + 1):
        model.require(
            patrols.crew[office, c] <= patrols.crew[office, c - 1], f"{NAME}|order|{office}|{c}"
        )


def _calls(model: AllocationModel, office: str) -> None:
    instance = model.instance
    cell = Cell(office, Unit.PATROL)
    amounts = {s.key: s for s in instance.streams}
    calls = [(k, v) for k, v in model.v.flows.of_cell[cell] if k.call]
    if not calls:
        return
    answered = total(amounts[k].cases_week / amounts[k].hours_week * v for k, v in calls)
    carried = total(
        (instance.calls_carried(c) - instance.calls_carried(c - 1)) * b
        for (o, c), b in model.v.patrols.crew.items()
        if o == office
    )
    model.require(answered <= carried, f"{NAME}|calls|{office}")
    policies = instance.problem.policies
    busy = total((1 + instance.road(k.area, office, k.unit)) * v for k, v in calls)
    officers = total(model.v.postings.at_cell(cell))
    most = policies.reactive_share * policies.hours_week
    model.require(busy <= most * officers, f"{NAME}|reactive|{office}")
