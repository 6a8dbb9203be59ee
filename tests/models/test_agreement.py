"""Whose page it is: name and show have to agree."""

import pytest

from models.rules.agreement import PageSigns, alike, judge_page, name_agrees, show_named
from models.rules.wikis import article_of, is_shared, seeded, wiki_host

VILLA = ["Villa Ficta"]


def page(*names: str, shows: tuple[str, ...] = (), person: bool = True, **more) -> PageSigns:
    return PageSigns(names=names or ("Nemo Fictus",), shows=shows, is_person=person, **more)


@pytest.mark.parametrize(
    ("names", "agrees"),
    [
        (("nemo fictus",), True),
        (("Némo  Fictus (diver)",), True),
        (("Nemo F.", "Nemo-Fictus"), True),
        (("Nemo Fictus Jr",), False),
        (("Nemo",), False),
        (("Captain N.",), True),
        (("(diver)",), False),
    ],
)
def test_a_name_agrees_whatever_its_spelling_but_never_in_part(names, agrees):
    assert name_agrees(page(*names), ["Nemo Fictus", "Captain N."]) is agrees


def test_a_redirect_agrees_where_the_names_share_a_word_and_it_is_no_list():
    assert name_agrees(page("Maximus Fictus", asked="Nemo Fictus"), ["Nemo Fictus"])
    assert not name_agrees(page("Somebody Else", asked="Nemo Fictus"), ["Nemo Fictus"])
    assert not name_agrees(page("Nemo and others", asked="Nemo Fictus", is_list=True), ["Nemo Fictus"])


@pytest.mark.parametrize(
    ("shown", "named"),
    [
        ("Villa Ficta", True),
        ("The Villa Ficta", True),
        ("Villa Ficta - Season 2", True),
        ("Villa Ficta (Season 2)", True),
        ("Villa Ficta Season 2 Cast Members", True),
        ("Villa Ficta Islanders", True),
        ("Villa Ficta (2020)", True),
        ("Villa Ficta Games", False),
        ("Villa Ficta Games Islanders", False),
        ("Villa", False),
        ("Season 2", False),
        ("Islanders", False),
    ],
)
def test_a_show_is_named_by_its_seasons_and_its_people_not_by_another_show(shown, named):
    assert show_named(page(shows=(shown,)), VILLA) == (shown if named else None)


@pytest.mark.parametrize(
    ("signs", "own", "wikidata", "namesakes", "agreed", "reason"),
    [
        (page(shows=("Villa Ficta",)), False, False, 0, True, "the name agrees; the page names Villa Ficta"),
        (page(), False, False, 0, False, "the name agrees, but the page does not name the show"),
        (page(), True, False, 0, True, "the name agrees; the wiki is about this show alone"),
        (page(person=False), True, False, 0, False, "the name agrees, but the page does not name the show"),
        (page("Other"), True, True, 0, True, "Wikidata names the page; the wiki is about this show alone"),
        (page("Other"), False, True, 0, False, "Wikidata names the page, but the page does not name the show"),
        (page("Other", shows=("Villa Ficta",)), True, False, 0, False, "the page is called Other"),
        (page(shows=("Villa Ficta",)), True, False, 1, False, "2 people of this show go by the name"),
        (page(shows=("Villa Ficta",)), True, True, 1, True, "Wikidata names the page; the page names Villa Ficta"),
    ],
)
def test_a_page_is_somebodys_only_if_name_and_show_agree(signs, own, wikidata, namesakes, agreed, reason):
    verdict = judge_page(
        signs, names=["Nemo Fictus"], titles=VILLA, own_wiki=own, named_by_wikidata=wikidata, namesakes=namesakes
    )
    assert (verdict.agreed, verdict.reason) == (agreed, reason)


def test_a_search_proposes_what_holds_the_name_only():
    hits = ["Nemo Fictus (diver)", "Captain Nemo Fictus", "Nemo", "Season 2", "Nemo Otherwise"]
    assert alike(hits, ["Nemo Fictus"]) == ["Nemo Fictus (diver)", "Captain Nemo Fictus"]


def test_shows_have_their_first_wikis_whatever_their_titles_spelling():
    assert seeded("The Real Housewives of Salt Lake City") == (
        "real-housewives.fandom.com",
        "realitytv-girl.fandom.com",
    )
    assert seeded("The Real Housewives of DC") == seeded("The Real Housewives of D.C.") != ()
    assert seeded("Love & Hip Hop: Atlanta") == (
        "loveandhiphop.fandom.com",
        "love-hip-hop.fandom.com",
        "realitytv-girl.fandom.com",
    )
    assert seeded("Below Deck Mediterranean") == ("belowdeck.fandom.com", "belowdeckmed.fandom.com")
    assert seeded("Nobody's Show", "Survivor") == ("survivor.fandom.com",)
    assert seeded("Nobody's Show", None) == ()
    assert is_shared("loveisland.fandom.com") and is_shared("realitytv-girl.fandom.com")
    assert not is_shared("survivor.fandom.com") and not is_shared("fictional.fandom.com")


def test_wikis_and_articles_are_named_in_several_ways():
    assert (
        wiki_host("real-housewives") == wiki_host("https://Real-Housewives.fandom.com/") == "real-housewives.fandom.com"
    )
    assert [wiki_host(name) for name in ("", "a b", "x/../y", "fandom.com", "évil.fandom.com")] == [None] * 5
    assert article_of("real-housewives:bronwyn_Newport") == ("real-housewives.fandom.com", "Bronwyn Newport")
    assert [article_of(text) for text in ("Bronwyn", "x:", ":y", "a b:c")] == [None] * 4
