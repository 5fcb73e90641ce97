"""What the interface answers, as types: checked where they are made, validated as they are sent, described.

A route says by its return type what it answers. mypy holds `shapes` and the routes to it, FastAPI validates
each answer by it and writes it into `/openapi.json`.
"""
