"""Settings of a deployment: one YAML file, secrets from the environment, refused at start when unusable."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from contracts import documents

PLACEHOLDERS = frozenset(
    {"change-me", "change_me", "changeme", "example", "placeholder", "secret", "todo", "your-password", "xxx"}
)
"""Passwords that examples carry. Whoever starts with one has forgotten a step."""


class SettingsError(ValueError):
    """The settings cannot be used. The message says what to mend."""


class Section(BaseModel):
    """A part of the settings: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BrokerSettings(Section):
    """Where ingest meets the agents."""

    url: str
    """`mqtts://host:port` or `mqtt://user:password@host:port`."""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class TimeStampSettings(Section):
    """Who vouches for the time of the log's heads (RFC 3161)."""

    url: str
    ca: Path
    """Certificates of the authorities that are trusted for it, PEM."""


class EvidenceSettings(Section):
    """Where clips are kept and where they arrive first, and what makes them stand."""

    url: str
    """`file:///folder` or `s3://bucket/prefix` (endpoint and keys from the AWS_* environment)."""
    staging_dir: Path
    keys: Path | None = None
    """A folder with the keys that sign the log's heads and wrap the estates' keys."""
    head_every_s: float = Field(default=3600, ge=1)
    time_stamp: TimeStampSettings | None = None
    check_nights: int = Field(default=30, ge=1, le=366)
    """Every clip is read and compared with its digest once in so many nights."""


class ApiSettings(Section):
    """Where the HTTP interface listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    secure_cookies: bool = True
    session_hours: float = Field(default=12, gt=0)


class MetricsSettings(Section):
    """Where ingest offers its metrics; port 0 turns them off."""

    host: str = "127.0.0.1"
    port: int = Field(default=9102, ge=0, le=65535)


class IngestSettings(Section):
    """How ingest gathers messages into transactions."""

    batch_messages: int = Field(default=500, ge=1, le=10_000)
    batch_age_s: float = Field(default=0.05, gt=0, le=5)
    inbox_messages: int = Field(default=5_000, ge=1)


class EnrolmentSettings(Section):
    """How devices get certificates. Whoever holds the key can be any device."""

    ca_key: Path
    """The private key of `device_ca`."""
    days: float = Field(default=90, gt=0, le=3650)
    """Life of a certificate; a box renews its own at two thirds of it."""
    crl: Path | None = None
    """Where the list of revoked certificates is written for the broker."""


class AllowedHours(Section):
    """How long a work order may take, by how grave it is."""

    critical_hours: float = Field(default=24, gt=0)
    serious_hours: float = Field(default=72, gt=0)
    warning_hours: float = Field(default=168, gt=0)


class WorkOrderSettings(Section):
    """By when orders of each source must be finished; `fallwatch cloud migrate` puts it in force."""

    fault: AllowedHours = AllowedHours()
    blind_spot: AllowedHours = AllowedHours(serious_hours=168, warning_hours=720)
    patrol: AllowedHours = AllowedHours()
    complaint: AllowedHours = AllowedHours(serious_hours=48, warning_hours=120)
    inspection: AllowedHours = AllowedHours()

    def hours(self) -> dict[tuple[str, str], float]:
        """(source, severity) → hours."""
        return {
            (source, key.removesuffix("_hours")): hours
            for source, allowed in self.model_dump().items()
            for key, hours in allowed.items()
        }


class RetentionSettings(Section):
    """For how many days each kind is kept; null: for ever. What a legal hold keeps stays in any case."""

    events_days: int | None = Field(default=400, ge=30)
    readings_days: int | None = Field(default=180, ge=7)
    minutes_days: int | None = Field(default=400, ge=60)
    """What they add up to by hour, day and month stays."""
    clips_days: int | None = Field(default=180, ge=30)
    fault_pictures_days: int | None = Field(default=400, ge=7)
    dead_letters_days: int | None = Field(default=30, ge=1)

    def days(self) -> dict[str, int | None]:
        """By kind."""
        return {key.removesuffix("_days"): days for key, days in self.model_dump().items()}


class MailSettings(Section):
    """The server that takes our e-mail."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: str = ""
    """Better as SMTP_PASSWORD in the environment."""
    sender: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """The address that messages come from."""


