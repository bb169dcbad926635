"""Rule 5, reach: an office serves an area only within the unit's daily reach by road.

``f[k,o]`` exists only where ``travel_min[i,o] <= reach_min[u]``. Travel follows roads, bridges
and ferries (``geo.travel``); a pair without a time can't be reached, so nothing ever crosses the
river in a straight line. Areas that no office reaches stay in the totals and are listed apart.
"""

from optimizer.model import AllocationModel

NAME = "reach"
HARD = True


def apply(model: AllocationModel) -> None:
    instance, flows = model.instance, model.v.flows
    for stream in instance.streams:
        key = stream.key
        label = f"{key.area}|{key.unit}|{key.women:d}{key.call:d}"
        flows.unmet[key] = model.solver.add_variable(
            lb=0, ub=stream.hours_week, name=f"unmet|{label}"
        )
        for office in instance.offices:
            if instance.reaches(key.area, office, key.unit):
                variable = model.solver.add_variable(
                    lb=0, ub=stream.hours_week, name=f"flow|{label}|{office}"
                )
                flows.admit(key, office, variable)
