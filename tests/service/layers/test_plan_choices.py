"""Plans stand on layers made by the same settings as the map."""

from types import SimpleNamespace
from typing import Any, cast

from geo.choices import LayerChoices
from geo.layers import Clearance
from service.assemble import assemble_from
from service.jobs.gate import Gate
from service.jobs.messages import Step, Task
from service.jobs.model import AllocateRequest, Kind
from service.jobs.pace import Pace
from service.jobs.watch import Shop, Watch
from service.jobs.worker import assembled
from service.layerbooks import LayerBooks
from service.scenario import Scenario
from service.settings import Settings, checkout_data
from service.store import Store


def a_task(demo: Store, **more: Any) -> Task:
    where = demo.url.render_as_string(hide_password=False)
    return Task(
        job_id="j",
        step=Step.ASSEMBLE,
        request="{}",
        database=where,
        home=str(demo.home),
        time_limit_s=5,
        **more,
    )


def test_a_plan_stands_on_rates_shrunk_towards_neighbours_where_the_map_does(demo: Store) -> None:
    plain, spatial = (
        assembled(Scenario(), a_task(demo, spatial_rates=asked)) for asked in (False, True)
    )
    book = LayerBooks(demo, checkout_data(), choices=LayerChoices(spatial=True))
    as_on_map = assemble_from(book.open(Clearance.RELEASED), Scenario())
    assert spatial.demand == as_on_map.demand
    assert [area.need for area in spatial.areas] == [area.need for area in as_on_map.areas]
    assert spatial.demand != plain.demand


def test_each_task_of_a_job_carries_the_settings(demo: Store) -> None:
    begun: list[Task] = []
    hands = SimpleNamespace(start=begun.append)
    settings = Settings(
        home=demo.home, spatial_rates=True, reporting={"drug_abuse": 2.0}, unregistered=(1, 1.2, 2)
    )
    shop = Shop(
        store=demo,
        pace=Pace(),
        attempts=1,
        stopping=cast("Any", None),
        hands=cast("Any", hands),
        gate=Gate(lambda: 1),
        settings=settings,
    )
    request = AllocateRequest(scenario=Scenario()).model_dump_json()
    job = SimpleNamespace(id="a", attempt=1, owner="ali", process=Kind.ALLOCATE, request=request)
    Watch(shop, cast("Any", job))
    (task,) = begun
    assert task.step is Step.ASSEMBLE
    assert task.spatial_rates
    assert (task.reporting, task.unregistered) == ({"drug_abuse": 2.0}, (1, 1.2, 2))
