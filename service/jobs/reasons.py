"""Why a job broke, in words that its owner and a log may read."""

from pathlib import Path

_OURS = frozenset({"geo", "optimizer", "service"})


def reason_of(error: BaseException) -> str:
    """Kind of ``error``, and its text where that is ours; else where it happened.

    What a library says of an error quotes what it was given: rows, figures, fields of a request.
    """
    kind = type(error)
    if kind.__module__.partition(".")[0] in _OURS:
        return f"{kind.__name__}: {error}"[:500]
    step, place = error.__traceback__, ""
    while step is not None:
        code = step.tb_frame.f_code
        place = f" ({Path(code.co_filename).name}:{step.tb_lineno} {code.co_name})"
        step = step.tb_next
    return f"{kind.__name__}{place}"
