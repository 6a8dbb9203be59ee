"""The bundled sample: fourteen invented reality shows, their people, networks and providers, and the lists that lead to them.

Nothing here is real. Ids lie in ranges the originals do not use: TMDb's from 900000000, IMDb's `tt9900…` and `nm9900…`.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from deployments.upstream.catalogue.imdb import Imdb
from deployments.upstream.catalogue.imdb_model import NOTHING
from deployments.upstream.catalogue.items import Items, item_id
from deployments.upstream.catalogue.model import Organisation, Person, Show
from deployments.upstream.catalogue.source import CatalogueSource
from deployments.upstream.catalogue.wikis import Wikis
from deployments.upstream.sample import circles, contests, edges, houses, imdb, items, lists, romance, talk
from deployments.upstream.sample.companies import COMPANIES, NETWORKS, PROVIDERS
from deployments.upstream.sample.people import PEOPLE, named
from deployments.upstream.sample.wikis import SHOW_ARTICLES, WIKIS
from deployments.upstream.source import Body, ItemList, summary_of

IMDB_LIST_CSV = Path(__file__).with_name("imdb_list.csv")
"""An export of an IMDb list, as IMDb's page offers it."""


class Sample(CatalogueSource):
    """The bundled sample as a source."""

    name = "the bundled sample: invented shows"

    def __init__(self) -> None:
        written = (houses, circles, contests, romance, talk, edges)
        self._shows = {show.id: show for module in written for show in module.SHOWS}
        self._people = {person.id: person for person in PEOPLE}
        self._organisations = {
            (kind, organisation.id): organisation
            for kind, group in (("n", NETWORKS), ("c", COMPANIES), ("w", PROVIDERS))
            for organisation in group.values()
        }

    def show_ids(self) -> Sequence[int]:
        return sorted(self._shows)

    def show(self, show_id: int) -> Show | None:
        return self._shows.get(show_id)

    def person(self, person_id: int) -> Person | None:
        return self._people.get(person_id)

    def organisation(self, kind: str, organisation_id: int) -> Organisation | None:
        return self._organisations.get((kind, organisation_id))

    def shows_of_imdb(self, imdb_id: str) -> Sequence[Show]:
        if imdb_id in lists.AMBIGUOUS:
            return [self._shows[show_id] for show_id in lists.AMBIGUOUS[imdb_id]]
        return [show for show in self._shows.values() if show.imdb_id == imdb_id]

    def person_of_imdb(self, imdb_id: str) -> Person | None:
        return next((person for person in self._people.values() if person.imdb_id == imdb_id), None)

    @cached_property
    def imdb(self) -> Imdb:
        shows = {show.imdb_id: show for show in self._shows.values() if show.imdb_id} | imdb.ONLY_IMDB
        people = {person.imdb_id: person for person in reversed(PEOPLE) if person.imdb_id}
        return Imdb(
            show_of=shows.get,
            person=self.person,
            person_of=people.get,
            episode_id=imdb.episode_id,
            series_of=imdb.series_of,
            differs=lambda show: imdb.DIFFERS.get(show.imdb_id or "", NOTHING),
            list_of=imdb.LISTS.get,
            titles=lambda: [*shows, *imdb.FILMS],
            names=lambda: sorted(people),
            name_of=imdb.name_of,
            films=imdb.FILMS,
        )

    @cached_property
    def wikis(self) -> Wikis:
        def search(wiki: str, words: str) -> list[str]:
            """Titles of articles that have all the words, first those that have most of them in the title."""
            wanted = [word.strip('"') for word in words.casefold().split()]
            texts = {
                title: f"{title} {article.html}".casefold() for title, article in WIKIS[wiki].items() if article.html
            }
            found = [title for title, text in texts.items() if all(word in text for word in wanted)]
            return sorted(found, key=lambda title: -sum(word in title.casefold() for word in wanted))

        sites = {wiki: f"The {wiki.partition('.')[0].replace('-', ' ').title()} Wiki" for wiki in WIKIS}
        return Wikis(sites, lambda wiki, title: WIKIS[wiki].get(title), search)

    @cached_property
    def items(self) -> Items:
        places = {person.birthplace for person in PEOPLE if person.birthplace}
        occupations = {occupation for about in items.PEOPLE.values() for occupation in about.occupations}
        return Items(
            person=self.person,
            show=self.show,
            person_of_imdb=self.person_of_imdb,
            shows_of_imdb=lambda imdb_id: [show for show in self._shows.values() if show.imdb_id == imdb_id],
            about=items.about,
            article_of=lambda show: SHOW_ARTICLES.get(show.imdb_id or ""),
            terms=[*sorted(places), *sorted(occupations)],
            redirects={items.REDIRECTED: item_id(named("Kit Abernathy").id)},
            things=items.THINGS,
        )

    def find(self, external_id: str, external_source: str) -> Body:
        found = super().find(external_id, external_source)
        if external_source == "imdb_id" and external_id == lists.MOVIE_IMDB_ID:
            found["movie_results"] = [lists.MOVIE]
        return found

    def item_list(self, list_id: str) -> ItemList | None:
        return lists.item_list(list_id, lambda show_id: summary_of(self.body(f"tv/{show_id}") or {}, "tv"))
