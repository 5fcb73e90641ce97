"""How people come in and are put out: passwords, second factors, sessions."""

from datetime import timedelta

import httpx
import pyotp
import pytest
from cryptography.fernet import Fernet

from cloud import clock
from cloud.api.factor import Keys
from cloud.store import pool, sessions
from tests.fixtures.world import PASSWORD, World


async def _set_up(client: httpx.AsyncClient) -> tuple[pyotp.TOTP, list[str]]:
    begun = (await client.post("/api/session/second-factor")).json()
    assert begun["picture"].startswith("data:image/svg+xml")
    otp = pyotp.parse_uri(begun["address"])
    assert isinstance(otp, pyotp.TOTP)
    wrong = await client.post("/api/session/second-factor/confirm", json={"code": "000000"})
    assert wrong.status_code == 409
    # The code of the step before: the present one is still good for logging in afterwards.
    code = otp.at(clock.utc_now() - timedelta(seconds=30))
    done = await client.post("/api/session/second-factor/confirm", json={"code": code})
    return otp, done.json()["recovery_codes"]


async def _log_in(world: World, code: str = "") -> httpx.Response:
    async with world.client() as client:
        return await client.post(
            "/api/session", json={"username": "desk", "password": PASSWORD, "code": code}
        )


async def test_a_second_factor_is_asked_for_and_no_code_counts_twice(world: World) -> None:
    async with world.logged_in("desk") as client:
        otp, recovery = await _set_up(client)
        again = await client.post("/api/session/second-factor")
        assert again.status_code == 409, "nobody who finds a session open may put another telephone in place"
    missing = await _log_in(world)
    assert (missing.status_code, missing.json()["second_factor"]) == (401, True)
    code = otp.at(clock.utc_now())
    assert (await _log_in(world, code)).status_code == 200
    assert (await _log_in(world, code)).status_code == 401, "the same code again"
    assert (await _log_in(world, recovery[0].upper().replace("-", " "))).status_code == 200
    assert (await _log_in(world, recovery[0])).status_code == 401, "a recovery code is used up"
    async with pool.transaction(world.pool) as conn:
        rows = await (
            await conn.execute("SELECT secret, code_hash FROM second_factor, recovery_code")
        ).fetchall()
        acts = await (await conn.execute("SELECT action, content ->> 'by' FROM audit ORDER BY id")).fetchall()
    for secret, code_hash in rows:
        assert otp.secret.encode() not in secret
        assert not any(code.encode() in code_hash for code in recovery)
    assert acts == [
        ("logged_in", "password"),
        ("second_factor_begun", None),
        ("second_factor_set_up", None),
        ("logged_in", "second_factor"),
        ("logged_in", "recovery_code"),
    ]


async def test_whose_role_asks_for_a_second_factor_may_do_nothing_before(world: World) -> None:
    rules = world.app.state.services.sessions
    object.__setattr__(rules, "factor_for", frozenset({"administrator"}))
    async with world.logged_in("administrator") as client:
        assert (await client.get("/api/session")).json()["second_factor_needed"]
        refused = await client.get("/api/accounts")
        assert (refused.status_code, refused.json()["second_factor"]) == (403, True)
        await _set_up(client)
        assert (await client.get("/api/accounts")).status_code == 200


async def test_a_session_that_nobody_uses_ends_but_not_that_of_a_watching_desk(world: World) -> None:
    async with world.logged_in("desk") as client:
        assert (await client.get("/api/session")).status_code == 200
        async with pool.transaction(world.pool) as conn:
            await conn.execute("UPDATE session SET used_at = %s", (clock.utc_now() - timedelta(minutes=59),))
        async with client.stream("GET", "/api/live"):
            pass
        async with pool.transaction(world.pool) as conn:
            (row,) = await sessions.of(conn, "desk", clock.utc_now())
            assert clock.utc_now() - row.used_at < timedelta(minutes=1), "watching is using"
            await conn.execute("UPDATE session SET used_at = %s", (clock.utc_now() - timedelta(minutes=61),))
        assert (await client.get("/api/session")).status_code == 401


