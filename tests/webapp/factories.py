"""Rows for the web app's tests: shows, people and networks that nobody could take for real ones.

Each function adds to the session it gets and returns the model with its id; `catalogue` opens that session as the application.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db import search_terms, slugs
from db.derive import choose_pictures
from db.session import engine
from models.companies import Company, Network, ShowCompany, ShowNetwork, ShowWatchProvider, WatchProvider
from models.entities import Alias, Entity, ExternalId, Fact, Kind
from models.images import Asset, Image
from models.people import Appearance, Credit, CreditCount, Person
from models.search import SEARCHED, SLUGGED
from models.shows import Episode, EpisodeGroup, EpisodeGroupItem, Listing, Season, Show
from models.wikis import PageText, Relation, ReunionSeat, WikiPage

_numbers = count(900_000_001)


@contextmanager
def catalogue() -> Iterator[Session]:
    """A session that commits at its end; what it made stays readable."""
    with Session(engine(), expire_on_commit=False) as session:
        yield session
        session.commit()


def entity(session: Session, kind: Kind) -> UUID:
    """An entity of which nothing is known."""
    row = Entity(id=uuid4(), kind=kind)
    session.add(row)
    session.flush()
    return row.id


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def show(session: Session, name: str = "Villa Imaginaria", **columns: Any) -> Show:
    """A show; `sort_name` follows the name as derive would have it."""
    columns = {"sort_name": name.lower(), **columns}
    return _added(session, Show(id=entity(session, Kind.SHOW), name=name, **columns))


def season(session: Session, of: Show, number: int, **columns: Any) -> Season:
    """A season of a show."""
    row = Season(
        id=entity(session, Kind.SEASON), show_id=of.id, season_number=number, name=f"Season {number}", **columns
    )
    return _added(session, row)


def episode(session: Session, of: Season, number: int, **columns: Any) -> Episode:
    """An episode of a season."""
    columns = {"name": f"Episode {number}", **columns}
    row = Episode(
        id=entity(session, Kind.EPISODE), show_id=of.show_id, season_id=of.id, episode_number=number, **columns
    )
    return _added(session, row)


def person(session: Session, name: str = "Nemo Fictus", **columns: Any) -> Person:
    """A person."""
    return _added(session, Person(id=entity(session, Kind.PERSON), name=name, sort_name=name.lower(), **columns))


def credit(session: Session, show: Show, person: Person, *, category: str = "cast", **columns: Any) -> Credit:
    """A role of a person in a show."""
    columns = {"source": "tmdb", "source_id": f"credit-{next(_numbers)}", **columns}
    return _added(session, Credit(id=uuid4(), show_id=show.id, person_id=person.id, category=category, **columns))


def episodes_claimed(session: Session, of: Show | Season, person: Person, episodes: int, **columns: Any) -> CreditCount:
    """How many episodes of a show or a season a source claims for a person."""
    columns = {"source": "tmdb", "category": "cast", **columns}
    show_id = of.id if isinstance(of, Show) else of.show_id
    row = CreditCount(entity_id=of.id, person_id=person.id, show_id=show_id, episodes=episodes, **columns)
    return _added(session, row)


def appearance(session: Session, of: Episode, person: Person, *, category: str = "cast", **columns: Any) -> Appearance:
    """A person in an episode."""
    columns = {"source": "imdb", **columns}
    row = Appearance(episode_id=of.id, person_id=person.id, show_id=of.show_id, category=category, **columns)
    return _added(session, row)


def listing(
    session: Session, of: Season | Episode, source: str, season_number: int, number: int | None = None
) -> Listing:
    """That a source lists a season or an episode under these numbers."""
    row = Listing(
        entity_id=of.id, source=source, show_id=of.show_id, season_number=season_number, episode_number=number
    )
    return _added(session, row)


def episode_group(session: Session, of: Show, name: str = "By story", **columns: Any) -> EpisodeGroup:
    """Another order of a show's episodes."""
    columns = {"source": "tmdb", "source_id": f"group-{next(_numbers)}", "type": "story_arc", **columns}
    return _added(session, EpisodeGroup(id=uuid4(), show_id=of.id, name=name, **columns))


def in_group(session: Session, group: EpisodeGroup, of: Episode, position: int, part: int = 0) -> None:
    """An episode's place in another order."""
    row = EpisodeGroupItem(
        group_id=group.id, episode_id=of.id, show_id=of.show_id, part=part, part_name=f"Part {part}", position=position
    )
    _added(session, row)


