"""Certificates of watching: made, sealed into the log, and checked: docs/design/certificate.md."""