class NotifySettings(Section):
    """How people are told. Whom, when and where is set in the service itself, by people."""

    mail: MailSettings | None = None
    channel_keys: tuple[str, ...] = ()
    """Better as CHANNEL_KEYS in the environment, separated by commas; the first seals where people are
    told."""
    senders: int = Field(default=8, ge=1, le=64)
    """So many messages may be under way at once; a receiver that hangs holds one."""
    metrics: MetricsSettings = MetricsSettings(port=0)


class LedgerSettings(Section):
    """What the ledger's figures are held against, 0…1.

    98 % and 95 % are those of nine ministries' joint opinion on public video surveillance (发改高技 2015 996
    号, "全时可用"): cameras in order in key public places, and those of key trades that look upon public
    places. It does not name the figures one by one; which is held against which, the deployment says.
    """

    availability: float = Field(default=0.98, gt=0, le=1)
    picture: float = Field(default=0.98, gt=0, le=1)
    recording: float = Field(default=0.95, gt=0, le=1)
    clips: float = Field(default=0.95, gt=0, le=1)

    def targets(self) -> dict[str, float]:
        """Figure → share."""
        return dict(self.model_dump())


class CoverageSettings(Section):
    """From when on a cell of a facade counts as watched, and as a blind spot that stays."""

    minute_s: float = Field(default=54, gt=0, le=60)
    """A minute counts from so many recorded seconds on."""
    blind_hours: float = Field(default=24, gt=0, le=24 * 365)
    """What is blind for longer becomes a work order."""
    long_blind_days: float = Field(default=30, gt=0, le=3650)
    """Cells that nobody has watched for longer are told apart at the bureau."""


class OidcSettings(Section):
    """The organisation's own OpenID provider, and what its claims mean here."""

    issuer: str
    """Its address; what it offers stands under `/.well-known/openid-configuration`."""
    client_id: str
    client_secret: str = ""
    """Better as OIDC_CLIENT_SECRET in the environment."""
    address: str
    """Where browsers reach us, `https://fallwatch.example.org`; the provider must know it, followed by
    `/api/session/oidc/callback`."""
    scopes: tuple[str, ...] = ("openid", "profile")
    username_claim: str = "preferred_username"
    name_claim: str = "name"
    role_claim: str = "roles"
    roles: dict[str, str] = {}
    """What the provider calls a role → ours. Who has none of them is not let in."""
    estates_claim: str = "estates"
    estates: dict[str, tuple[str, ...]] = {}
    """What the provider calls a group of estates → ours, `["*"]` for all; other words are estates' ids."""


class AccessSettings(Section):
    """Sessions, second factors, and logins by the organisation's own provider."""

    idle_minutes: float = Field(default=60, gt=0)
    """A session that nobody uses ends; at the desk, watching is using."""
    second_factor_keys: tuple[str, ...] = ()
    """Better as SECOND_FACTOR_KEYS in the environment, separated by commas; the first encrypts."""
    second_factor_for: tuple[str, ...] = ("administrator", "auditor")
    """Roles that must have a second factor, once there is a key."""
    oidc: OidcSettings | None = None