def network(session: Session, show: Show, name: str, *, position: int = 0, tmdb_id: int | None = None) -> Network:
    """A network of a show."""
    row = _added(session, Network(id=entity(session, Kind.NETWORK), name=name, sort_name=name.lower(), tmdb_id=tmdb_id))
    _numbered(session, Kind.NETWORK, row.id, tmdb_id)
    _added(session, ShowNetwork(show_id=show.id, network_id=row.id, source="tmdb", position=position))
    return row


def company(session: Session, show: Show, name: str, *, position: int = 0, tmdb_id: int | None = None) -> Company:
    """A production company of a show."""
    row = _added(session, Company(id=entity(session, Kind.COMPANY), name=name, sort_name=name.lower(), tmdb_id=tmdb_id))
    _numbered(session, Kind.COMPANY, row.id, tmdb_id)
    _added(session, ShowCompany(show_id=show.id, company_id=row.id, source="tmdb", position=position))
    return row


def provider(session: Session, name: str, tmdb_id: int | None = None) -> WatchProvider:
    """A watch provider."""
    row = WatchProvider(id=entity(session, Kind.PROVIDER), name=name, sort_name=name.lower(), tmdb_id=tmdb_id)
    _numbered(session, Kind.PROVIDER, row.id, tmdb_id)
    return _added(session, row)


def _numbered(session: Session, kind: Kind, entity_id: UUID, tmdb_id: int | None) -> None:
    if tmdb_id is not None:
        external_id(session, kind, entity_id, "tmdb", str(tmdb_id))


def offer(session: Session, show: Show, provider: WatchProvider, region: str, offer_type: str, **columns: Any) -> None:
    """An offer of a show."""
    row = ShowWatchProvider(
        show_id=show.id, provider_id=provider.id, region=region, offer_type=offer_type, source="tmdb", **columns
    )
    _added(session, row)


def image(session: Session, entity_id: UUID, kind: str, name: str, *, mirrored: bool = False, **columns: Any) -> Image:
    """An image `/<name>.jpg` of an entity at an address that does not exist; mirrored, it has an asset. The entity's pictures
    are chosen anew.
    """
    asset = None
    if mirrored:
        sha256 = f"{next(_numbers):064x}"
        asset = _added(
            session,
            Asset(id=uuid4(), sha256=sha256, key=f"images/test/{sha256}.jpg", content_type="image/jpeg", bytes=1234),
        )
    columns = {"source": "tmdb", "width": 1000, "height": 1500, **columns}
    row = Image(
        id=uuid4(), entity_id=entity_id, kind=kind, source_id=f"/{name}.jpg", url=f"https://images.invalid/{name}.jpg",
        asset_id=asset.id if asset else None, **columns,
    )  # fmt: skip
    _added(session, row)
    choose_pictures(session, [entity_id])
    return row


def external_id(
    session: Session, kind: Kind, entity_id: UUID, source: str, value: str, *, primary: bool = True
) -> None:
    """An id elsewhere."""
    _added(session, ExternalId(kind=kind, entity_id=entity_id, source=source, value=value, is_primary=primary))


def alias(session: Session, entity_id: UUID, name: str, country: str = "") -> None:
    """Another name."""
    _added(session, Alias(entity_id=entity_id, source="tmdb", name=name, country=country))


def fact(
    session: Session, entity_id: UUID, source: str, *, layers: dict[str, str] | None = None, **fields: Any
) -> Fact:
    """What a source says of an entity. Nothing is derived from it here."""
    return _added(session, Fact(entity_id=entity_id, source=source, fields=fields, layers=layers or {}))


def wiki_page(session: Session, entity_id: UUID, title: str = "Nemo Fictus", **columns: Any) -> WikiPage:
    """A confirmed page of a wiki that does not exist."""
    wiki = "fictional.fandom.com"
    columns = {
        "status": "confirmed",
        "reason": "a test says so",
        "licence": "CC BY-SA 3.0",
        "revision_id": 7,
        **columns,
    }
    row = WikiPage(
        id=uuid4(), entity_id=entity_id, wiki=wiki, title=title,
        url=f"https://{wiki}/wiki/{title.replace(' ', '_')}", **columns,
    )  # fmt: skip
    return _added(session, row)


def page_text(session: Session, page: WikiPage, kind: str, position: int, body: str, **columns: Any) -> None:
    """A piece of text of a page."""
    row = PageText(page_id=page.id, kind=kind, position=position, entity_id=page.entity_id, body=body, **columns)
    _added(session, row)


def relation(session: Session, page: WikiPage, kind: str, name: str, **columns: Any) -> None:
    """Somebody whom a page names."""
    _added(session, Relation(page_id=page.id, kind=kind, name=name, person_id=page.entity_id, **columns))


