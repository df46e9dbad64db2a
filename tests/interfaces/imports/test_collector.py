"""The collector of cycles is held still while a file is taken, and never for longer."""

from __future__ import annotations

import gc

import pytest

from samaki.interfaces.imports.collector import held_still


def test_it_goes_on_after_the_last_of_two_files_even_where_one_failed() -> None:
    assert gc.isenabled()
    with held_still():
        with pytest.raises(ZeroDivisionError), held_still():
            1 / 0  # noqa: B018  # a file that fails
        assert not gc.isenabled()
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with held_still():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