async def test_one_sees_where_one_is_logged_in_and_ends_one_or_all(world: World) -> None:
    async with (
        world.logged_in("desk") as here,
        world.logged_in("desk") as there,
        world.logged_in("bureau") as other,
    ):
        found = (await here.get("/api/session/all")).json()["sessions"]
        assert [row["this"] for row in found] == [False, True]
        assert found[0]["by"] == "password"
        strange = await other.delete(f"/api/session/all/{found[0]['id']}")
        assert strange.status_code == 404
        assert (await here.delete(f"/api/session/all/{found[0]['id']}")).status_code == 204
        assert (await there.get("/api/session")).status_code == 401
        assert (await here.delete("/api/session/all")).status_code == 204
        assert (await here.get("/api/session")).status_code == 401
        assert (await other.get("/api/session")).status_code == 200


async def test_a_password_that_anybody_would_try_is_refused(world: World) -> None:
    async with world.logged_in("desk") as client:
        for new in ("tiny one", "passwordpassword", "111111111111", "desk is where i sit", "123456789012"):
            answer = await client.post("/api/session/password", json={"old": PASSWORD, "new": new})
            assert answer.status_code == 422
            assert new not in answer.text


async def test_another_password_ends_every_session(world: World) -> None:
    async with world.logged_in("desk") as client, world.logged_in("desk") as there:
        body = {"old": "not this one", "new": "a longer and better one"}
        assert (await client.post("/api/session/password", json=body)).status_code == 409
        body["old"] = PASSWORD
        assert (await client.post("/api/session/password", json=body)).status_code == 204
        assert (await there.get("/api/session")).status_code == 401
    assert (await _log_in(world)).status_code == 401


async def test_a_disabled_account_is_out_at_once_and_stays_out(world: World) -> None:
    rights = {"display_zh": "人", "display_en": "Person", "role": "desk", "every_estate": True}
    async with world.logged_in("desk") as client, world.logged_in("administrator") as admin:
        done = await admin.put("/api/accounts/desk", json={**rights, "disabled": True})
        assert done.status_code == 200
        assert (await client.get("/api/session")).status_code == 401
        assert (await _log_in(world)).status_code == 401
        own = await admin.put(
            "/api/accounts/administrator", json={**rights, "role": "administrator", "disabled": True}
        )
        assert own.status_code == 409, "nobody locks the last door from outside"


def test_a_key_can_be_changed_while_old_secrets_are_still_read() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    sealed = Keys([old]).sealed("secret")
    assert Keys([new, old]).opened(sealed) == "secret"
    with pytest.raises(ValueError, match="not among ours"):
        Keys([new]).opened(sealed)


async def test_no_secret_is_told_in_the_log_or_in_a_refusal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    async with world.logged_in("desk") as client:
        otp, recovery = await _set_up(client)
        token = client.cookies["fallwatch_session"]
        code = otp.at(clock.utc_now())
        answers = [
            await _log_in(world, code),
            await _log_in(world, "123456"),
            await _log_in(world, recovery[0]),
        ]
        body = {"username": "desk", "password": "a secret slip of the pen", "colour": "red"}
        async with world.client() as stranger:
            answers.append(await stranger.post("/api/session", json=body))
    told = capsys.readouterr()
    read = told.out + told.err + "".join(answer.text for answer in answers)
    assert "login_refused" in read
    for secret in (PASSWORD, "slip of the pen", otp.secret, token, code, *recovery):
        assert secret not in read


async def test_what_is_too_large_or_too_deep_is_refused_before_it_is_read(world: World) -> None:
    async with world.client() as client:
        large = await client.post("/api/session", content=b'{"username": "' + b"x" * 300_000)
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
        assert large.json()["status"] == 413
        assert large.headers["x-content-type-options"] == "nosniff"
        headers = {"Content-Type": "application/json"}
        for deep in (b"[" * 100_000, b'{"username":' * 20_000, b"[" * 100_000 + b"]" * 100_000):
            answer = await client.post("/api/session", content=deep, headers=headers)
            assert answer.status_code in {400, 422}
