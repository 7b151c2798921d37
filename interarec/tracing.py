"""Sets up OpenTelemetry where it is asked for."""

from typing import Literal

from opentelemetry import trace

from catalog.errors import InputError


def configure_tracing(kind: Literal["none", "otlp", "console"]) -> None:
    """Export spans over OTLP (address and headers from the standard ``OTEL_`` variables) or to standard error.

    InputError when the packages of the extra ``tracing`` are not installed. A provider that is already there stays.
    """
    if kind == "none" or not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
    except ImportError as error:
        raise InputError(
            "Tracing needs more packages; install them with `pip install interarec[tracing]`."
        ) from error
    exporter: SpanExporter
    if kind == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter()
    else:
        import sys

        exporter = ConsoleSpanExporter(out=sys.stderr)
    provider = TracerProvider(resource=Resource.create({"service.name": "interarec"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
