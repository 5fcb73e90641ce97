"""Log lines as events with fields: JSON in service, readable in a terminal."""

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger, Processor


def configure(*, console: bool | None = None) -> None:
    """Set up logging for a program; call once, in the composition root.

    Args:
        console: Readable lines instead of JSON; None asks whether standard error is a terminal.
    """
    readable = sys.stderr.isatty() if console is None else console
    tail: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if readable
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *tail,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # One write for each line: an agent and its workers share the file.
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def logger(service: str) -> FilteringBoundLogger:
    """A logger whose every line names `service`."""
    bound: FilteringBoundLogger = structlog.get_logger(service=service)
    return bound
