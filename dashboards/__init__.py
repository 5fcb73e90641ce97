"""Web pages, Grafana dashboards and Prometheus rules, as files that the cloud serves."""