class Settings(Section):
    """Everything that a deployment decides."""

    database_url: str = ""
    public_url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    """Where people reach the pages, for links in messages; empty: no links."""
    broker: BrokerSettings | None = None
    evidence: EvidenceSettings | None = None
    device_ca: Path | None = None
    enrolment: EnrolmentSettings | None = None
    api: ApiSettings = ApiSettings()
    metrics: MetricsSettings = MetricsSettings()
    timer_metrics: MetricsSettings = MetricsSettings(port=0)
    ingest: IngestSettings = IngestSettings()
    retention: RetentionSettings = RetentionSettings()
    work_orders: WorkOrderSettings = WorkOrderSettings()
    notify: NotifySettings = NotifySettings()
    ledger: LedgerSettings = LedgerSettings()
    coverage: CoverageSettings = CoverageSettings()
    access: AccessSettings = AccessSettings()

    def anchored(self, folder: Path) -> Self:
        """With every relative path made relative to `folder`."""
        changes: dict[str, object] = {}
        if self.broker is not None:
            paths = {name: getattr(self.broker, name) for name in ("ca", "certificate", "key")}
            changes["broker"] = self.broker.model_copy(
                update={name: folder / found for name, found in paths.items() if found is not None}
            )
        if self.evidence is not None:
            changes["evidence"] = _anchored_evidence(self.evidence, folder)
        if self.device_ca is not None:
            changes["device_ca"] = folder / self.device_ca
        if self.enrolment is not None:
            crl = None if self.enrolment.crl is None else folder / self.enrolment.crl
            changes["enrolment"] = self.enrolment.model_copy(
                update={"ca_key": folder / self.enrolment.ca_key, "crl": crl}
            )
        return self.model_copy(update=changes)

    def with_environment(self, environ: Mapping[str, str]) -> Self:
        """With the addresses and secrets of the environment on top."""
        changes: dict[str, object] = {}
        if database_url := environ.get("DATABASE_URL"):
            changes["database_url"] = database_url
        if mqtt_url := environ.get("MQTT_URL"):
            broker = self.broker or BrokerSettings(url=mqtt_url)
            changes["broker"] = broker.model_copy(update={"url": mqtt_url})
        if s3_url := environ.get("S3_URL"):
            staging = Path("var/staging").absolute()
            evidence = self.evidence or EvidenceSettings(url=s3_url, staging_dir=staging)
            changes["evidence"] = evidence.model_copy(update={"url": s3_url})
        if (password := environ.get("SMTP_PASSWORD")) and self.notify.mail is not None:
            mail = self.notify.mail.model_copy(update={"password": password})
            changes["notify"] = self.notify.model_copy(update={"mail": mail})
        if keys := environ.get("CHANNEL_KEYS"):
            notify = changes.get("notify", self.notify)
            assert isinstance(notify, NotifySettings)
            changes["notify"] = notify.model_copy(update={"channel_keys": tuple(keys.split(","))})
        if keys := environ.get("SECOND_FACTOR_KEYS"):
            changes["access"] = self.access.model_copy(update={"second_factor_keys": tuple(keys.split(","))})
        if (secret := environ.get("OIDC_CLIENT_SECRET")) and self.access.oidc is not None:
            access = changes.get("access", self.access)
            assert isinstance(access, AccessSettings)
            oidc = self.access.oidc.model_copy(update={"client_secret": secret})
            changes["access"] = access.model_copy(update={"oidc": oidc})
        return self.model_copy(update=changes)


def _anchored_evidence(evidence: EvidenceSettings, folder: Path) -> EvidenceSettings:
    stamps = evidence.time_stamp
    return evidence.model_copy(
        update={
            "staging_dir": folder / evidence.staging_dir,
            "keys": None if evidence.keys is None else folder / evidence.keys,
            "time_stamp": None if stamps is None else stamps.model_copy(update={"ca": folder / stamps.ca}),
        }
    )


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in `path`, with what `with_environment` takes from the environment on top.

    Relative paths in the file are relative to its folder. Without a file the environment alone counts.

    Raises:
        SettingsError: Unreadable, invalid, without a database, or with a placeholder for a password.
    """
    settings = (Settings() if path is None else _read(path)).with_environment(environ)
    if not settings.database_url:
        raise SettingsError(
            "no database: set database_url in the settings or DATABASE_URL in the environment"
        )
    _refuse_placeholder("database_url", settings.database_url)
    if settings.broker is not None:
        _refuse_placeholder("broker.url", settings.broker.url)
    return settings


def _read(path: Path) -> Settings:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    try:
        settings = documents.parse(text, Settings, str(path))
    except documents.DocumentError as error:
        raise SettingsError(str(error)) from error
    return settings.anchored(path.resolve().parent)


def _refuse_placeholder(key: str, url: str) -> None:
    try:
        password = urlsplit(url).password or ""
    except ValueError as error:
        raise SettingsError(f"{key} is no URL: {error}") from error
    if password.lower() in PLACEHOLDERS or (password.startswith("<") and password.endswith(">")):
        raise SettingsError(f"{key} still carries the placeholder password {password!r}: set a real one")
