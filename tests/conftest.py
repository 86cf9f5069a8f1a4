"""What all tests share: the shipped register, read once, and repeatable random examples."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from sekisho.register.open import open_register
from sekisho.register.register import Register

_KEPT = tempfile.TemporaryDirectory(prefix="sekisho-kept-")
os.environ["SEKISHO_CACHE"] = _KEPT.name  # no test reads or writes what the user keeps
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def register() -> Register:
    """The shipped register, with all that is recorded."""
    return open_register()
