"""What the interface says of itself holds whatever is sent: nothing breaks it, and every answer is described.

`make fuzz` tries for minutes what is tried here in seconds.
"""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cloud.api.problems import MEDIA_TYPE
from tests.fixtures.estates import two_estates
from tests.fixtures.world import CHANGES, World
from tests.integration.test_access import rows

EXAMPLES: Final = int(os.environ.get("FALLWATCH_FUZZ_EXAMPLES", "1"))
SEED: Final = 20260305
CHECKS: Final = (content_type_conformance, status_code_conformance, response_schema_conformance)
LEFT_OUT: Final = {
    "GET /api/live": "it has no end",
    "DELETE /api/session": "ends the session that the others need",
    "DELETE /api/session/all": "ends the session that the others need",
}


async def test_nothing_that_is_sent_breaks_the_interface_and_every_answer_is_described(world: World) -> None:
    own, _ = await two_estates(world)
    roles = {row.route: min(row.roles) for row in rows()}
    cookies = {}
    for role in {"desk", *roles.values()}:
        async with world.logged_in(role) as client:
            cookies[role] = dict(client.cookies)
    schema = schemathesis.openapi.from_dict(world.app.openapi())
    broken: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.label not in LEFT_OUT:
            carried = cookies[roles.get(operation.label, "desk")]
            broken += await asyncio.to_thread(_tried, operation, world.url, carried, own.named)
    assert not broken, "\n".join(broken)


async def test_every_route_says_what_it_answers_and_how_it_refuses(world: World) -> None:
    shapeless = []
    for path, operations in world.app.openapi()["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert all(set(answers[status]["content"]) == {MEDIA_TYPE} for status in ("4XX", "5XX"))
            assert "422" not in answers, "the library's own shape of errors is not ours"
            for answer in answers.values():
                content = answer.get("content", {}).get("application/json")
                if content is not None and "$ref" not in content["schema"]:
                    shapeless.append(f"{method} {path}")
    assert not shapeless


def _tried(
    operation: APIOperation[Any, Any, Any, Any],
    url: str,
    cookies: Mapping[str, str],
    named: Mapping[str, str],
) -> list[str]:
    """What went wrong; half of the requests name things that are there."""
    broken = []
    there = {one.name: named[one.name] for one in operation.path_parameters if one.name in named}
    for mode, things in ((GenerationMode.POSITIVE, there), (GenerationMode.NEGATIVE, None)):

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            deadline=None,
        )
        @given(operation.as_strategy(generation_mode=mode, path_parameters=things or None))
        def send(case: Case) -> None:
            answer = case.call(base_url=url, headers=CHANGES, cookies=dict(cookies))
            if answer.status_code == 500:
                broken.append(f"{case.as_curl_command()}: {answer.text}")
            else:
                case.validate_response(answer, checks=list(CHECKS))

        try:
            send()
        except Unsatisfiable:
            pass  # It takes nothing that could be wrong.
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - each is told, the next is tried
            told = getattr(error, "exceptions", [error])
            broken.append(f"{operation.label} ({mode.value}): {told}")
    return broken
