"""Where fixtures come from."""

pytest_plugins = [
    "tests.fixtures.parts",
    "tests.fixtures.cameras",
    "tests.fixtures.databases",
    "tests.fixtures.s3",
]
