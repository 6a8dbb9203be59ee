"""Which passwords and usernames are accepted."""

import re
from datetime import UTC, datetime

import pytest

from models.rules import passwords, usernames


@pytest.mark.parametrize(
    "word",
    ["correct horse", "tausend Ziegel", "пароль от двери", "🦊🦊🦊🦔🦔🦔🐢🐢🐢🐇🐇🐇", "x1y2z3" * 33, "naïve café bar"],
)
def test_a_password_that_is_long_enough_is_accepted_whatever_it_is_made_of(word):
    assert passwords.objection(word, names=("ann@example.org", "ann")) is None


@pytest.mark.parametrize("word", ["", "short", "123456789", "naïve café"[:9], "abcdefghij" * 21])
def test_too_short_and_too_long_ones_are_not(word):
    assert passwords.objection(word) == "Must have 10 to 200 characters."


@pytest.mark.parametrize(
    "word", ["password123", "PassWord123", "qwertyuiop", "1111111111", "aabbaabbaabb", "ｐａｓｓｗｏｒｄ１２３"]
)
def test_what_is_tried_first_is_refused(word):
    assert passwords.objection(word) == "Is one of those that are tried first."


@pytest.mark.parametrize(
    "word", ["annabel.lee@example.org", "Annabel.Lee", "annabel_lee", "annabel_lee2024!", "12annabel.lee"]
)
def test_ones_own_name_or_address_is_refused(word):
    names = ("annabel.lee@example.org", "annabel_lee")
    assert passwords.objection(word, names=names) == "Is your own name or address."


def test_every_common_password_would_be_long_enough():
    assert [word for word in passwords.COMMON if len(word) < passwords.SHORTEST or word != word.casefold()] == []


def test_the_same_characters_in_other_forms_are_one_password():
    assert passwords.normal("café") == passwords.normal("cafe\u0301")


@pytest.mark.parametrize("name", ["ann", "a_b", "a.b", "___", "0123456789" * 3, "snake.case_42"])
def test_a_username_of_letters_digits_underscores_and_dots_is_accepted(name):
    assert usernames.objection(usernames.normal(f" {name.upper()} ")) is None


@pytest.mark.parametrize(
    "name", ["an", "a" * 31, ".ann", "ann.", "a..b", "an n", "änn", "ann\n", "ann@home", "", "ａｎｎ"]
)
def test_a_malformed_username_is_not(name):
    assert "3 to 30" in str(usernames.objection(name))


@pytest.mark.parametrize("name", ["admin", "auth", "support", "null"])
def test_a_reserved_username_is_not(name):
    assert usernames.objection(name) == "Is reserved."


def test_every_reserved_name_could_be_chosen_if_it_were_not():
    assert [name for name in usernames.RESERVED if not re.fullmatch(usernames.PATTERN, name)] == []


def test_a_username_stays_for_thirty_days_once_it_was_chosen():
    then = datetime(2026, 1, 1, tzinfo=UTC)
    assert usernames.free_at(then, named=True) == datetime(2026, 1, 31, tzinfo=UTC)
    assert usernames.free_at(then, named=False) is None
    assert usernames.free_at(None, named=True) is None
