"""What IMDb's GraphQL endpoint answers, read: recorded answers, pages of the same schema, and how complete each is."""

import copy
import json
import random
from datetime import date
from typing import Any

import pytest

from flows.sources.errors import MalformedAnswer
from flows.sources.imdb import reading

NAMES = {"id": "nm1", "nameText": {"text": "Ada"}, "primaryImage": None}
LAST = {"hasNextPage": False, "endCursor": "z"}


def read(resource, answer):
    return reading.read(resource, answer)


def drifting(resource, answer):
    return reading.read_with_drift(resource, answer)


def body(*pages, **more):
    return {"layer": "graphql", "pages": [{"data": page} for page in pages], **more}


def connection(*nodes, total=None, more=False):
    edges = [{"node": node} for node in nodes]
    return {
        "total": len(nodes) if total is None else total,
        "pageInfo": {"hasNextPage": more, "endCursor": "c"},
        "edges": edges,
    }


def episode(number, season=1, id=None, **more):
    return {
        "id": id or f"tt{season}0{number}",
        "titleText": {"text": f"Part {number}"},
        "plot": None,
        "releaseDate": {"year": 2024, "month": 5, "day": number or None},
        "ratingsSummary": {"aggregateRating": None, "voteCount": 0},
        "primaryImage": None,
        "series": {"episodeNumber": {"seasonNumber": season, "episodeNumber": number}},
        **more,
    }


def series(*episodes, seasons=("1", "Unknown"), **more):
    named = {"total": len(seasons), "edges": [{"node": {"season": season}} for season in seasons]}
    found = {"isOngoing": True, "displayableSeasons": named, "episodes": connection(*episodes, **more)}
    return {"title": {"id": "tt1", "titleType": {"id": "tvSeries", "canHaveEpisodes": True}, "episodes": found}}


def cast(person, *characters, category="self", text="Self", episodes=3, attributes=None):
    return {
        "__typename": "Cast",
        "name": {**NAMES, "id": person},
        "category": {"id": category, "text": text},
        "characters": [{"name": name} for name in characters] or None,
        "attributes": attributes and [{"text": text} for text in attributes],
        "episodeCredits": {"total": episodes, "yearRange": {"year": 2020, "endYear": None}},
    }


def crew(person, *jobs, category="producer", text="Producer"):
    return {
        "__typename": "Crew",
        "name": {**NAMES, "id": person},
        "category": {"id": category, "text": text},
        "jobDetails": [{"job": {"text": job}, "attributes": [{"text": "uncredited"}]} for job in jobs],
        "episodeCredits": {"total": 0, "yearRange": None},
    }


def credited(*nodes, **more):
    return {"title": {"id": "tt1", "credits": connection(*nodes, **more)}}


@pytest.mark.recorded
def test_the_recorded_pictures_of_a_title(recording):
    recorded = recording("imdb/graphql/graphql_title_images.json")
    found, drift = drifting("title_images", {"layer": "graphql", "pages": [recorded]})
    assert (found.imdb_id, found.total, len(found.images), found.is_complete) == ("tt0910970", 557, 50, False)
    first, last = found.images[0], found.images[-1]
    assert (first.id, first.width, first.height, first.kind) == ("rm401243905", 1920, 1080, "still_frame")
    assert first.caption == "Ben Burtt and Elissa Knight in WALL·E (2008)"
    assert first.url.startswith("https://m.media-amazon.com/images/M/MV5BYWI3ZTVkZDMt") and first.url.endswith(
        "._V1_.jpg"
    )
    assert (first.people, first.titles) == (("nm0123785", "nm2264184"), ("tt0910970",))
    assert (last.id, last.width, last.height, last.kind) == ("rm1046910720", 267, 400, "event")
    assert [image.people for image in found.images].count(()) == 1
    assert not drift["missing"]
    assert drift["unknown"]["images.edges[].node.copyright"] == 50


@pytest.mark.recorded
@pytest.mark.parametrize("name", ["graphql_main_search", "graphql_watch_options"])
@pytest.mark.parametrize(
    "resource", ["list", "title", "episodes", "credits", "appearances", "title_images", "person_images"]
)
def test_recorded_answers_to_other_queries_are_none_of_ours(recording, name, resource):
    with pytest.raises(MalformedAnswer):
        read(resource, {"layer": "graphql", "pages": [recording(f"imdb/graphql/{name}.json")]})


