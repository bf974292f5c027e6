"""One cockpit and one browser for a module of tests; a page of somebody's own for each test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from heartbeat_assets_tests.cockpit.browser.running import RunningCockpit, chromium

_WAIT_MS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCockpit]:
    running = RunningCockpit(tmp_path_factory.mktemp("cockpit") / "shop")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def visit(browser: Browser, cockpit: RunningCockpit) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser window of its own: `visit("/", width=360, scheme="dark", script=False)`."""
    contexts, said = [], []

    def open_page(path: str = "/", *, width: int = 1280, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_WAIT_MS)
        # What the content policy blocks, and what a script trips over, is told there.
        page.on("pageerror", lambda problem: said.append(str(problem)))
        page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
        page.goto(cockpit.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
