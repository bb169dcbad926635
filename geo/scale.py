"""Many incidents: files of millions of rows to a tally, part by part, on any executor.

Only four columns are read (longitude, latitude, category, date); no row is kept, and memory is
that of one part. ``spread`` may be the built-in ``map``, a process pool's, or ``dask_map`` of a
``distributed.Client``: the kernel is the same pure function (``geo.tally.count_points``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.grid import AreaGrid
from geo.incidents import CATEGORIES, OTHER
from geo.tally import Calendar, Tally, count_points

CSV_BLOCK_BYTES = 16 << 20
Spread = Callable[[Callable[[Any], NDArray[np.int64]], Iterable[Any]], Iterable[NDArray[np.int64]]]


@dataclass(frozen=True, slots=True)
class Headers:
    """Where a file keeps the four columns; ``categories`` maps its words to ours.

    Words that it does not map count as ``other``.
    """

    lon: str = "lon"
    lat: str = "lat"
    category: str = "category"
    date: str = "date"
    categories: Mapping[str, str] | None = None

    def code(self, word: str | None) -> int:
        """Position of a file's word in ``CATEGORIES``."""
        known = self.categories or {}
        name = known.get(word or "", word or OTHER)
        return _POSITION.get(name, _POSITION[OTHER])


_POSITION = {name: i for i, name in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True)
class Counter:
    """What every part needs; it travels to other processes."""

    grid: AreaGrid
    calendar: Calendar
    headers: Headers

    def batch(self, batch: pa.RecordBatch | pa.Table) -> NDArray[np.int64]:
        """Counts of one part that is in memory. Empty coordinates are outside."""
        lon, lat = (_floats(batch.column(name)) for name in (self.headers.lon, self.headers.lat))
        return count_points(
            self.grid,
            lon,
            lat,
            _categories(batch.column(self.headers.category), self.headers),
            self.calendar.month(_days(batch.column(self.headers.date))),
            categories=len(CATEGORIES),
            months=self.calendar.months,
        )

    def parquet(self, part: tuple[str, int]) -> NDArray[np.int64]:
        """Counts of one row group of a Parquet file."""
        path, group = part
        names = [self.headers.lon, self.headers.lat, self.headers.category, self.headers.date]
        with pq.ParquetFile(path, memory_map=True, read_dictionary=[self.headers.category]) as file:
            return self.batch(file.read_row_group(group, columns=names, use_threads=False))

    def tally(self, counts: Iterable[NDArray[np.int64]]) -> Tally:
        """The sum of all parts."""
        shape = (len(self.grid.codes) + 1, len(CATEGORIES), self.calendar.months + 1)
        total = reduce(np.add, counts, np.zeros(shape, dtype=np.int64))
        return Tally(
            self.grid.codes, tuple(CATEGORIES), self.calendar.first, self.calendar.months, total
        )


def count_csv(path: Path, counter: Counter, *, block_bytes: int = CSV_BLOCK_BYTES) -> Tally:
    """Count a CSV file in one pass. Raises ``pyarrow.ArrowInvalid`` on a cell of another type.

    For files that have been checked: ``service.imports`` finds the faults of files that have not.
    """
    names = counter.headers
    types = {
        names.lon: pa.float64(),
        names.lat: pa.float64(),
        names.category: pa.dictionary(pa.int32(), pa.string()),
        names.date: pa.date32(),
    }
    options = pyarrow.csv.ConvertOptions(column_types=types, include_columns=list(types))
    reading = pyarrow.csv.ReadOptions(block_size=block_bytes)
    with pyarrow.csv.open_csv(path, read_options=reading, convert_options=options) as reader:
        return counter.tally(map(counter.batch, _ahead(reader)))


def _ahead(reader: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches of ``reader``; the next one is parsed while the last one is counted."""
    batches = iter(reader)
    with ThreadPoolExecutor(1, thread_name_prefix="mizan-csv") as other:
        coming = other.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = other.submit(next, batches, None)
            yield batch


def count_parquet(paths: Sequence[Path], counter: Counter, *, spread: Spread = map) -> Tally:
    """Count Parquet files, one row group at a time, on the executor that ``spread`` names."""
    parts = [
        (str(path), group)
        for path in paths
        for group in range(pq.read_metadata(path).num_row_groups)
    ]
    return counter.tally(spread(counter.parquet, parts))


def dask_map(client: Any, *, tasks_a_worker: int = 4) -> Spread:
    """Run the parts on a ``distributed.Client``: the counter is sent to each worker once.

    Parts are bundled to a few tasks for each worker, whose counts are added up there: what comes
    back is some megabytes a task, whatever the number of parts.
    """

    def spread(
        kernel: Callable[[Any], NDArray[np.int64]], parts: Iterable[Any]
    ) -> Iterable[NDArray[np.int64]]:
        every = list(parts)
        shared = client.scatter(kernel, broadcast=True, hash=False)
        tasks = max(1, tasks_a_worker * len(client.nthreads()))
        size = -(-len(every) // tasks) or 1
        bundles = [every[start : start + size] for start in range(0, len(every), size)]
        futures = [client.submit(_summed, shared, bundle, pure=False) for bundle in bundles]
        return (future.result() for future in futures)

    return spread


def _summed(kernel: Callable[[Any], NDArray[np.int64]], bundle: Sequence[Any]) -> NDArray[np.int64]:
    return reduce(np.add, map(kernel, bundle))


def pool_map(pool: Any, chunk: int = 1) -> Spread:
    """Run the parts on a ``concurrent.futures`` process pool."""
    return partial(_pool_map, pool, chunk)


def _pool_map(
    pool: Any, chunk: int, kernel: Callable[[Any], NDArray[np.int64]], parts: Iterable[Any]
) -> Iterable[NDArray[np.int64]]:
    mapped: Iterable[NDArray[np.int64]] = pool.map(kernel, parts, chunksize=chunk)
    return mapped


def _floats(column: Any) -> NDArray[np.float64]:
    """A column as numbers, NaN for empty; without a copy where the file has no gaps."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    values: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _days(column: Any) -> NDArray[np.int32]:
    """Days since 1970; an empty date is far before every calendar."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    days = column.cast(pa.date32()).cast(pa.int32())
    filled = days.fill_null(np.iinfo(np.int32).min) if days.null_count else days
    values: NDArray[np.int32] = filled.to_numpy(zero_copy_only=False)
    return values


def _categories(column: Any, headers: Headers) -> NDArray[np.int16]:
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks() if column.num_chunks else column
    if isinstance(column, pa.ChunkedArray):
        column = pa.array([], pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    words = column.dictionary.to_pylist()
    codes = np.array([headers.code(word) for word in words] + [headers.code(None)], dtype=np.int16)
    indices = column.indices
    if indices.null_count:
        indices = indices.fill_null(len(words))
    mapped: NDArray[np.int16] = codes[indices.to_numpy(zero_copy_only=False)]
    return mapped