def reunion_seat(session: Session, page: WikiPage, season_number: int, **columns: Any) -> None:
    """A seat at a reunion."""
    _added(session, ReunionSeat(page_id=page.id, season_number=season_number, person_id=page.entity_id, **columns))


def make_findable(session: Session) -> None:
    """Give everything the slugs and search terms that derive would."""
    for kind in SLUGGED:
        table = slugs.TABLES[kind]
        session.execute(text(f"update {table} set slug = core.slug_for('{kind}', id, name, slug) where slug = ''"))
        for statement in slugs.claiming(kind, "true"):
            session.execute(text(statement))
    for kind in SEARCHED:
        session.execute(text(search_terms.refreshing(kind, "true")))


def full_show(session: Session, children: int = 2) -> Show:
    """A show with `children` of everything that a response can nest, mirrored and not."""
    made = show(
        session, "Isola Ficta", original_name="Isola Ficta!", description="Nobody lives there.", status="Returning Series",
        premiere_date=date(2021, 3, 4), genres=["Reality"], runtimes=[42], season_total=children, totals_counted=True,
        tmdb_vote_average=7.125, imdb_rating=6.5, tmdb_id=next(_numbers), imdb_id=f"tt{next(_numbers)}",
        instagram_id="isola.ficta", origin_countries=["IT"],
        most_recent_episode={"season_number": 1, "episode_number": 1, "name": "One", "air_date": "2021-03-04", "tmdb_id": 1},
    )  # fmt: skip
    external_id(session, Kind.SHOW, made.id, "imdb", str(made.imdb_id))
    external_id(session, Kind.SHOW, made.id, "tmdb", str(made.tmdb_id))
    fact(session, made.id, "tmdb", name="Isola Ficta", runtimes=[42])
    fact(session, made.id, "imdb", name="Isola Ficta", imdb_rating=6.5, layers={"imdb_rating": "datasets"})
    group = episode_group(session, made)
    for number in range(children):
        alias(session, made.id, f"Island {number}", "GB")
        image(
            session,
            made.id,
            "poster",
            f"poster{number}",
            mirrored=number == 0,
            language="en",
            vote_count=children - number,
        )
        image(session, made.id, "backdrop", f"backdrop{number}")
        tv = network(session, made, f"Network {number}", position=number, tmdb_id=next(_numbers))
        image(session, tv.id, "logo", f"logo{number}", mirrored=True)
        company(session, made, f"Company {number}", position=number, tmdb_id=next(_numbers))
        streaming = provider(session, f"Provider {number}", next(_numbers))
        offer(session, made, streaming, "US", "flatrate", display_priority=number, link="https://offers.invalid/us")
        part = season(session, made, number, air_date=date(2021, 3, 4), tmdb_id=next(_numbers), episode_total=1)
        image(session, part.id, "poster", "season")
        shown = episode(session, part, 1, air_date=date(2021, 3, 4), runtime=42, tmdb_id=next(_numbers))
        external_id(session, Kind.EPISODE, shown.id, "tmdb", str(shown.tmdb_id))
        image(session, shown.id, "still", "still")
        somebody = person(session, f"Somebody {number:03}", birth_date=date(1990, 1, 2), tiktok_id=f"somebody{number}")
        external_id(session, Kind.PERSON, somebody.id, "imdb", f"nm{next(_numbers)}")
        image(session, somebody.id, "profile", "profile")
        alias(session, somebody.id, "Some Body")
        page = wiki_page(session, somebody.id, f"Somebody {next(_numbers)}", show_id=made.id)
        page_text(session, page, "biography", 0, "Somebody is nobody.")
        page_text(session, page, "tagline", 0, "Here I am.", season_number=2, season_order="1/6")
        page_text(session, page, "trivia", 0, "Cannot swim.")
        relation(session, page, "friend", "Any Body", note="neighbour", other_id=somebody.id)
        reunion_seat(session, page, 2, side="Left", seat="1/3", show_id=made.id)
        fact(session, somebody.id, "tmdb", name=somebody.name, birth_date="1990-01-02", occupations=["judge"])
        fact(session, somebody.id, "wikidata", birth_date="1990")
        credit(session, made, somebody, character="Self", billing_order=number)
        episodes_claimed(session, made, somebody, 9, billing_order=number)
        episodes_claimed(session, part, somebody, 1, is_regular=True)
        appearance(session, shown, somebody, role="Self", attributes=["(uncredited)"])
        appearance(session, shown, somebody, category="crew", job="Editor")
        listing(session, shown, "imdb", number, 1)
        listing(session, part, "imdb", number)
        in_group(session, group, shown, number)
    make_findable(session)
    return made
