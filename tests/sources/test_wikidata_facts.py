"""What Wikidata's items say: ranks, dates of every exactness, genders, names, ids. All items here are synthetic."""

import pytest

from flows.sources.errors import MalformedAnswer
from flows.sources.payload import drift
from flows.sources.wikidata.facts import identities, mentioned, misfit, name, other_names, person_facts, show_facts
from flows.sources.wikidata.payloads import Item, Label
from models.entities import IdSource, Kind
from models.rules.dates import is_partial
from tests.sources.wikidata import JULIAN, entity, item, moment, person, statement, text


def facts(*statements, labels=None, **further):
    return person_facts(Item.parse(person("Q1", *statements, **further)), labels or {})


def born(*dates):
    return facts(*(statement("P569", *date) if isinstance(date, tuple) else statement("P569", date) for date in dates))[
        "birth_date"
    ]


@pytest.mark.parametrize(
    ("time", "precision", "told"),
    [
        ("+1974-12-14T00:00:00Z", 11, "1974-12-14"),
        ("+1974-12-00T00:00:00Z", 10, "1974-12"),
        ("+1974-12-14T00:00:00Z", 10, "1974-12"),
        ("+1974-00-00T00:00:00Z", 9, "1974"),
        ("+1974-01-01T00:00:00Z", 9, "1974"),
        ("+1974-12-14T10:00:00Z", 14, "1974-12-14"),
        ("+00000001974-12-14T00:00:00Z", 11, "1974-12-14"),
        ("+1970-00-00T00:00:00Z", 8, None),
        ("+1900-00-00T00:00:00Z", 7, None),
        ("-0044-03-15T00:00:00Z", 11, None),
        ("+1974-00-00T00:00:00Z", 11, None),
        ("+1974-02-30T00:00:00Z", 11, None),
        ("+0000-00-00T00:00:00Z", 9, None),
        ("+20000-00-00T00:00:00Z", 9, None),
        ("nonsense", 11, None),
    ],
)
def test_a_date_is_told_as_exactly_as_wikidata_knows_it(time, precision, told):
    assert born(moment(time, precision)) == told
    assert told is None or is_partial(told)


@pytest.mark.parametrize(
    ("time", "precision", "told"),
    [
        ("+1917-10-25T00:00:00Z", 11, "1917-11-07"),
        ("+1582-10-05T00:00:00Z", 11, "1582-10-15"),
        ("+1900-02-29T00:00:00Z", 11, "1900-03-13"),
        ("+1699-12-00T00:00:00Z", 10, "1699"),
        ("+1699-00-00T00:00:00Z", 9, "1699"),
    ],
)
def test_a_date_of_the_julian_calendar_is_told_by_ours(time, precision, told):
    assert born(moment(time, precision, JULIAN)) == told


def test_a_calendar_that_nobody_knows_tells_no_date():
    assert born(moment("+1974-12-14T00:00:00Z", 11, "http://www.wikidata.org/entity/Q1")) is None


DAY, OTHER_DAY, YEAR = (
    moment("+1974-12-14T00:00:00Z"), moment("+1974-12-15T00:00:00Z"), moment("+1974-00-00T00:00:00Z", 9),
)  # fmt: skip


def test_of_several_dates_the_preferred_count_and_deprecated_ones_never():
    assert born((YEAR, "normal"), (DAY, "preferred")) == "1974-12-14"
    assert born((DAY, "normal"), (YEAR, "preferred")) == "1974"
    assert born((DAY, "deprecated")) is None
    assert born((DAY, "deprecated"), (YEAR, "normal")) == "1974"


def test_equally_ranked_dates_tell_what_they_have_in_common():
    assert born(YEAR, DAY) == "1974-12-14"
    assert born(DAY, OTHER_DAY) == "1974-12"
    assert born(DAY, moment("+1980-12-14T00:00:00Z")) is None


def test_no_date_is_known_where_wikidata_says_so_or_only_presumes():
    assert born("somevalue") is None
    assert born("novalue") is None
    assert facts(statement("P570", "novalue"))["death_date"] is None
    assert facts(statement("P569", DAY, P1480=item("Q5727902")))["birth_date"] is None


@pytest.mark.parametrize(
    ("items", "gender"),
    [
        (["Q6581072"], "female"),
        (["Q6581097"], "male"),
        (["Q1052281"], "female"),
        (["Q2449503"], "male"),
        (["Q48270"], "non_binary"),
        (["Q1097630"], None),
        (["Q6581072", "Q1052281"], "female"),
        (["Q6581072", "Q48270"], None),
        ([], None),
    ],
)
def test_genders(items, gender):
    assert facts(*(statement("P21", item(id_)) for id_ in items))["gender"] == gender


