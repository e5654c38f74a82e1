"""Logs, traces and metrics. They carry ids, types and counts, never bodies or personal values."""

import logging
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

import structlog
from opentelemetry import metrics, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from shared.log_repetitions import Repetitions

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

    Logger = FilteringBoundLogger

SCOPE: Final = "carionexiq"

_meter = metrics.get_meter(SCOPE)
events_appended = _meter.create_counter("carionexiq.events.appended", unit="{event}")
events_published = _meter.create_counter("carionexiq.events.published", unit="{event}")
events_consumed = _meter.create_counter("carionexiq.events.consumed", unit="{event}")
anomalies = _meter.create_counter("carionexiq.anomalies.detected", unit="{anomaly}")
"""By rule; whom they are about is in no metric (C7.4)."""
break_glass = _meter.create_counter("carionexiq.break_glass.taken", unit="{access}")
"""Accesses beyond the compartment, by role (C4.2)."""
dead_letters = _meter.create_counter("carionexiq.events.dead_lettered", unit="{event}")


def configure_telemetry(service: str, level: str, *, otlp_endpoint: str | None) -> None:
    """Set up JSON logs on standard output and, where an OTLP endpoint is given, its exporters.

    Args:
        service: name put on every log line, span and metric.
        level: least severe level that is written.
        otlp_endpoint: base address of an OpenTelemetry collector speaking OTLP over HTTP.
    """
    configure_logging(service, level)
    resource = Resource.create({"service.name": service, "service.namespace": SCOPE})
    # Without a collector a span is but an id that log lines and events carry.
    tracing = TracerProvider(resource=resource, sampler=None if otlp_endpoint else ALWAYS_OFF)
    if otlp_endpoint:
        from shared.telemetry_export import (  # noqa: PLC0415 - a tenth of every start
            export_spans,
            exporting_meters,
        )

        export_spans(tracing, otlp_endpoint)
        metrics.set_meter_provider(exporting_meters(resource, otlp_endpoint))
    trace.set_tracer_provider(tracing)


def configure_logging(service: str, level: str) -> None:
    """Send structlog and the standard library's logging to standard output as JSON lines."""

    def add_service(_: "WrappedLogger", __: str, event: "EventDict") -> "EventDict":
        event["service"] = service
        return event

    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_trace,
        _only_error_type,
    ]
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(Repetitions())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # Access lines would hold addresses and links with tokens; the request log of ours does not.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("aiokafka", "faststream", "httpx", "httpcore", "pymongo", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> "Logger":
    """Return the structured logger called `name`."""
    log: Logger = structlog.get_logger(name)
    return log


def span(
    name: str, attributes: Mapping[str, str | int], *, parent: str | None = None
) -> AbstractContextManager[trace.Span]:
    """Start a span that becomes current within the context.

    Args:
        name: what is done, of low cardinality.
        attributes: ids, types and counts only.
        parent: W3C `traceparent` of the cause, when it came from another process.
    """
    context = propagate.extract({"traceparent": parent}) if parent else None
    return trace.get_tracer(SCOPE).start_as_current_span(
        name, context=context, attributes=dict(attributes)
    )


def current_traceparent() -> str | None:
    """Return the W3C `traceparent` of the current span, if there is one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def _add_trace(_: "WrappedLogger", __: str, event: "EventDict") -> "EventDict":
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


def _only_error_type(_: "WrappedLogger", __: str, event: "EventDict") -> "EventDict":
    """Replace exception texts, which may quote personal values, by type and place."""
    text = str(event.get("event", ""))
    if text.startswith("Traceback"):
        types = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]
        event["event"] = f"unhandled {types[-1]}"
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = _where(error)
    return event


def _where(error: BaseException) -> list[str]:
    frames = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-6:]
