"""The exporters to an OpenTelemetry collector, apart because most processes have none."""

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

__all__ = ["OTLPMetricExporter", "OTLPSpanExporter"]
