"""The whole product on one machine: start, watch, prove, stop."""
