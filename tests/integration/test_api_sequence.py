"""What the cloud says it has not seen of an agent: in a boot's midst, at its end, and what was lost."""

from typing import Any
from uuid import UUID

from cloud import clock
from cloud.store import devices, pool
from contracts.base import MAX_SEQ, SeqRange
from contracts.devices import Loss
from contracts.messages import AgentStatus
from tests.fixtures.cloud import Device
from tests.fixtures.world import World


def loss(device: Device, count: int, *ranges: tuple[UUID, int, int]) -> Loss:
    return Loss(
        **device._head(),
        what="outbox_damaged",
        count=count,
        ranges=tuple(SeqRange(boot=boot, first=first, last=last) for boot, first, last in ranges),
        reason="the outbox was damaged",
    )


async def says(world: World, accepted_seq: int, *, boot: UUID | None = None, online: bool = True) -> None:
    status = AgentStatus(
        agent="box-a",
        boot=boot or world.device.boot,
        online=online,
        at=clock.utc_now(),
        software="1",
        accepted_seq=accepted_seq,
    )
    async with pool.transaction(world.pool) as conn:
        await devices.hear(conn, status, retained=False, at=clock.utc_now())


async def asked(world: World, agent: str = "box-a") -> dict[str, Any]:
    async with world.logged_in("maintenance") as client:
        answer = await client.get(f"/api/agents/{agent}/sequence")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def box(world: World) -> dict[str, Any]:
    async with world.logged_in("maintenance") as client:
        agents: list[dict[str, Any]] = (await client.get("/api/maintenance")).json()["agents"]
        return next(agent for agent in agents if agent["id"] == "box-a")


async def test_what_is_missing_at_the_end_shows_by_what_the_agent_says_it_has_accepted(world: World) -> None:
    await world.send(*(world.device.reading(seq=seq) for seq in (1, 2, 4)))
    await says(world, 9)
    await says(world, 7, online=False)
    (boot,) = (await asked(world))["boots"]
    assert boot["boot"] == str(world.device.boot)
    assert (boot["accepted"], boot["stored"], boot["missing"]) == (9, [[1, 2], [4, 4]], [[3, 3], [5, 9]])
    assert (await box(world))["missing"] == 6


async def test_the_end_of_an_earlier_boot_is_not_forgotten_when_the_next_one_speaks(world: World) -> None:
    await world.send(world.device.reading(seq=1))
    await says(world, 3)
    later = UUID(int=7)
    await says(world, 5, boot=later)
    boots = (await asked(world))["boots"]
    assert [(boot["boot"], boot["missing"]) for boot in boots] == [
        (str(later), [[1, 5]]),
        (str(world.device.boot), [[2, 3]]),
    ]


async def test_what_an_agent_tells_as_lost_is_missing_no_more_and_is_told_with_its_reason(
    world: World,
) -> None:
    earlier, device = world.device, Device(credentials=world.device.credentials, at=clock.utc_now())
    await world.send(*(earlier.reading(seq=seq) for seq in (1, 2, 6)))
    await says(world, 9)
    await world.send(loss(device, 5, (earlier.boot, 1, 8)))
    found = await asked(world)
    boot = next(boot for boot in found["boots"] if boot["boot"] == str(earlier.boot))
    assert (boot["lost"], boot["missing"]) == ([[3, 5], [7, 8]], [[9, 9]]), "what had come is not lost"
    assert [(told["what"], told["count"]) for told in found["losses"]] == [("outbox_damaged", 5)]
    told = await box(world)
    assert (told["lost"], told["missing"]) == (5, 1)


async def test_a_message_that_comes_though_it_was_told_as_lost_is_stored_and_lost_no_more(
    world: World,
) -> None:
    device = world.device
    await world.send(loss(device, 3, (device.boot, 2, 4)))
    await world.send(device.reading(seq=3))
    (boot,) = (await asked(world))["boots"]
    assert (boot["stored"], boot["lost"]) == ([[1, 1], [3, 3]], [[2, 2]])


async def test_a_boot_of_which_nothing_is_left_can_be_told_as_lost_without_knowing_its_end(
    world: World,
) -> None:
    gone = UUID(int=5)
    await says(world, 4, boot=gone)
    await world.send(loss(world.device, 0, (gone, 1, MAX_SEQ)))
    boot = next(boot for boot in (await asked(world))["boots"] if boot["boot"] == str(gone))
    assert (boot["accepted"], boot["lost"], boot["missing"]) == (4, [[1, 4]], [])


async def test_an_agent_that_nobody_knows_has_no_sequence(world: World) -> None:
    async with world.logged_in("maintenance") as client:
        assert (await client.get("/api/agents/nobody/sequence")).status_code == 404
