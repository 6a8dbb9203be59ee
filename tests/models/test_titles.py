"""Titles compared: which hit is the show that we meant, and when only a person can say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.titles import Hit, Likeness, Verdict, judge, likeness, normal


def hit(name: str | list[str], year: int | None = 2020, value: str = "1", popularity: float = 0.0) -> Hit:
    return Hit(value, (name,) if isinstance(name, str) else tuple(name), year, popularity)


def test_case_accents_and_punctuation_make_no_difference():
    assert normal("Les Apprentis d'Été!") == "les apprentis d ete"
    assert normal("  LOVE_Island:  USA ") == "love island usa"
    assert normal("Straße") == "strasse"
    assert normal("...") == ""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Casa Ficta", "casa ficta!", Likeness.EQUAL),
        ("Casa Ficta", "Casa Ficta: Milano", Likeness.CONTAINED),
        ("The Casa", "The Casas", Likeness.FOREIGN),
        ("Love & Hip Hop", "Love and Hip Hop", Likeness.ALIKE),
        ("a b c d", "a b c x", Likeness.ALIKE),
        ("a b c", "a b x", Likeness.FOREIGN),
        ("One", "Two", Likeness.FOREIGN),
        ("", "One", Likeness.FOREIGN),
        ("?", "!", Likeness.FOREIGN),
        ("恋するアイランド", "恋するアイランド", Likeness.EQUAL),
    ],
)
def test_how_far_two_titles_agree(one, other, expected):
    assert likeness(one, other) is expected
    assert likeness(other, one) is expected


def test_no_hits_are_nothing():
    judgement = judge(["Casa Ficta"], 2020, [])
    assert (judgement.verdict, judgement.hit, judgement.ranked) == (Verdict.NOTHING, None, ())


@pytest.mark.parametrize("name", ["Casa Ficta", "Casa Ficta Milano", "CASA FÍCTA"])
def test_a_hit_whose_name_and_year_agree_is_taken(name):
    found = hit(name)
    assert judge(["Casa Ficta"], 2020, [found]).hit is found


def test_any_of_our_names_may_agree_with_any_of_its():
    found = hit(["Das fiktive Haus", "Casa Ficta"])
    assert judge(["The Made-up House", "Casa Ficta"], 2020, [found]).hit is found


def test_a_single_hit_of_a_foreign_name_is_ambiguous_and_kept_for_a_person():
    found = hit("Something Else")
    judgement = judge(["Casa Ficta"], 2020, [found])
    assert (judgement.verdict, judgement.hit) == (Verdict.AMBIGUOUS, None)
    assert judgement.ranked == ((found, Likeness.FOREIGN),)


@pytest.mark.parametrize(("year", "taken"), [(2019, True), (2021, True), (2018, False), (2022, False), (None, True)])
def test_a_year_apart_is_near_enough_and_more_is_ambiguous(year, taken):
    judgement = judge(["Casa Ficta"], 2020, [hit("Casa Ficta", year)])
    assert judgement.verdict is (Verdict.MATCH if taken else Verdict.AMBIGUOUS)
    assert judge(["Casa Ficta"], None, [hit("Casa Ficta", year)]).verdict is Verdict.MATCH


def test_a_tie_is_nobodys_however_popular_one_is():
    both = [hit("Casa Ficta", value="1", popularity=1.0), hit("Casa Ficta", value="2", popularity=99.0)]
    judgement = judge(["Casa Ficta"], 2020, both)
    assert (judgement.verdict, judgement.hit) == (Verdict.AMBIGUOUS, None)
    assert [found.value for found, _ in judgement.ranked] == ["2", "1"]


def test_the_better_name_beats_the_more_popular_one():
    exact, contained = hit("Casa Ficta", value="1"), hit("Casa Ficta Milano", value="2", popularity=99.0)
    assert judge(["Casa Ficta"], 2020, [contained, exact]).hit is exact


def test_of_two_equal_names_the_right_year_wins():
    right, wrong = hit("Casa Ficta", 2020, "1"), hit("Casa Ficta", 2005, "2", popularity=99.0)
    assert judge(["Casa Ficta"], 2020, [wrong, right]).hit is right


def test_where_we_know_no_name_a_hit_that_is_alone_is_taken_and_one_of_several_is_not():
    found = hit("Casa Ficta")
    assert judge([], None, [found]).hit is found
    assert judge([], 2010, [found]).verdict is Verdict.AMBIGUOUS
    assert judge([], None, [found, hit("Other", value="2")]).verdict is Verdict.AMBIGUOUS


HITS = st.lists(
    st.builds(
        hit,
        st.lists(st.sampled_from(["Casa Ficta", "Casa Ficta Milano", "Casa", "Other", "?", ""]), max_size=2),
        st.sampled_from([None, 2018, 2019, 2020, 2021]),
        st.text("12", min_size=1, max_size=2),
        st.sampled_from([0.0, 1.0]),
    ),
    max_size=4,
)


@given(names=st.lists(st.sampled_from(["Casa Ficta", "Casa", "Other", ""]), max_size=2), hits=HITS)
def test_a_match_always_agrees_and_never_depends_on_the_order_of_the_hits(names, hits):
    judgement = judge(names, 2020, hits)
    assert judge(names, 2020, hits[::-1]).hit == judgement.hit
    assert sorted(map(repr, (found for found, _ in judgement.ranked))) == sorted(map(repr, hits))
    assert (judgement.verdict is Verdict.NOTHING) == (not hits)
    if judgement.hit:
        assert judgement.hit.year in (None, 2019, 2020, 2021)
        if names:
            best = max(likeness(ours, theirs) for ours in names for theirs in judgement.hit.names)
            assert best > Likeness.FOREIGN
