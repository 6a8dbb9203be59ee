"""Which source wins: every order is one that can be followed."""

import pytest

from models.entities import Kind, Source
from models.rules.precedence import SOURCES


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_a_kind_names_its_sources_once_and_never_the_editor(kind):
    for name, order in SOURCES[kind].items():
        assert order, name
        assert len(set(order)) == len(order), name
        assert Source.EDITOR not in order, name


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name(kind):
    assert "name" in SOURCES[kind]
