"""Each test gets a database of its own."""

import psycopg


def test_a_database_is_migrated_and_empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM migration").fetchone() == (True,)


def test_an_empty_database_has_no_table(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(query).fetchone() == (0,)
