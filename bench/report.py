"""Time the report of a solved plan: ``python -m bench.report FOLDER``, a folder of mizan solve."""

import sys
import time
from datetime import date
from pathlib import Path

from service.exports.documents import read_plan, read_problem
from service.exports.shapes import scene_of
from service.locale.words import Words
from service.reports.ground import ground_of, todays_plan
from service.reports.maps import Ground
from service.reports.plan_report import plan_pdf
from service.settings import Settings, checkout_data
from service.store import open_store

TIMES = 5


def main() -> None:
    """Print the seconds of each language, best of five, and the size; the store gives the maps."""
    folder = Path(sys.argv[1])
    problem, plan = read_problem(folder / "problem.json"), read_plan(folder / "plan.json")
    home = Settings().home / "mizan.db"
    ground = Ground({})
    if home.is_file():
        with open_store(str(home)) as store:
            atlas = scene_of(store, problem, checkout_data()).atlas
            assert atlas is not None
            ground = ground_of(atlas, problem)
    against = {"today": todays_plan(problem)}
    for lang in ("ar", "en"):
        taken, size = [], 0
        for _ in range(TIMES):
            began = time.perf_counter()
            words = Words("ar" if lang == "ar" else "en")
            content = plan_pdf(
                problem, plan, words=words, day=date(2026, 1, 1), ground=ground, against=against
            )
            taken.append(time.perf_counter() - began)
            size = len(content.body)
        print(f"{lang}: {min(taken):.2f} s, {size / 1000:.0f} kB, {len(problem.areas)} areas")


if __name__ == "__main__":
    main()
