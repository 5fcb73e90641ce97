"""The only place that speaks SQL: one module per aggregate, plain forward-only migrations."""
