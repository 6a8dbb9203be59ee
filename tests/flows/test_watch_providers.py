"""Offers: gone when no longer listed, and an emptied answer is reported."""

from typing import Any

SHOW = 900000001
PART = f"tv/{SHOW}/watch/providers"


def offers(catalogue: Any) -> set[tuple[str, str, int]]:
    return set(
        catalogue.rows(
            "select o.region, o.offer_type, p.tmdb_id from core.show_watch_providers o"
            " join core.watch_providers p on p.id = o.provider_id where o.show_id = :show",
            show=catalogue.show(SHOW),
        )
    )


def sync(catalogue: Any) -> Any:
    return catalogue.run("watch-providers", tmdb_ids=[SHOW], force=True)


def test_an_offer_that_is_no_longer_listed_is_removed_and_a_new_kind_is_taken(catalogue, upstream):
    before = offers(catalogue)
    told = (upstream.source.part(f"tv/{SHOW}", "watch/providers") or {})["results"]
    provider = told["US"]["flatrate"][0]
    upstream.amend(
        PART, results={"US": {"link": told["US"]["link"], "flatrate": told["US"]["flatrate"], "cinema": [provider]}}
    )
    report = sync(catalogue)
    kept = {offer for offer in before if offer[:2] == ("US", "flatrate")}
    assert kept and offers(catalogue) == kept | {("US", "cinema", provider["provider_id"])}
    assert report.tables["core.show_watch_providers"].removed == len(before - kept)
    assert catalogue.one("select count(*) from core.watch_providers") > len({id_ for *_, id_ in kept})


def test_an_empty_answer_where_offers_are_stored_is_drift(catalogue, upstream):
    upstream.amend(PART, results={})
    report = sync(catalogue)
    assert report.drift["show: watch/providers empty where offers are stored"] == 1
    assert offers(catalogue) == set()
    assert catalogue.ask(f"/shows/{catalogue.show(SHOW)}")["watch_providers"] == []


def test_an_answer_without_offers_at_all_changes_nothing(catalogue, upstream):
    before = offers(catalogue)
    upstream.withdraw(PART)
    assert sync(catalogue).written == 0
    assert offers(catalogue) == before
