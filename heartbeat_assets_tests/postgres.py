"""The PostgreSQL server that tests may use."""

import os

import pytest

POSTGRES_URL = "HEARTBEAT_TEST_POSTGRES_URL"


def postgres_server() -> str:
    """The URL of the server; the test is skipped where there is none, and fails where there must be one."""
    url = os.environ.get(POSTGRES_URL)
    if not url:
        message = f"{POSTGRES_URL} is not set: start a server with .ci/postgres and export its URL"
        if os.environ.get("CI", "").lower() == "true":
            # Left out quietly, half of what is promised would go untested.
            pytest.fail(message)
        pytest.skip(message)
    return url
