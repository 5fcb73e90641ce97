"""The names of all metrics of the cloud, in one place. Each program makes its own registry."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app, start_http_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LAG_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
BATCH_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class IngestMetrics:
    """What ingest counts."""

    lag_s: Histogram
    messages: Counter
    dead_letters: Counter
    batch_messages: Histogram
    confirmed: Counter
    statuses: Counter
    inbox_dropped: Counter
    reconnects: Counter


@dataclass(frozen=True, slots=True)
class ApiMetrics:
    """What the HTTP interface counts."""

    requests: Counter
    sse_clients: Gauge
    sse_overflows: Counter
    refusals: Counter
    logins: Counter
    uploads: Counter
    alerts: Gauge
    faults: Gauge
    open_faults: Gauge
    clips: Gauge
    work_orders: Gauge


@dataclass(frozen=True, slots=True)
class TimerMetrics:
    """What the timers count."""

    runs: Counter
    agents_silent: Counter


@dataclass(frozen=True, slots=True)
class NotifyMetrics:
    """What the senders count."""

    attempts: Counter
    took_s: Histogram


@dataclass(frozen=True, slots=True)
class EvidenceMetrics:
    """What the keeper of the evidence counts."""

    log_entries: Gauge
    log_waiting: Gauge
    log_heads: Counter
    log_broken: Gauge
    heads_unstamped: Gauge
    checked_bytes: Counter
    damaged: Gauge
    day_waits_s: Gauge
    days_differing: Gauge


def ingest(registry: CollectorRegistry) -> IngestMetrics:
    """The metrics of one ingest program."""
    return IngestMetrics(
        lag_s=Histogram(
            "fallwatch_ingest_lag_seconds",
            "From observed_at to commit, for messages that were new",
            ["kind"],
            buckets=LAG_BUCKETS_S,
            registry=registry,
        ),
        messages=Counter(
            "fallwatch_ingest_messages",
            "Messages by kind and outcome (stored, copy, dead)",
            ["kind", "outcome"],
            registry=registry,
        ),
        dead_letters=Counter(
            "fallwatch_ingest_dead_letters",
            "Messages that can never be stored",
            ["reason"],
            registry=registry,
        ),
        batch_messages=Histogram(
            "fallwatch_ingest_batch_messages",
            "Messages in a transaction",
            buckets=BATCH_BUCKETS,
            registry=registry,
        ),
        confirmed=Counter("fallwatch_ingest_confirmed", "Messages confirmed to agents", registry=registry),
        statuses=Counter(
            "fallwatch_ingest_statuses", "Agent statuses and last wills", ["online"], registry=registry
        ),
        inbox_dropped=Counter(
            "fallwatch_ingest_inbox_dropped",
            "Messages dropped because the inbox was full; agents send them again",
            registry=registry,
        ),
        reconnects=Counter(
            "fallwatch_ingest_reconnects",
            "Connections that had to be made again",
            ["peer"],
            registry=registry,
        ),
    )


def api(registry: CollectorRegistry) -> ApiMetrics:
    """The metrics of one HTTP program; the gauges are set when they are read."""
    return ApiMetrics(
        requests=Counter(
            "fallwatch_api_requests",
            "Requests by route and status",
            ["method", "route", "status"],
            registry=registry,
        ),
        sse_clients=Gauge("fallwatch_api_sse_clients", "Browsers that listen", registry=registry),
        sse_overflows=Counter(
            "fallwatch_api_sse_overflows", "Browsers cut off because they read too slowly", registry=registry
        ),
        refusals=Counter(
            "fallwatch_api_refusals",
            "Requests of people who were logged in and got 403 or 404",
            ["role", "route"],
            registry=registry,
        ),
        logins=Counter("fallwatch_api_logins", "Logins by outcome", ["outcome"], registry=registry),
        uploads=Counter("fallwatch_api_uploads", "Clip uploads by outcome", ["outcome"], registry=registry),
        alerts=Gauge("fallwatch_alerts", "Alerts by state", ["state"], registry=registry),
        faults=Gauge("fallwatch_faults", "Faults by state", ["state"], registry=registry),
        open_faults=Gauge(
            "fallwatch_open_faults",
            "Faults that are not closed, by kind and severity",
            ["kind", "severity"],
            registry=registry,
        ),
        clips=Gauge("fallwatch_clips", "Clips by state", ["state"], registry=registry),
        work_orders=Gauge("fallwatch_work_orders", "Work orders by state", ["state"], registry=registry),
    )


def timers(registry: CollectorRegistry) -> TimerMetrics:
    """The metrics of the timers."""
    return TimerMetrics(
        runs=Counter(
            "fallwatch_timer_runs", "Runs by timer and outcome", ["timer", "outcome"], registry=registry
        ),
        agents_silent=Counter("fallwatch_timer_agents_silent", "Agents that fell silent", registry=registry),
    )


def notify(registry: CollectorRegistry) -> NotifyMetrics:
    """The metrics of one program that sends."""
    return NotifyMetrics(
        attempts=Counter(
            "fallwatch_notify_attempts",
            "Attempts to tell somebody, by channel and outcome (taken, refused, unknown)",
            ["channel", "outcome"],
            registry=registry,
        ),
        took_s=Histogram(
            "fallwatch_notify_seconds",
            "How long an attempt took",
            ["channel"],
            buckets=LAG_BUCKETS_S,
            registry=registry,
        ),
    )


def evidence(registry: CollectorRegistry) -> EvidenceMetrics:
    """The metrics of what keeps the log and looks at the clips, in the timers' program."""
    return EvidenceMetrics(
        log_entries=Gauge("fallwatch_log_entries", "Entries of the Merkle log", registry=registry),
        log_waiting=Gauge(
            "fallwatch_log_waiting", "Rows that have no place in the log yet", registry=registry
        ),
        log_heads=Counter("fallwatch_log_heads", "Heads of the log that were signed", registry=registry),
        log_broken=Gauge(
            "fallwatch_log_broken",
            "1 while the log is not what was signed, found when a head is signed or by a check of the whole",
            ["found_by"],
            registry=registry,
        ),
        heads_unstamped=Gauge(
            "fallwatch_log_heads_unstamped", "Heads that no authority has stamped yet", registry=registry
        ),
        checked_bytes=Counter(
            "fallwatch_evidence_checked_bytes",
            "Bytes of clips that were read and compared with their digests",
            registry=registry,
        ),
        damaged=Gauge(
            "fallwatch_evidence_damaged",
            "Clips that are missing, rotten, or sealed with a key that is not to be had (locked)",
            ["kind"],
            registry=registry,
        ),
        day_waits_s=Gauge(
            "fallwatch_day_waits_seconds",
            "For how long the oldest day that is over has not been closed",
            registry=registry,
        ),
        days_differing=Gauge(
            "fallwatch_days_differing",
            "Closed days whose rows were not what the log says when they were looked at last",
            registry=registry,
        ),
    )