@pytest.mark.recorded
def test_a_title_as_recorded_pages_carry_it_in_the_same_schema(recording):
    page = recording("imdb/next_data_json/reference_tt1628065_walking_dead_s1e3_tvEpisode.json")["props"]["pageProps"]
    title = {**page["mainColumnData"], "keywords": page["mainColumnData"]["storylineKeywords"]}
    found = read("title", body({"title": title}))
    assert (found.name, found.kind, found.year, found.end_year) == ("Tell It to the Frogs", "tvEpisode", 2010, None)
    assert (found.series_id, found.season_number, found.episode_number) == ("tt1520211", 1, 3)
    assert (found.release_date, found.runtime, found.content_rating) == (date(2010, 11, 14), 45, "TV-14")
    assert (found.rating, found.votes, found.genres) == (8.2, 19434, ("Drama", "Horror", "Thriller"))
    assert found.description.startswith("Rick is reunited with Lori and Carl")
    assert (found.poster.width, found.poster.height, found.poster.id) == (2048, 1365, "rm3914565376")
    assert found.keywords[:2] == ("reference to gone with the wind", "zombie") and found.interests[0] == "Drama"
    assert (found.season_total, found.episode_total) == (None, None)


@pytest.mark.recorded
def test_credits_as_recorded_pages_carry_them_in_the_same_schema(recording):
    page = recording("imdb/next_data_json/reference_tt1628065_walking_dead_s1e3_tvEpisode.json")["props"]["pageProps"]
    categories = {
        group["category"]["id"]: group["credits"]["edges"] for group in page["mainColumnData"]["creditCategories"]
    }
    nodes = [edge["node"] for name in ("director", "writer", "cast") for edge in categories[name]]
    found = read("credits", body(credited(*nodes, total=34))).credits
    assert [(credit.person_id, credit.name, credit.category, credit.job) for credit in found[:2]] == [
        ("nm0394586", "Gwyneth Horder-Payton", "Director", "director"),
        ("nm0001104", "Frank Darabont", "Writer", found[1].job),
    ]
    assert (found[0].attributes, found[0].episodes, found[0].image) == (("directed by",), None, None)
    rick, lori = found[7], found[9]
    assert (rick.person_id, rick.category, rick.category_id, rick.billing_order) == ("nm0511088", "Actor", "actor", 1)
    assert (rick.characters, rick.image.width, rick.image.height) == (("Rick Grimes",), 294, 400)
    assert (lori.name, lori.category, lori.billing_order) == ("Sarah Wayne Callies", "Actress", 3)
    assert all(credit.is_cast for credit in found[7:]) and not any(credit.is_cast for credit in found[:7])


def test_episode_zero_season_zero_and_episodes_without_a_season_are_ordinary():
    unknown = episode(9, id="tt9", series=None)
    first, second = (
        series(episode(0), episode(1), total=5, more=True),
        series(episode(1), episode(1, season=0), unknown),
    )
    second["title"]["episodes"]["episodes"]["total"] = 4
    found = read("episodes", body(first, second))
    assert [(one.season_number, one.episode_number) for one in found.episodes] == [(1, 0), (1, 1), (0, 1), (None, None)]
    assert [one.air_date for one in found.episodes[:2]] == [None, date(2024, 5, 1)]
    assert (found.seasons, found.complete_seasons, found.total, found.is_complete) == ((0, 1), (0, 1), 4, True)


def test_a_title_of_another_kind_has_no_episodes_and_a_series_without_any_is_not_believed():
    film: Any = {"title": {"id": "tt1", "titleType": {"id": "movie", "canHaveEpisodes": False}, "episodes": None}}
    assert read("episodes", body(film)).is_complete
    assert not read("episodes", body(series())).is_complete
    film["title"]["titleType"]["canHaveEpisodes"] = True
    assert not read("episodes", body(film)).is_complete
    assert not read("credits", body(credited())).is_complete


