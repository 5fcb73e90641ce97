"""The organisation's OpenID provider: the way there (code flow with PKCE, state and nonce) and the way back.

OpenID Connect Core 1.0, 3.1; RFC 7636. What a provider sends is believed only as far as its signature goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cloud.config import OidcSettings
from cloud.core import claims
from cloud.core.claims import Meaning, Said

TIMEOUT_S: Final = 10.0
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Never `none`, and nothing that a client's secret could sign."""
LEEWAY_S: Final = 60
CALLBACK: Final = "/api/session/oidc/callback"


class ProviderFailed(RuntimeError):  # noqa: N818 - named for what is so
    """The provider does not answer, or what it says cannot be believed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What binds the way back to the way there; each a random word that is used once."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider, as the settings name it. What it offers is read when it is first needed."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._offer: Mapping[str, Any] | None = None
        self._meaning = Meaning(
            settings.username_claim,
            settings.name_claim,
            settings.role_claim,
            settings.roles,
            settings.estates_claim,
            settings.estates,
        )

    async def way_there(self, attempt: Attempt) -> str:
        """Where to send the browser.

        Raises:
            ProviderFailed: It does not say where.
        """
        offer = await self._offered()
        address: str = prepare_grant_uri(
            offer["authorization_endpoint"],
            self._settings.client_id,
            "code",
            self._callback,
            list(self._settings.scopes),
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address

    async def who(self, code: str, attempt: Attempt, now: float) -> tuple[str, Said]:
        """(who they are to the provider, what it says of them) for the code that the browser brought back.

        Raises:
            ProviderFailed: The code is not taken, or the token cannot be believed.
            ClaimsRefused: They may not come in.
        """
        offer = await self._offered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": attempt.verifier,
        }
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            given = await _json(
                client.post(
                    offer["token_endpoint"],
                    data=form,
                    auth=(self._settings.client_id, self._settings.client_secret),
                )
            )
            keys = await _json(client.get(offer["jwks_uri"]))
        said = self._believed(given, keys, attempt.nonce, now)
        return f"{self._settings.issuer} {said['sub']}", claims.read(said, self._meaning)

    def _believed(
        self, given: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: float
    ) -> Mapping[str, Any]:
        try:
            token = jwt.decode(
                str(given.get("id_token")),
                KeySet.import_key_set(keys),  # type: ignore[arg-type] # its own checks follow
                algorithms=list(ALGORITHMS),
            )
            said = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._settings.client_id,
                    "access_token": given.get("access_token"),
                },
            )
            said.validate(now=int(now), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderFailed(f"its token cannot be believed: {error}") from error
        return dict(said)

    @property
    def _callback(self) -> str:
        return self._settings.address.rstrip("/") + CALLBACK

    async def _offered(self) -> Mapping[str, Any]:
        if self._offer is None:
            where = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                offer = await _json(client.get(where))
            wanted = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
            if offer.get("issuer") != self._settings.issuer or not wanted <= set(offer):
                raise ProviderFailed(f"{where} speaks for another provider, or does not say enough")
            self._offer = offer
        return self._offer


async def _json(answer: Any) -> Mapping[str, Any]:
    try:
        response = await answer
        found = response.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(f"it does not answer as it should: {error}") from error
    if not isinstance(found, dict):
        raise ProviderFailed("it answers something else than an object")
    return found
