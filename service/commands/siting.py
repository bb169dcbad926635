"""``mizan siting``: where new offices would serve best, for each question of siting, with proof."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from geo.notes import said
from service.commands.bench import SitingModel
from service.commands.terminal import Exit, Terminal, terminal
from service.scenario import SitesFrom

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimizer.siting import SitingProgress
    from service.assembly.sites import ProposedSites

WRITTEN = (".json", ".geojson", ".csv", ".xlsx")


def register(app: typer.Typer) -> None:
    app.command("siting")(siting)


def siting(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="Name of a preset, or a scenario file.")],
    sites: Annotated[
        int, typer.Option("--sites", "-n", min=1, max=20, help="New sites to propose.")
    ] = 1,
    places: Annotated[
        SitesFrom, typer.Option("--from", help="Where a site may lie.")
    ] = SitesFrom.SETTLEMENTS,
    kind: Annotated[
        SitingModel,
        typer.Option(
            help="What is best: the shortest mean way (median), the farthest area as near as can "
            "be (center), most officer-hours within --radius of one office (covering) or of two "
            "(backup), the shortest way with no office over --capacity (capacitated)."
        ),
    ] = SitingModel.MEDIAN,
    radius: Annotated[
        float | None, typer.Option(min=0.1, help="Minutes one way, for covering and backup.")
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option(min=0.1, help="Officer-hours a week of one office, for capacitated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A file: .geojson, .json, .csv or .xlsx.")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds for the proof.")] = 10.0,
) -> None:
    """Propose new office sites; today's offices stay.

    The first answer is there at once, its proof or the gap that is left follows. To let a plan
    choose among the sites, give the scenario the field "propose_sites".
    """
    from optimizer.siting.aims import Aim, SitingKind
    from service.assemble import site_search
    from service.assembly.sites import propose
    from service.exploration.shown import shown_table
    from service.exports.site_files import site_table, sites_reading, write_sites
    from service.layer_settings import choices_of
    from service.scenario import read_scenario

    if out is not None and out.suffix.lower() not in WRITTEN:
        raise typer.BadParameter(f"{out.name}: {', '.join(WRITTEN)}", param_hint="--out")
    here = terminal(context)
    _check(here, kind, radius, capacity)
    aim = Aim(SitingKind(kind.value), radius_min=radius, capacity=capacity)
    asked = read_scenario(scenario).model_copy(
        update={"propose_sites": sites, "propose_from": places}
    )
    with here.store(make=False) as store:
        with here.err.status(here.say(said("Building layers and demand"))):
            search = site_search(store, asked, choices=choices_of(here.settings))
        version = store.data_version()
    here.tell(
        said("{places} places, {fixed} offices stay, {areas} areas"),
        places=len(search.places),
        fixed=len(search.fixed),
        areas=len(search.areas),
    )
    free = len(search.places) - len(search.fixed)
    if sites > free:
        here.warn(said("Only {n} sites can be proposed: no more places are free."), n=free)
    found = propose(search, sites, aim=aim, time_limit_s=time_limit, progress=_teller(here))
    table = site_table(found, here.words)
    here.out.print(shown_table(table, here.words), "", sep="\n", markup=False)
    here.out.print(sites_reading(found, here.words), markup=False, highlight=False)
    if out is not None:
        write_sites(out, asked, found, version, here.words)
        here.out.print(str(out), markup=False, highlight=False)
    raise typer.Exit(_code(found))


_RADIUS_OF = (SitingModel.COVERING, SitingModel.BACKUP)


def _check(here: Terminal, kind: SitingModel, radius: float | None, capacity: float | None) -> None:
    """An option that the question needs is there, and none that it does not know."""
    if kind in _RADIUS_OF and radius is None:
        _misused(here, said("{model} needs --radius."), kind)
    if kind is SitingModel.CAPACITATED and capacity is None:
        _misused(here, said("{model} needs --capacity."), kind)
    if kind not in _RADIUS_OF and radius is not None:
        _misused(here, said("{model} knows no --radius."), kind)
    if kind is not SitingModel.CAPACITATED and capacity is not None:
        _misused(here, said("{model} knows no --capacity."), kind)


def _misused(here: Terminal, message: str, kind: SitingModel) -> NoReturn:
    here.warn(message, model=kind)
    raise typer.Exit(Exit.USAGE)


def _teller(here: Terminal) -> "Callable[[SitingProgress], None]":
    """Tell the first answer as it comes; what betters it is in the table."""

    def tell(step: "SitingProgress") -> None:
        if step.phase == "preview":
            here.warn(
                said("A first answer after {seconds} s; its proof follows."),
                seconds=here.words.number(step.seconds, 2),
            )

    return tell


def _code(found: "ProposedSites") -> Exit:
    from optimizer.plan import Status

    status = found.found.result.status
    if status is Status.PROVEN:
        return Exit.DONE
    return Exit.INFEASIBLE if status is Status.INFEASIBLE else Exit.NO_PROOF
