"""Sends log records with OpenTelemetry's SDK: one for each JSON line of standard input, `{"time": nanoseconds,
"body": ..., "attributes": {...}}`, as protobuf packed with gzip. Arguments: the endpoint, a token, the most records of
an export, and attributes of the resource as JSON. Prints what the SDK complains of; ends when everything is sent.
"""

import json
import logging
import sys

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource


def main():
    endpoint, token, most, attributes = sys.argv[1:]
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(name)s %(levelname)s %(message)s")
    exporter = OTLPLogExporter(
        endpoint=endpoint,
        headers={"Authorization": f"Bearer {token}"},
        compression=Compression.Gzip,
        timeout=30,
    )
    provider = LoggerProvider(resource=Resource.create(json.loads(attributes)))
    processor = BatchLogRecordProcessor(exporter, max_export_batch_size=int(most), max_queue_size=1_000_000)
    provider.add_log_record_processor(processor)
    logger = provider.get_logger("gateway", "1.0")
    sent = 0
    for line in sys.stdin:
        record = json.loads(line)
        logger.emit(
            LogRecord(
                timestamp=record["time"],
                observed_timestamp=record["time"],
                severity_number=SeverityNumber.INFO,
                severity_text="INFO",
                body=record["body"],
                attributes=record["attributes"],
            )
        )
        sent += 1
    provider.force_flush(60_000)
    provider.shutdown()
    print(f"sent {sent}")


main()
