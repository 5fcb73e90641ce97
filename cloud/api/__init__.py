"""HTTP interface, live events and pages."""