Ask = Callable[[], Coroutine[Any, Any, str | None]]
"""What is wrong; None where nothing is."""
NO_ANSWERS: Final[Mapping[str, Ask]] = MappingProxyType({})
ANSWER_S: Final = 4.0


def _answering(
    metrics: "WSGIApplication", answers: Mapping[str, Ask], loop: asyncio.AbstractEventLoop
) -> "WSGIApplication":
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        ask = answers.get(environ["PATH_INFO"])
        if ask is None:
            return metrics(environ, start_response)
        try:
            wrong = asyncio.run_coroutine_threadsafe(ask(), loop).result(ANSWER_S)
        except TimeoutError:
            wrong = f"no answer within {ANSWER_S:g} s"
        start_response(
            "200 OK" if wrong is None else "503 Service Unavailable", [("Content-Type", "text/plain")]
        )
        return [f"{wrong or 'ok'}\n".encode()]

    return app


@contextmanager
def offered(
    registry: CollectorRegistry, host: str, port: int, answers: Mapping[str, Ask] = NO_ANSWERS
) -> Iterator[None]:
    """Serve the metrics of `registry` on host:port while the block runs; port 0 serves none.

    answers: path → what is asked on the event loop that runs now; 200 where it returns None, otherwise 503
    and its reason, also where the loop does not answer in time.
    """
    if port == 0:
        yield
        return
    server, thread = start_http_server(port, host, registry)
    if answers:
        plain = make_wsgi_app(registry)
        server.set_app(_answering(plain, answers, asyncio.get_running_loop()))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
