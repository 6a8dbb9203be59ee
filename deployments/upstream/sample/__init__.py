"""The bundled sample: fourteen invented reality shows, their people, networks and providers, and the lists that lead to them.

Nothing here is real. Ids lie in ranges the originals do not use: TMDb's from 900000000, IMDb's `tt9900…` and `nm9900…`.
"""

from collections.abc import Sequence
from pathlib import Path

from deployments.upstream.catalogue.model import Organisation, Person, Show
from deployments.upstream.catalogue.source import CatalogueSource
from deployments.upstream.sample import circles, contests, edges, houses, lists, romance, talk
from deployments.upstream.sample.companies import COMPANIES, NETWORKS, PROVIDERS
from deployments.upstream.sample.people import PEOPLE
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

    def find(self, external_id: str, external_source: str) -> Body:
        found = super().find(external_id, external_source)
        if external_source == "imdb_id" and external_id == lists.MOVIE_IMDB_ID:
            found["movie_results"] = [lists.MOVIE]
        return found

    def item_list(self, list_id: str) -> ItemList | None:
        return lists.item_list(list_id, lambda show_id: summary_of(self.body(f"tv/{show_id}") or {}, "tv"))
