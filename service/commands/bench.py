"""``mizan bench siting``: solve a published siting instance and say what was proven."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from geo.notes import Note, said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.siting import SitingProgress, SitingResult
    from optimizer.siting.files import FileProblem


_NOT_FOUND = said("no choice of sites that serves everybody was found in time")
_NONE = said("no choice of that many sites serves everybody")


class SitingModel(StrEnum):
    """Which question is asked of the file."""

    MEDIAN = "median"
    COVERING = "covering"
    BACKUP = "backup"
    CENTER = "center"
    CAPACITATED = "capacitated"


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Measure the solvers on published instances.")
    group.callback()(_begin)
    group.command("siting")(siting)
    app.add_typer(group, name="bench")


def _begin() -> None:
    """Keep 'siting' a sub-command although it is the only one."""


def siting(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="OR-Library p-median, capacitated or node file.")],
    model: Annotated[
        SitingModel | None,
        typer.Option(help="Default: capacitated if the file has capacities, else median."),
    ] = None,
    sites: Annotated[
        int | None, typer.Option("--sites", "-p", min=1, help="Open sites in all.")
    ] = None,
    radius: Annotated[
        float | None, typer.Option(min=0, help="Cost within which a site covers.")
    ] = None,
    demand: Annotated[
        Path | None, typer.Option(help="Weights of the nodes, one number each.")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option(min=0, help="For files that say 'capacity' in its place.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--problem", min=1, help="Only this problem of the file.")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.01, help="Seconds for each problem.")] = 60.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the results here as JSON.")
    ] = None,
) -> None:
    """Solve a published siting instance: value, bound, gap, seconds, and whether it is proven."""
    from optimizer.siting import SitingFaultsError
    from optimizer.siting.files import read_siting_file

    here = terminal(context)
    if model in (SitingModel.COVERING, SitingModel.BACKUP) and radius is None:
        here.warn(said("{model} needs --radius."), model=model)
        raise typer.Exit(Exit.USAGE)
    for path in (file, demand):
        if path is not None and not path.is_file():
            here.warn(said("{file} is no file."), file=str(path))
            raise typer.Exit(Exit.USAGE)
    try:
        found = read_siting_file(file, demand=demand, p=sites, capacity=capacity)
    except SitingFaultsError as error:
        _refuse(here, error.faults)
    problems = found.problems
    if number is not None and number > len(problems):
        _misused(here, said("{file}: {n} problems, none after them."), file.name, len(problems))
    fewest = min(len(problem.instance.sites) for problem in problems)
    if sites is not None and sites > fewest:
        _misused(here, said("{file}: no more than {n} sites may open."), file.name, fewest)
    here.tell(said("{file}: {form}"), file=file.name, form=here.note(found.form))
    problems = tuple(_with_sites(problem, sites) for problem in problems)
    chosen = problems if number is None else problems[number - 1 : number]
    results = []
    for problem in chosen:
        try:
            result = _solve(here, problem, model, radius, time_limit)
        except SitingFaultsError as error:
            _refuse(here, error.faults)
        _tell(here, problem, result)
        results.append(result)
    if output is not None:
        _write(output, results)
    raise typer.Exit(_exit(results))


def _misused(here: Terminal, message: str, file: str, n: int) -> NoReturn:
    """An option asks for more than the file holds."""
    here.warn(message, file=file, n=n)
    raise typer.Exit(Exit.USAGE)


def _refuse(here: Terminal, faults: Iterable[Note]) -> NoReturn:
    here.warn(said("The instance can't be solved as it is:"))
    for fault in faults:
        here.err.print(here.note(fault), markup=False, highlight=False)
    raise typer.Exit(Exit.REFUSED)


def _with_sites(problem: "FileProblem", sites: int | None) -> "FileProblem":
    """The same problem with another number of open sites."""
    from dataclasses import replace

    if sites is None:
        return problem
    return replace(problem, instance=replace(problem.instance, p=sites))


def _solve(
    here: Terminal,
    problem: "FileProblem",
    model: SitingModel | None,
    radius: float | None,
    time_limit: float,
) -> "SitingResult":
    from optimizer import siting as solvers

    if model is None:
        model = SitingModel.MEDIAN if problem.capacities is None else SitingModel.CAPACITATED
    if model is SitingModel.CAPACITATED and problem.capacities is None:
        raise solvers.SitingFaultsError([Note("{file}: holds no capacities", file=problem.name)])
    with here.err.status(problem.name) as status:

        def progress(moment: "SitingProgress") -> None:
            value = "" if moment.value is None else f"{moment.value:,.10g}"
            bound = "" if moment.bound is None else f"{moment.bound:,.10g}"
            status.update(f"{problem.name}: {moment.phase} {value} / {bound}")

        instance = problem.instance
        if model is SitingModel.CAPACITATED:
            assert problem.capacities is not None
            return solvers.solve_capacitated(
                instance, problem.capacities, time_limit_s=time_limit, progress=progress
            )
        if model is SitingModel.CENTER:
            return solvers.solve_pcenter(instance, time_limit_s=time_limit, progress=progress)
        if model is SitingModel.MEDIAN:
            return solvers.solve_pmedian(instance, time_limit_s=time_limit, progress=progress)
        assert radius is not None
        solve = solvers.solve_covering if model is SitingModel.COVERING else solvers.solve_backup
        return solve(instance, radius, time_limit_s=time_limit, progress=progress)


def _tell(here: Terminal, problem: "FileProblem", result: "SitingResult") -> None:
    from optimizer.plan import Status

    clients, columns = problem.instance.cost.shape
    if result.value is None or result.bound is None or result.gap is None:
        here.tell(
            said("{name}: {status} after {seconds} s: {reason}"),
            name=problem.name,
            status=here.say(result.status.value),
            seconds=f"{result.seconds:.3f}",
            reason=here.say(_NONE if result.status is Status.INFEASIBLE else _NOT_FOUND),
        )
        return
    here.tell(
        said(
            "{name}: {clients} x {sites}, {opened} open, value {value}, bound {bound}, "
            "gap {gap}%, {seconds} s, {status}"
        ),
        name=problem.name,
        clients=clients,
        sites=columns,
        opened=len(result.open_sites),
        value=f"{result.value:.12g}",
        bound=f"{result.bound:.12g}",
        gap=f"{100 * result.gap:.4f}",
        seconds=f"{result.seconds:.3f}",
        status=here.say(result.status.value),
    )
    if result.out_of_reach:
        here.tell(said("{n} clients are out of reach of every site."), n=len(result.out_of_reach))
    if problem.published is not None:
        here.tell(
            said("The file names {value} as its best known value."),
            value=f"{problem.published:.12g}",
        )


def _write(output: Path, results: "list[SitingResult]") -> None:
    import orjson

    from service.atomic import write_whole

    document = [result.model_dump(mode="json") for result in results]
    write_whole(output, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _exit(results: "list[SitingResult]") -> Exit:
    from optimizer.plan import Status

    found = {result.status for result in results}
    if Status.INFEASIBLE in found:
        return Exit.INFEASIBLE
    return Exit.DONE if found <= {Status.PROVEN} else Exit.NO_PROOF
