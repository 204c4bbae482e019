"""`STOPPRESS_REQUIRE_ALL=1`, as CI sets it, turns skipped tests into failures: nothing passes by being left out."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a skipped test as failed where all are required."""
    del item, call
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("STOPPRESS_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and STOPPRESS_REQUIRE_ALL allows no test to be: {report.longrepr}"
    return report