def test_places_and_occupations_go_by_their_names_and_a_past_residence_is_none():
    said = [
        statement("P19", item("Q60")),
        statement("P551", item("Q65"), P582=DAY),
        statement("P551", item("Q62")),
        statement("P106", item("Q33999")),
        statement("P106", item("Q4610556")),
        statement("P106", item("Q99")),
    ]
    names = {"Q60": "Old Town", "Q65": "There", "Q62": "Here", "Q33999": "actor", "Q4610556": "model"}
    told = facts(*said, labels=names)
    assert (told["birth_place"], told["residence"]) == ("Old Town", "Here")
    assert told["occupations"] == ["actor", "model"]
    assert mentioned(Item.parse(person("Q1", *said)), Kind.PERSON) == ["Q60", "Q62", "Q33999", "Q4610556", "Q99"]
    assert mentioned(Item.parse(entity("Q1", *said)), Kind.SHOW) == []


def test_handles_homepage_and_articles():
    told = facts(
        statement("P2003", text("nemo")), statement("P2002", text("old"), P582=DAY), statement("P2002", text("new")),
        statement("P7085", text("nemo.t")), statement("P2397", text("UC1")), statement("P2013", text("nemo.f")),
        statement("P856", text("https://nemo.invalid/")), statement("P6262", text("fictional:Nemo")),
        statement("P6262", text("other:Nemo Fictus")),
    )  # fmt: skip
    handles = ("instagram_id", "twitter_id", "tiktok_id", "youtube_id", "facebook_id")
    assert [told[handle] for handle in handles] == ["nemo", "new", "nemo.t", "UC1", "nemo.f"]
    assert told["homepage"] == "https://nemo.invalid/"
    assert told["fandom_article"] == ["fictional:Nemo", "other:Nemo Fictus"]


def test_a_show_tells_name_handles_and_articles_and_nothing_of_a_life():
    told = show_facts(Item.parse(entity("Q1", statement("P6262", text("wiki:Show")), label="Casa")), {})
    assert (told["name"], told["fandom_article"]) == ("Casa", ["wiki:Show"])
    assert "birth_date" not in told


def test_names_are_english_else_those_of_all_languages_else_any():
    assert name(Label.parse({"id": "Q1", "labels": {"mul": {"language": "mul", "value": "M"}}})) == "M"
    both = {"mul": {"language": "mul", "value": "M"}, "en": {"language": "en", "value": "E"}}
    assert name(Label.parse({"id": "Q1", "labels": both})) == "E"
    assert name(Label.parse({"id": "Q1", "labels": {"cs": {"language": "cs", "value": "Č"}}})) == "Č"
    assert name(Label.parse({"id": "Q1", "labels": []})) is None
    aliases = {
        "en": [{"language": "en", "value": other} for other in ("Nemo Fictus", "N.", " ")],
        "mul": [{"language": "mul", "value": other} for other in ("N.", "Niemand")],
    }
    assert other_names(Item.parse(person("Q1", aliases=aliases))) == ["N.", "Niemand"]


def test_ids_of_other_catalogues():
    one = Item.parse(
        person("Q1", statement("P345", text("nm1")), statement("P4985", text("5")), statement("P646", text("/m/0a")))
    )
    assert identities(one, Kind.PERSON) == {IdSource.IMDB: ["nm1"], IdSource.TMDB: ["5"], IdSource.FREEBASE: ["/m/0a"]}
    show = Item.parse(entity("Q1", statement("P345", text("tt1")), statement("P4983", text("7"), "deprecated")))
    assert identities(show, Kind.SHOW) == {IdSource.IMDB: ["tt1"]}
    assert identities(show, Kind.PERSON) == {}


def test_an_item_that_cannot_be_meant_is_recognised():
    assert misfit(Item.parse(person("Q1")), Kind.PERSON) is None
    assert misfit(Item.parse(person("Q1")), Kind.SHOW) == "it is a person"
    assert misfit(Item.parse(entity("Q1", statement("P31", item("Q3947")))), Kind.PERSON) == "it is no person but Q3947"
    assert misfit(Item.parse(entity("Q1")), Kind.PERSON) == "it is no person"
    assert misfit(Item.parse(entity("Q1", statement("P31", item("Q11424")))), Kind.SHOW) == "it is a film"
    assert misfit(Item.parse(entity("Q1", statement("P31", item("Q1259759")))), Kind.SHOW) is None


def test_an_unknown_key_is_drift_and_a_missing_or_retyped_one_fails_the_item():
    body = person("Q1", statement("P569", DAY), sitelinks={})
    body["claims"]["P569"][0]["weight"] = 3
    del body["claims"]["P569"][0]["references"], body["aliases"]
    del body["claims"]["P31"][0]["references"]
    found = drift(Item.parse(body))
    assert dict(found["unknown"]) == {"sitelinks": 1, "claims.*[].weight": 1}
    assert dict(found["missing"]) == {"aliases": 1}
    for path, broken in (
        ("claims.P569", {"claims": {"P569": 5}}),
        ("labels.en.value", {"labels": {"en": {"language": "en"}}}),
        ("claims.P569.0.mainsnak", {"claims": {"P569": [{"rank": "normal"}]}}),
    ):
        with pytest.raises(MalformedAnswer) as failure:
            Item.parse(person("Q1") | broken)
        assert failure.value.field == path
    with pytest.raises(MalformedAnswer):
        born({"type": "time", "value": {"time": 5}})
