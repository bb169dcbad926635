"""Layers at scale: ours against the known ways, each step in a process of its own.

    python bench/geo_layers.py                       every step, medians of 5
    python bench/geo_layers.py assign density        some of them
    python bench/geo_layers.py --runs 3 --points 1000000

Prints CPU seconds (user and system, of the process and those it started), because wall time says
more about what else the machine does, and wall seconds beside them. Points are SYNTHETIC: half
uniform over Iraq, half near its towns. Units are the 294 official sub-districts where
MIZAN_SHARED has them, else a lattice of as many.
"""

# ruff: noqa: ARG001, PLC0415
# All steps have one signature; a step loads what it measures only.

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MIZAN_SHARED", ROOT.parent / "shared")) / "data"
RUNS = 5
FIRST, MONTHS = "2020-01-01", 60


def official() -> Any:
    import geopandas as gpd
    import shapely

    path = SHARED / "boundaries" / "irq_cod_ab_2019_adm3.geojson"
    if path.is_file():
        units = gpd.read_file(path)[["ADM3_PCODE", "ADM3_EN", "ADM3_AR", "geometry"]]
        return units.rename(columns={"ADM3_PCODE": "code"}).sort_values("code").set_index("code")
    boxes = [
        shapely.box(39 + i, 29.5 + j / 2, 40 + i, 30 + j / 2) for i in range(21) for j in range(14)
    ]
    return gpd.GeoDataFrame(index=[f"U{i:03}" for i in range(294)], geometry=boxes, crs=4326)


