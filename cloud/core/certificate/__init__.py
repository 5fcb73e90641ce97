"""What a certificate of watching says, counted from the rows that it holds: docs/design/certificate.md."""
