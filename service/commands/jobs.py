"""``mizan jobs``: what is being solved, and runners for more machines."""

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, terminal

if TYPE_CHECKING:
    from service.store.jobs import Job


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Jobs: list, show, cancel, work.")
    group.command("list")(list_jobs)
    group.command("show")(show)
    group.command("cancel")(cancel)
    group.command("work")(work)
    app.add_typer(group, name="jobs")


JobId = Annotated[str, typer.Argument(help="Id of the job.")]


def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
) -> None:
    """The newest jobs, what they do and how far they are."""
    from service.jobs.model import MEANING
    from service.jobs.views import progress_of
    from service.text_table import text_table

    here = terminal(context)
    with here.store(make=False) as store:
        jobs = store.jobs.list(limit=limit)
    titles = (said("Job"), said("Asked by"), said("State"), said("Goals settled"), said("Reason"))
    rows = [
        (
            job.id,
            job.owner,
            here.say(MEANING[job.status.value]),
            here.words.percent(progress_of(job).share),
            job.message,
        )
        for job in jobs
    ]
    table = text_table([here.say(title) for title in titles], rows, right="   r")
    here.out.print(table, markup=False, highlight=False)


def show(context: typer.Context, job: JobId) -> None:
    """One job: its state, its goals, its plan."""
    here = terminal(context)
    with here.store(make=False) as store:
        for line in _lines(store.jobs.get(job)):
            here.out.print(line, markup=False, highlight=False)


def cancel(context: typer.Context, job: JobId) -> None:
    """Stop a job; a waiting one ends at once, a running one within two seconds."""
    here = terminal(context)
    with here.store(make=False) as store, store.write():
        found = store.jobs.cancel(job)
        store.audit.append("job_cancelled", actor="cli", subject=job)
    here.tell(said("Job {id}: {state}"), id=found.id, state=found.status.value)


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits.")] = False,
) -> None:
    """Solve waiting jobs here, beside or instead of the service's own runner.

    Runners share nothing but the store; on other machines they need a database server.
    """
    from service.jobs.runner import make_runner

    here = terminal(context)
    with here.store(make=False) as store:
        runner = make_runner(here.settings, store)
        if once:
            try:
                here.tell(said("{n} jobs were run."), n=runner.run_waiting())
            finally:
                runner.stop()
            if store.jobs.anything_to_do():
                here.warn(
                    said(
                        "Jobs still wait: for their turn, or for somebody who can solve. "
                        "See mizan doctor."
                    )
                )
                raise typer.Exit(Exit.REFUSED)
            raise typer.Exit(Exit.DONE)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        runner.start()
        here.tell(said("Waiting for jobs. Ctrl-C ends it; a running job goes back to the queue."))
        stop.wait()
        runner.stop()


def _lines(job: "Job") -> list[str]:
    from service.jobs.views import progress_of

    progress = progress_of(job)
    told = {
        "id": job.id,
        "process": job.process,
        "state": job.status.value,
        "owner": job.owner,
        "attempt": job.attempt,
        "created": job.created_at.isoformat(),
        "stage": progress.stage.value,
        "goal": progress.tier.value if progress.tier else None,
        "goals settled": f"{progress.tiers_done} / {progress.tiers_total}",
        "value": progress.value,
        "bound": progress.bound,
        "gap": progress.gap,
        "elapsed_s": progress.elapsed_s,
        "best plan saved": progress.best_saved,
        "plan": job.plan_id,
        "reason": job.message or None,
    }
    return [f"{key}: {value}" for key, value in told.items() if value is not None]