@pytest.mark.parametrize(
    ("change", "complete"),
    [
        (lambda page: None, True),
        (lambda page: page["title"]["credits"].update(total=4), False),
        (lambda page: page["title"]["credits"].update(total=None), False),
        (lambda page: page["title"]["credits"]["pageInfo"].update(hasNextPage=True), False),
        (lambda page: page["title"]["credits"]["edges"][0].update(node=None), False),
        (lambda page: page["title"]["credits"]["edges"].append(page["title"]["credits"]["edges"][0]), True),
        (lambda page: page["title"]["credits"]["edges"][0]["node"].pop("characters"), False),
        (lambda page: page["title"]["credits"]["edges"][2]["node"].pop("episodeCredits"), False),
        (lambda page: page["title"]["credits"].update(surprise=1), True),
    ],
)
def test_only_an_answer_that_lacks_nothing_is_complete(change, complete):
    page = credited(cast("nm1", "Self - Host"), cast("nm2", "Self"), crew("nm1", "executive producer", "creator"))
    change(page)
    found = read("credits", body(page))
    assert found.is_complete is complete
    assert found.complete_categories == (("Self", "Producer") if complete else ())
    assert not read("credits", {**body(page), "missing": "a page"}).is_complete
    with_errors = body(page)
    with_errors["pages"][0]["errors"] = [{"message": "one resolver failed"}]
    assert not read("credits", with_errors).is_complete


def test_a_credit_says_category_job_attributes_episodes_and_place():
    archive = cast("nm3", "Self", category="archive_footage", text="Archive Footage", attributes=["archive footage"])
    page = credited(cast("nm1", "Self - Host"), archive, crew("nm1", "executive producer", "creator"), crew("nm4"))
    host, old, producer, other = read("credits", body(page)).credits
    assert (host.is_self, host.episodes, host.years, host.billing_order) == (True, 3, (2020, 2020), 1)
    assert (old.is_archive_footage, old.billing_order) == (True, 2)
    assert (producer.job, producer.attributes, producer.episodes) == (
        "executive producer, creator",
        ("uncredited",),
        None,
    )
    assert (producer.billing_order, other.billing_order, other.job) == (1, 2, None)


def in_episodes(category, *episodes, total=None, more=False, kind="Cast"):
    named = {"id": category, "text": category.title()}
    nodes = [
        {
            "title": {
                "id": f"tt10{number}",
                "titleText": {"text": f"Part {number}"},
                "releaseYear": {"year": 2024},
                "series": {"episodeNumber": {"seasonNumber": 1, "episodeNumber": number}},
            },
            **({"characters": [{"name": "Self"}], "attributes": [{"text": "as A."}]} if kind == "Cast" else {}),
        }
        for number in episodes
    ]
    said = (
        {"characters": None, "attributes": None}
        if kind == "Cast"
        else {"jobDetails": [{"job": {"text": "runner"}, "attributes": None}]}
    )
    return {
        "__typename": kind,
        "name": {"id": "nm1"},
        "category": named,
        **said,
        "episodeCredits": connection(*nodes, total=total, more=more),
    }


def test_a_persons_episodes_are_put_together_from_the_pages_of_each_category():
    first = credited(in_episodes("self", 1, 2, total=3, more=True), in_episodes("producer", 2, kind="Crew"))
    further = credited(in_episodes("self", 2, 3))
    further["title"]["credits"]["edges"][0]["node"]["episodeCredits"]["total"] = 3
    found = read("appearances", body(first, further, ref="tt1/nm1"))
    assert [(one.category, one.episode_id, one.job) for one in found.credits] == [
        *(("Self", "tt101", None), ("Self", "tt102", None), ("Self", "tt103", None)),
        ("Producer", "tt102", "runner"),
    ]
    assert (found.credits[0].characters, found.credits[0].attributes) == (("Self",), ("as A.",))
    assert (found.credits[0].season_number, found.credits[0].episode_number, found.credits[0].year) == (1, 1, 2024)
    assert (found.is_complete, found.total, found.person_id) == (True, 4, "nm1")
    assert not read("appearances", body(first, ref="tt1/nm1")).is_complete
    assert not read("appearances", body(credited(in_episodes("self", 1), total=2))).is_complete
    nothing = read("appearances", body(credited(), ref="tt1/nm7"))
    assert (nothing.person_id, nothing.credits, nothing.is_complete) == ("nm7", (), True)


