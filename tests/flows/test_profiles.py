"""Profiles: derived from what all sources said, only where something changed, with a report of who knows what."""

from datetime import date
from typing import Any
from uuid import uuid4

DERIVED_LATER = "update ops.sync_state set last_success_at = now() + interval '1 hour' where resource = 'profile'"
"""As if everybody had been derived after every change so far."""


def somebody(catalogue, where: str = "zodiac is not null and profile_image_id is not null") -> dict[str, Any]:
    [found] = catalogue.records(f"select * from core.people where {where} order by tmdb_id limit 1")
    return found


def by_id(catalogue, id_: Any) -> dict[str, Any]:
    [found] = catalogue.records("select * from core.people where id = :id", id=id_)
    return found


def editor_says(catalogue, id_: Any, fields: str) -> None:
    catalogue.change(
        "insert into core.facts (entity_id, source, fields, changed_at)"
        " values (:id, 'editor', cast(:fields as jsonb), now() + interval '2 hours')",
        id=id_,
        fields=fields,
    )


def test_whoever_something_changed_about_is_derived_and_nobody_else(catalogue):
    catalogue.run("profiles", again=True)
    catalogue.change(DERIVED_LATER)
    people = catalogue.one(
        "select count(*) from core.people p join core.entities e using (id) where merged_into is null"
    )
    assert catalogue.run("profiles").unchanged == people
    person = somebody(catalogue)
    editor_says(catalogue, person["id"], '{"birth_date": "1970-06"}')
    report = catalogue.run("profiles")
    assert (report.done, report.unchanged, report.tables["core.people"].updated) == (people, people - 1, 1)
    after = by_id(catalogue, person["id"])
    assert (after["birth_date"], after["birth_precision"], after["zodiac"]) == (date(1970, 6, 1), "month", None)


def test_a_new_picture_is_chosen_and_an_editors_choice_stays(catalogue):
    catalogue.run("profiles", again=True)
    person = somebody(catalogue)
    better, catalogue_image = uuid4(), person["profile_image_id"]
    catalogue.change(
        "insert into core.images (id, entity_id, source, kind, source_id, url, vote_count)"
        " values (:image, :id, 'tmdb', 'profile', '/better.jpg', 'https://images.invalid/better.jpg', 999)",
        image=better,
        id=person["id"],
    )
    catalogue.run("profiles")
    assert by_id(catalogue, person["id"])["profile_image_id"] == better
    editor_says(catalogue, person["id"], f'{{"profile_image_id": "{catalogue_image}"}}')
    catalogue.run("profiles")
    assert by_id(catalogue, person["id"])["profile_image_id"] == catalogue_image


def test_the_report_tells_how_many_know_what_and_from_whom(catalogue):
    report = catalogue.run("profiles", again=True)
    people = report.selected
    born, signs, pictures = catalogue.rows(
        "select count(birth_date), count(zodiac), count(profile_image_id)"
        " from core.people p join core.entities e using (id) where merged_into is null"
    )[0]
    notes = "\n".join(report.notes)
    assert 0 < signs <= born < people
    for told in (
        f"{born} of {people} people have a birth date (tmdb {born})",
        f"{signs} of {people} people have a zodiac sign",
        f"{pictures} of {people} people have a picture (tmdb {pictures})",
    ):
        assert told in notes


def test_a_profile_that_the_database_refuses_fails_alone_among_the_people_of_its_show(catalogue):
    cast = (
        "id in (select person_id from core.credits c join core.shows s on s.id = c.show_id where s.tmdb_id = 900000003)"
    )
    person = somebody(catalogue, cast)
    editor_says(catalogue, person["id"], '{"gender": "nonsense"}')
    report = catalogue.run("profiles", tmdb_ids=[900000003])
    assert list(report.failures) == [f"person {person['id']}"]
    assert report.done == report.selected - 1
    assert 1 < report.selected < catalogue.one("select count(*) from core.people") / 2
    assert by_id(catalogue, person["id"])["gender"] == person["gender"]


def test_a_dry_run_changes_nothing(catalogue):
    person = somebody(catalogue)
    editor_says(catalogue, person["id"], '{"birth_date": null}')
    before = catalogue.snapshot("core", "ops")
    report = catalogue.run("profiles", again=True, dry_run=True)
    assert report.tables["core.people"].updated == 1
    after = catalogue.snapshot("core", "ops")
    assert {name for name in after if after[name] != before[name]} <= {"ops.runs"}
