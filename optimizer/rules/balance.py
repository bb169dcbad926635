"""Rule 3, balance: hours asked for are served by somebody or named as unmet.

For every stream ``k`` (area, unit, needs a woman, answers a call):
``sum_o f[k,o] + s[k] = d[k]``. Streams that need a woman are streams of their own, so what women
give to them can't exceed what is given at all.
"""

from optimizer.model import AllocationModel, total

NAME = "balance"
HARD = True


def apply(model: AllocationModel) -> None:
    flows = model.v.flows
    for n, stream in enumerate(model.instance.streams):
        served = total(flows.of_stream[stream.key])
        model.require(served + flows.unmet[stream.key] == stream.hours_week, f"{NAME}|{n}")