def points(count: int) -> tuple[np.ndarray, np.ndarray]:
    units = official()
    rng = np.random.default_rng(1)
    west, south, east, north = units.total_bounds
    towns = units.geometry.representative_point()
    at = rng.integers(0, len(towns), count // 2)
    lon = np.concatenate(
        [
            rng.uniform(west, east, count - count // 2),
            towns.x.to_numpy()[at] + rng.normal(0, 0.05, count // 2),
        ]
    )
    lat = np.concatenate(
        [
            rng.uniform(south, north, count - count // 2),
            towns.y.to_numpy()[at] + rng.normal(0, 0.05, count // 2),
        ]
    )
    order = rng.permutation(count)
    return np.round(lon[order], 6), np.round(lat[order], 6)


def write_files(folder: Path, count: int) -> None:
    """The same rows as one CSV, one Parquet file, and four Parquet parts."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    from geo.incidents import CATEGORIES

    rng = np.random.default_rng(2)
    lon, lat = points(count)
    kinds = pa.array(rng.integers(0, len(CATEGORIES), count).astype(np.int32))
    days = (np.datetime64(FIRST) + rng.integers(0, 1826, count)).astype("datetime64[D]")
    table = pa.table(
        {
            "lon": lon,
            "lat": lat,
            "category": pa.DictionaryArray.from_arrays(kinds, pa.array(list(CATEGORIES))),
            "date": pa.array(days),
        }
    )
    pq.write_table(table, folder / "points.parquet", row_group_size=1 << 20)
    part = -(-count // 4)
    for i in range(4):
        pq.write_table(
            table.slice(i * part, part), folder / f"part{i}.parquet", row_group_size=1 << 20
        )
    pyarrow.csv.write_csv(table, folder / "points.csv")


def counter() -> Any:
    from datetime import date

    from geo.grid import build_grid
    from geo.scale import Counter, Headers
    from geo.tally import Calendar

    units = official()
    grid = build_grid(list(units.index), list(units.geometry))
    return Counter(grid, Calendar(date.fromisoformat(FIRST), MONTHS), Headers())


# Each step returns what is to be timed; what it needs is made before the clock starts.


def assign_ours(folder: Path, count: int) -> Callable[[], Any]:
    from geo.grid import assign

    grid = counter().grid
    lon, lat = points(count)
    return lambda: assign(grid, lon, lat)


def assign_sjoin(folder: Path, count: int) -> Callable[[], Any]:
    import geopandas as gpd

    units = official()[["geometry"]]
    lon, lat = points(count)

    def run() -> Any:
        frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs=4326))
        return gpd.sjoin(frame, units, predicate="within")

    return run


def grid_build(folder: Path, count: int) -> Callable[[], Any]:
    from geo.grid import build_grid

    units = official()
    return lambda: build_grid(list(units.index), list(units.geometry))


def counts_input(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return (
        rng.integers(-1, 294, count).astype(np.int32),
        rng.integers(0, 10, count).astype(np.int16),
        rng.integers(0, MONTHS, count).astype(np.int16),
    )


def counts_ours(folder: Path, count: int) -> Callable[[], Any]:
    from geo.tally import count_codes

    area, kind, month = counts_input(count)
    return lambda: count_codes(area, kind, month, (295, 10, MONTHS + 1))


def counts_pandas(folder: Path, count: int) -> Callable[[], Any]:
    import pandas as pd

    area, kind, month = counts_input(count)
    frame = pd.DataFrame({"area": area, "kind": kind, "month": month})
    return lambda: frame.groupby(["area", "kind", "month"]).size()


def density_points() -> np.ndarray:
    rng = np.random.default_rng(4)
    west = rng.normal((20_000, 20_000), 4_000, (5_000, 2))
    east = rng.normal((32_000, 30_000), 4_000, (5_000, 2))
    return np.clip(np.vstack([west, east]), 1, 49_999)


def density_ours(folder: Path, count: int) -> Callable[[], Any]:
    import shapely

    from geo.density import density

    xy, box = density_points(), shapely.box(0, 0, 50_000, 50_000)
    return lambda: density(xy, box, category=None, cell_m=100, bandwidth_m=1_000).values


def cells_500() -> np.ndarray:
    side = (np.arange(500) + 0.5) * 100
    return np.column_stack([a.ravel() for a in np.meshgrid(side, side)])


def density_scipy(folder: Path, count: int) -> Callable[[], Any]:
    from scipy.stats import gaussian_kde

    xy = density_points()
    # scipy stretches its kernel like the points; on average it is as wide as ours.
    kernel = gaussian_kde(xy.T, bw_method=1_000 / float(np.sqrt(xy.var(axis=0, ddof=1).mean())))
    at = cells_500()
    return lambda: kernel(at.T) * len(xy) * 1e6


def density_sklearn(folder: Path, count: int) -> Callable[[], Any]:
    from sklearn.neighbors import KernelDensity

    xy, at = density_points(), cells_500()
    kernel = KernelDensity(bandwidth=1_000, rtol=1e-4).fit(xy)
    return lambda: np.exp(kernel.score_samples(at)) * len(xy) * 1e6


def geojson_ours(folder: Path, count: int) -> Callable[[], Any]:
    import pandas as pd

    from geo.export import collection

    units = official()
    rows = pd.DataFrame(units.drop(columns="geometry"))
    return lambda: collection(rows, units.geometry)


def geojson_geopandas(folder: Path, count: int) -> Callable[[], Any]:
    units = official()
    return lambda: units.to_json().encode()


def point_frame(count: int) -> Any:
    import geopandas as gpd

    lon, lat = points(count)
    return gpd.GeoDataFrame(
        {"n": np.arange(count)}, geometry=gpd.points_from_xy(lon, lat, crs=4326)
    )


def geojson_points_ours(folder: Path, count: int) -> Callable[[], Any]:
    import pandas as pd

    from geo.export import collection

    frame = point_frame(100_000)
    rows = pd.DataFrame(frame[["n"]])
    return lambda: collection(rows, frame.geometry)


def geojson_points_geopandas(folder: Path, count: int) -> Callable[[], Any]:
    frame = point_frame(100_000)
    return lambda: frame.to_json().encode()


def simplify_coverage(folder: Path, count: int) -> Callable[[], Any]:
    import shapely

    shapes = official().to_crs(32638).geometry.to_numpy()
    return lambda: shapely.coverage_simplify(shapes, 500.0)


def simplify_plain(folder: Path, count: int) -> Callable[[], Any]:
    shapes = official().to_crs(32638).geometry
    return lambda: shapes.simplify(200.0)


def csv_pyarrow(folder: Path, count: int) -> Callable[[], Any]:
    import pyarrow as pa
    import pyarrow.csv

    kinds = pa.dictionary(pa.int32(), pa.string())
    types = {"lon": pa.float64(), "lat": pa.float64(), "category": kinds, "date": pa.date32()}
    options = pyarrow.csv.ConvertOptions(column_types=types)

    def run() -> int:
        reading = pyarrow.csv.ReadOptions(block_size=16 << 20)
        with pyarrow.csv.open_csv(
            folder / "points.csv", read_options=reading, convert_options=options
        ) as reader:
            return sum(batch.num_rows for batch in reader)

    return run


def csv_pandas(folder: Path, count: int) -> Callable[[], Any]:
    import pandas as pd

    return lambda: pd.read_csv(folder / "points.csv", parse_dates=["date"])


def csv_to_layers(folder: Path, count: int) -> Callable[[], Any]:
    from datetime import date

    import pandas as pd

    from geo.arrivals import ARRIVALS
    from geo.boundaries import check_units
    from geo.build import build_layers
    from geo.layers import Period
    from geo.population import check_population
    from geo.scale import count_csv

    units = official()[["geometry"]].assign(level="subdistrict", name_en="", name_ar="")
    units["parent"] = units.index.str[:5]
    units = check_units(units)
    leaves = units.index[units["level"] == "subdistrict"]
    people = check_population(
        pd.DataFrame(
            {"area": leaves, "as_of": "2022-01-01", "residents": 1e5, "source": "SYNTHETIC"}
        )
    )
    period = Period(date(2020, 1, 1), date(2025, 1, 1))

    def run() -> Any:
        tally = count_csv(folder / "points.csv", counter())
        return build_layers(units, tally, ARRIVALS.empty(), people, period=period)

    return run


def parquet_ours(folder: Path, count: int) -> Callable[[], Any]:
    from geo.scale import count_parquet

    parts = counter()
    return lambda: count_parquet([folder / "points.parquet"], parts).total


def parquet_pool(folder: Path, count: int) -> Callable[[], Any]:
    from concurrent.futures import ProcessPoolExecutor

    from geo.scale import count_parquet, pool_map

    parts = counter()
    files = sorted(folder.glob("part*.parquet"))
    pool = ProcessPoolExecutor(2)

    def run() -> Any:
        return count_parquet(files, parts, spread=pool_map(pool)).total

    run()  # processes start and import once
    return run


def parquet_dask(folder: Path, count: int) -> Callable[[], Any]:
    from distributed import Client, LocalCluster

    from geo.scale import count_parquet, dask_map

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    client = Client(cluster)
    parts = counter()
    files = sorted(folder.glob("part*.parquet"))

    def run() -> Any:
        return count_parquet(files, parts, spread=dask_map(client)).total

    run()  # workers start and import once
    return run


STEPS: dict[str, tuple[str, ...]] = {
    "read": ("csv_pyarrow", "csv_pandas"),
    "assign": ("grid_build", "assign_ours", "assign_sjoin"),
    "counts": ("counts_ours", "counts_pandas"),
    "density": ("density_ours", "density_scipy", "density_sklearn"),
    "geojson": (
        "geojson_ours",
        "geojson_geopandas",
        "geojson_points_ours",
        "geojson_points_geopandas",
    ),
    "simplify": ("simplify_coverage", "simplify_plain"),
    "whole": ("csv_pyarrow", "csv_to_layers", "parquet_ours", "parquet_pool", "parquet_dask"),
}
NEED_FILES = {"read", "whole"}


def memory_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return float(line.split()[1]) / 1024
    raise KeyError(field)


def cpu_seconds() -> float:
    """Of this process and of those it started that still run."""
    times = [one.cpu_times() for one in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(one.user + one.system for one in times)


def measure(name: str, folder: Path, count: int, runs: int) -> None:
    """One step in this process: its times, and the memory it took above its input."""
    run = globals()[name](folder, count)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = memory_mb("VmRSS")
    seconds, wall = [], []
    for _ in range(runs):
        start, begun = cpu_seconds(), time.perf_counter()
        result = run()
        seconds.append(cpu_seconds() - start)
        wall.append(time.perf_counter() - begun)
        del result
    after = memory_mb("VmHWM")
    print(
        json.dumps(
            {
                "step": name,
                "seconds": statistics.median(seconds),
                "spread": [min(seconds), max(seconds)],
                "wall": statistics.median(wall),
                "above_input_mb": after - before,
                "peak_mb": after,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--points", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one == "write_files":
        write_files(asked.folder, asked.points)
        print("{}")
        return
    if asked.one:
        measure(asked.one, asked.folder, asked.points, asked.runs)
        return
    steps = asked.steps or list(STEPS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if NEED_FILES & set(steps):
            child("write_files", folder, asked)
        found: dict[str, float] = {}
        wall: dict[str, float] = {}
        for step in dict.fromkeys(one for group in steps for one in STEPS[group]):
            line = child(step, folder, asked)
            found[step], wall[step] = line["seconds"], line["wall"]
            low, high = line["spread"]
            print(
                f"{step:26} {line['seconds']:9.3f} s  ({low:.3f}-{high:.3f})"
                f"  wall {line['wall']:8.3f} s"
                f"  above input {line['above_input_mb']:7.0f} MB  peak {line['peak_mb']:6.0f} MB",
                flush=True,
            )
        ratios(found, asked.points)
        if {"csv_to_layers", "csv_pyarrow"} <= set(wall):
            words = "CSV to layers / pyarrow.csv alone, wall"
            print(f"{words:42} {wall['csv_to_layers'] / wall['csv_pyarrow']:8.1f}")


def child(step: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", step, "--folder", str(folder)]
    command += ["--points", str(asked.points), "--runs", str(asked.runs)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    line: dict[str, Any] = json.loads(output.stdout.splitlines()[-1])
    return line


def ratios(found: dict[str, float], count: int) -> None:
    pairs = (
        ("assign: sjoin / ours", "assign_sjoin", "assign_ours"),
        ("counts: pandas / ours", "counts_pandas", "counts_ours"),
        ("density: gaussian_kde / ours", "density_scipy", "density_ours"),
        ("density: scikit-learn / ours", "density_sklearn", "density_ours"),
        ("GeoJSON of 294 units: geopandas / ours", "geojson_geopandas", "geojson_ours"),
        ("GeoJSON of 100,000 points", "geojson_points_geopandas", "geojson_points_ours"),
        ("CSV to layers / pyarrow.csv alone", "csv_to_layers", "csv_pyarrow"),
    )
    for words, above, below in pairs:
        if above in found and below in found:
            print(f"{words:42} {found[above] / found[below]:8.1f}")
    if "parquet_ours" in found:
        print(
            f"{'Parquet rows a CPU second, millions':42} {count / found['parquet_ours'] / 1e6:8.1f}"
        )


if __name__ == "__main__":
    main()
