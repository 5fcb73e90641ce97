"""Logging in by an organisation's OpenID provider: a real one, as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from cloud import clock
from cloud.api.oidc import CALLBACK, Attempt, Provider, ProviderFailed
from cloud.config import OidcSettings
from cloud.core import claims
from cloud.core.claims import ClaimsRefused, Meaning
from cloud.store import accounts, pool
from fallwatch.local import ports, wait
from tests.fixtures.openid import CLIENT, SECRET
from tests.fixtures.world import HASH, World

WANG = {
    "sub": "7",
    "preferred_username": "wang",
    "name": "王主任",
    "roles": ["jg-bureau"],
    "estates": ["north"],
}


@contextmanager
def provider(world: World, **said: Any) -> Iterator[OidcSettings]:
    """A provider at which somebody of whom `said` is true is logged in, put into the world's interface."""
    issuer = f"http://127.0.0.1:{ports.any_free()}"
    command = [sys.executable, "-m", "tests.fixtures.openid", issuer, world.url + CALLBACK]
    environment = {
        **os.environ,
        "PROVIDER_CLAIMS": json.dumps(WANG | said),
        "AUTHLIB_INSECURE_TRANSPORT": "1",
    }
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    settings = OidcSettings(
        issuer=issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        address=world.url,
        roles={"jg-bureau": "bureau", "jg-admin": "administrator"},
        estates={"north": ("garden",), "all": ("*",)},
    )
    try:
        port = int(issuer.rpartition(":")[2])
        wait.until(lambda: ports.answers(port) or child.poll() is not None, 20, "the provider")
        object.__setattr__(world.app.state.services, "provider", Provider(settings))
        yield settings
    finally:
        child.terminate()
        _, told = child.communicate()
        assert b"Traceback" not in told, told.decode()


async def _come_in(client: httpx.AsyncClient) -> httpx.Response:
    """There and back, as a browser goes."""
    away = await client.get("/api/session/oidc")
    assert away.status_code == 303
    assert "code_challenge_method=S256" in away.headers["Location"]
    back = await client.get(away.headers["Location"])
    assert back.status_code == 302, back.text
    return await client.get(back.headers["Location"])


async def test_whom_the_provider_knows_comes_in_with_the_rights_that_it_names(world: World) -> None:
    with provider(world):
        async with world.client() as client:
            answer = await _come_in(client)
            assert answer.status_code == 200, answer.text
            user = (await client.get("/api/session")).json()["user"]
            assert (user["username"], user["role"]) == ("wang", "bureau")
            estates = (await client.get("/api/bureau")).json()["estates"]
            assert [estate["id"] for estate in estates] == ["garden"]
            again = await client.get(str(answer.url))
            assert again.status_code == 403, "the way back is gone once"
        async with world.client() as second:
            assert (await _come_in(second)).status_code == 200, "the same person, the same account"
            here = await second.post("/api/session", json={"username": "wang", "password": "anything at all"})
            assert here.status_code == 401, "there is no password here"
    async with pool.transaction(world.pool) as conn:
        told = await (await conn.execute("SELECT action FROM audit ORDER BY id")).fetchall()
    assert [row[0] for row in told] == ["account_set_by_provider", "logged_in", "logged_in"]


async def test_an_answer_that_another_browser_asked_for_opens_nothing(world: World) -> None:
    with provider(world):
        async with world.client() as attacker, world.client() as victim:
            away = await attacker.get("/api/session/oidc")
            back = (await attacker.get(away.headers["Location"])).headers["Location"]
            assert (await victim.get(back)).status_code == 403
            assert (await victim.get("/api/session")).status_code == 401


async def test_nobody_becomes_an_account_that_is_here_by_choosing_its_name_there(world: World) -> None:
    with provider(world, preferred_username="administrator"):
        async with world.client() as client:
            assert (await _come_in(client)).status_code == 403
            assert (await client.get("/api/session")).status_code == 401
        async with pool.transaction(world.pool) as conn:
            kept = await accounts.find(conn, "administrator")
    assert kept is not None
    assert (kept.role, kept.password_hash) == ("administrator", HASH)


async def test_a_token_for_another_attempt_is_not_believed(world: World) -> None:
    with provider(world) as settings:
        ours = Provider(settings)
        attempt = Attempt("state", "nonce", "v" * 43)
        async with httpx.AsyncClient() as client:
            for broken in (
                Attempt("state", "another nonce", attempt.verifier),
                Attempt("state", attempt.nonce, "w" * 43),
            ):
                back = await client.get(await ours.way_there(attempt))
                code = httpx.URL(back.headers["Location"]).params["code"]
                with pytest.raises(ProviderFailed):
                    await ours.who(code, broken, clock.utc_now().timestamp())
            other = Provider(settings.model_copy(update={"client_id": "somebody else"}))
            with pytest.raises(ProviderFailed):
                await other.who("no code", attempt, clock.utc_now().timestamp())


def test_claims_mean_what_the_settings_say_and_nothing_else() -> None:
    meaning = Meaning(
        "preferred_username", "name", "roles", {"jg-bureau": "bureau"}, "estates", {"all": ("*",)}
    )
    assert claims.read(WANG, meaning).estates == {"north"}
    assert claims.read(WANG | {"estates": "all"}, meaning).every_estate
    for wrong in (
        {"roles": ["guest"]},
        {"roles": [7]},
        {"estates": []},
        {"preferred_username": ""},
        {"preferred_username": "x" * 65},
    ):
        with pytest.raises(ClaimsRefused):
            claims.read(WANG | wrong, meaning)