def entry(position, title, note=None):
    written = note and {"originalText": {"plainText": note}}
    years = {"year": 2019, "endYear": None}
    fields = ("originalTitleText", "releaseDate", "runtime", "plot", "ratingsSummary", "certificate", "titleGenres")
    more = dict.fromkeys((*fields, "primaryImage", "series"))
    return {
        "node": {"itemId": title, "absolutePosition": position, "description": written},
        "listItem": {
            **more,
            "id": title,
            "titleText": {"text": title.upper()},
            "titleType": {"id": "tvSeries", "canHaveEpisodes": True},
            "releaseYear": years,
            "episodes": {"episodes": {"total": 40}},
        },
    }


def listed(*entries, total, more=False):
    search = {"total": total, "pageInfo": {"hasNextPage": more, "endCursor": "c"}, "edges": list(entries)}
    named = {"name": {"originalText": "Reality"}, "description": {"originalText": {"plainText": "All of it"}}}
    return {"list": {"id": "ls1", **named, "titleListItemSearch": search}}


def test_a_list_has_ranks_notes_and_a_total_and_an_entry_that_moved_is_kept_once():
    found = read(
        "list",
        body(
            listed(entry(1, "tt1", "the first"), entry(2, "tt2"), total=3, more=True),
            listed(entry(3, "tt2"), entry(4, "tt3"), total=3),
        ),
    )
    assert [(one.imdb_id, one.rank, one.note) for one in found.entries] == [
        *(("tt1", 1, "the first"), ("tt2", 2, None)),
        ("tt3", 4, None),
    ]
    assert (found.list_id, found.name, found.description, found.total) == ("ls1", "Reality", "All of it", 3)
    assert found.is_complete and not found.entries[0].title.is_complete
    assert (found.entries[0].title.name, found.entries[0].title.episode_total) == ("TT1", 40)
    withheld = {**entry(2, "tt2"), "listItem": None}
    assert not read("list", body(listed(entry(1, "tt1"), withheld, total=2))).is_complete


def mutated(value, chance):
    """A copy of a body with one thing in it dropped, retyped, emptied or added."""
    copied = copy.deepcopy(value)
    places: list[Any] = []

    def walk(found):
        if isinstance(found, dict | list) and found:
            keys = list(found) if isinstance(found, dict) else list(range(len(found)))
            places.extend((found, key) for key in keys)
            for key in keys:
                walk(found[key])

    walk(copied["pages"])
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del holder[key]
        case 1:
            holder[key] = chance.choice([7, -1, 1.5, 10**30, True, "words", ["a"], [{}], {"a": 1}])
        case 2:
            holder[key] = chance.choice([None, "", [], {}])
        case 3 if isinstance(holder, dict):
            holder["added"] = holder[key]
    return copied


def test_whatever_changes_in_an_answer_it_is_read_or_called_malformed():
    answers = {
        "list": body(listed(entry(1, "tt1", "the first"), entry(2, "tt2"), total=2)),
        "title": body(
            {
                "title": entry(1, "tt1")["listItem"]
                | {
                    "keywords": {"total": 1, "edges": [{"node": {"text": "tv"}}]},
                    "interests": {"edges": [{"node": {"id": "in1", "primaryText": {"text": "Docuseries"}}}]},
                    **{"episodes": series()["title"]["episodes"]},
                }
            }
        ),
        "episodes": body(series(episode(0), episode(1))),
        "credits": body(credited(cast("nm1", "Self"), crew("nm2", "runner"))),
        "appearances": body(
            credited(in_episodes("self", 1, 2), in_episodes("producer", 2, kind="Crew")), ref="tt1/nm1"
        ),
    }
    chance, read_whole, malformed = random.Random(4), 0, 0
    for resource, answer in answers.items():
        assert json.dumps(read(resource, answer), default=str)
        for _ in range(150):
            try:
                read(resource, mutated(answer, chance))
                read_whole += 1
            except MalformedAnswer:
                malformed += 1
    assert min(read_whole, malformed) > 50
