"""The exporters to an OpenTelemetry collector, apart because most processes have none."""

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def export_spans(tracing: TracerProvider, endpoint: str) -> None:
    """Have the spans of `tracing` sent to the collector at `endpoint`."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
    tracing.add_span_processor(BatchSpanProcessor(exporter))


def exporting_meters(resource: Resource, endpoint: str) -> MeterProvider:
    """Return what counts, and sends the counts to the collector at `endpoint` at intervals."""
    exporter = OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics")
    return MeterProvider(
        resource=resource, metric_readers=[PeriodicExportingMetricReader(exporter)]
    )
