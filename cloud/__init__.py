"""The service of record: ingest, alerts, work orders, evidence, coverage, HTTP interface and pages."""
