"""The peer: FastAPI with SQLModel and pydantic, written as its template shows it, without queries in loops.

uvicorn tests.bench.peer.app:app --workers 2
"""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import md5
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Session, col, select

from db.session import engine
from models.companies import Company, Network, ShowCompany, ShowNetwork, ShowWatchProvider, WatchProvider
from models.entities import Alias
from models.people import Appearance, Credit, CreditCount, Person
from models.shows import ContentRating, Episode, Season, Show
from tests.bench.peer.queries import external_ids, images, living, logo, networks, url
from tests.bench.peer.schemas import (
    AliasOut,
    CastMemberOut,
    CastSeasonOut,
    CompanyOut,
    EpisodeOut,
    OfferOut,
    PersonOut,
    ProviderOut,
    RatingOut,
    ShowDetailOut,
    ShowOut,
)

app = FastAPI(title="The peer")


def session() -> Iterator[Session]:
    """A session a request."""
    with Session(engine()) as opened:
        yield opened


Db = Annotated[Session, Depends(session)]


def _shown(show: Show, ids: dict[UUID, dict[str, str]], found: Any, names: list[str]) -> dict[str, Any]:
    return show.model_dump(exclude={"sort_name", "created_at"}) | {
        "external_ids": ids.get(show.id, {}),
        "networks": names,
        "poster_url": url(found, show.poster_image_id),
        "backdrop_url": url(found, show.backdrop_image_id),
        "logo_url": url(found, show.logo_image_id),
    }


@app.get("/api/v1/shows")
def shows(db: Db, limit: int = 50, offset: int = 0) -> list[ShowOut]:
    """Shows by name."""
    page = living(select(Show), Show.id).order_by(Show.sort_name, Show.id).limit(limit).offset(offset)
    rows = db.exec(page).all()
    ids = external_ids(db, rows)
    found = images(db, (i for r in rows for i in (r.poster_image_id, r.backdrop_image_id, r.logo_image_id)))
    carried = networks(db, [row.id for row in rows], Network, ShowNetwork, ShowNetwork.network_id)
    return [ShowOut(**_shown(row, ids, found, [n.name for n in carried.get(row.id, [])])) for row in rows]


def _show(db: Session, show_id: UUID) -> Show:
    show = db.exec(living(select(Show).where(Show.id == show_id), Show.id)).first()
    if show is None:
        raise HTTPException(404, "Show not found")
    return show


@app.get("/api/v1/shows/{show_id}")
def show(db: Db, show_id: UUID) -> ShowDetailOut:
    """One show."""
    row = _show(db, show_id)
    carried = networks(db, [show_id], Network, ShowNetwork, ShowNetwork.network_id).get(show_id, [])
    made = networks(db, [show_id], Company, ShowCompany, ShowCompany.company_id).get(show_id, [])
    offered = living(
        select(ShowWatchProvider, WatchProvider)
        .join(WatchProvider, col(WatchProvider.id) == ShowWatchProvider.provider_id)
        .where(ShowWatchProvider.show_id == show_id),
        WatchProvider.id,
    )
    offers = db.exec(offered).all()
    chosen = [row.poster_image_id, row.backdrop_image_id, row.logo_image_id]
    chosen += [one.logo_image_id for one in [*carried, *made, *(provider for _, provider in offers)]]
    found = images(db, chosen)
    groups: dict[tuple[str, str], dict[UUID, tuple[Any, Any]]] = defaultdict(dict)
    for offer, provider in offers:
        if provider.tmdb_id is not None:
            groups[offer.region, offer.offer_type].setdefault(provider.id, (offer, provider))

    def company(one: Any) -> CompanyOut:
        told = logo(found, one.logo_image_id).model_dump()
        return CompanyOut(id=one.tmdb_id, uuid=one.id, name=one.name, origin_country=one.origin_country, **told)

    def provided(offer: ShowWatchProvider, one: WatchProvider) -> ProviderOut:
        told = logo(found, one.logo_image_id).model_dump()
        return ProviderOut(
            provider_id=one.tmdb_id,
            uuid=one.id,
            provider_name=one.name,
            display_priority=offer.display_priority,
            **told,
        )

    def place(pair: tuple[Any, Any]) -> Any:
        offer, one = pair
        return (offer.display_priority is None, offer.display_priority or 0, one.name.lower(), one.id)

    ratings: dict[str, list[ContentRating]] = defaultdict(list)
    for rating in db.exec(select(ContentRating).where(ContentRating.show_id == show_id)):
        ratings[rating.country].append(rating)
    best = {country: min((one.source != "editor", one.source) for one in rated) for country, rated in ratings.items()}
    shown_ratings = [
        RatingOut(country=one.country, rating=one.rating, descriptors=one.descriptors)
        for country in sorted(ratings)
        for one in sorted(ratings[country], key=lambda one: one.rating)
        if (one.source != "editor", one.source) == best[country]
    ]
    names: dict[tuple[str, str], str] = {}
    for alias in db.exec(select(Alias).where(Alias.entity_id == show_id)):
        key = (alias.name, alias.country)
        names[key] = min(names.get(key, alias.kind), alias.kind)
    streaming = {one.name for _, one in groups.get(("US", "flatrate"), {}).values()}
    return ShowDetailOut(
        **_shown(row, external_ids(db, [row]), found, [one.name for one in carried]),
        streaming_providers=sorted(streaming),
        tmdb_network_ids=[one.tmdb_id for one in carried if one.tmdb_id is not None],
        tmdb_production_company_ids=[one.tmdb_id for one in made if one.tmdb_id is not None],
        tmdb_networks=[company(one) for one in carried if one.tmdb_id is not None],
        tmdb_production_companies=[company(one) for one in made if one.tmdb_id is not None],
        watch_providers=[
            OfferOut(
                region=region,
                offer_type=kind,
                link=min((offer.link for offer, _ in held.values() if offer.link), default=None),
                providers=[provided(*pair) for pair in sorted(held.values(), key=place)],
            )
            for (region, kind), held in sorted(groups.items())
        ],
        production_companies=[one.name for one in made],
        content_ratings=shown_ratings,
        aliases=[AliasOut(name=name, country=country, kind=kind) for (name, country), kind in sorted(names.items())],
    )


@app.get("/api/v1/shows/{show_id}/seasons/{number}/episodes")
def episodes(db: Db, show_id: UUID, number: int, limit: int = 50, offset: int = 0) -> list[EpisodeOut]:
    """A season's episodes."""
    of = _show(db, show_id)
    season = db.exec(
        living(
            select(Season).where(Season.show_id == show_id, Season.season_number == number, Season.is_listed), Season.id
        )
    ).first()
    if season is None:
        raise HTTPException(404, "Season not found")
    listed = living(select(Episode).where(Episode.season_id == season.id, Episode.is_listed), Episode.id)
    rows = db.exec(listed.order_by(Episode.episode_number, Episode.id).limit(limit).offset(offset)).all()
    ids, found = external_ids(db, rows), images(db, (row.still_image_id for row in rows))
    return [
        EpisodeOut(
            **row.model_dump(exclude={"is_listed", "still_image_id", "created_at", "name"}),
            title=row.name,
            synopsis=row.overview,
            external_ids=ids.get(row.id, {}),
            show_name=of.name,
            season_number=season.season_number,
            still_url=url(found, row.still_image_id),
        )
        for row in rows
    ]


@app.get("/api/v1/shows/{show_id}/cast")
def cast(db: Db, show_id: UUID, limit: int = 50, offset: int = 0, category: str = "cast") -> list[CastMemberOut]:
    """A show's members in billing order."""
    _show(db, show_id)
    credits = db.exec(select(Credit).where(Credit.show_id == show_id, Credit.category == category)).all()
    counts = db.exec(select(CreditCount).where(CreditCount.show_id == show_id, CreditCount.category == category)).all()
    of_show: dict[UUID, list[int]] = defaultdict(list)
    anywhere: dict[UUID, list[int]] = defaultdict(list)
    words: dict[UUID, dict[str, int | None]] = defaultdict(dict)
    for credit in credits:
        anywhere[credit.person_id]
        if credit.billing_order is not None:
            of_show[credit.person_id].append(credit.billing_order)
        if word := credit.character or credit.job:
            known = words[credit.person_id].get(word)
            new = credit.billing_order
            words[credit.person_id][word] = new if known is None else known if new is None else min(known, new)
    for count in counts:
        orders = of_show if count.entity_id == show_id else anywhere
        anywhere[count.person_id]
        if count.billing_order is not None:
            orders[count.person_id].append(count.billing_order)
    people = db.exec(living(select(Person).where(col(Person.id).in_(list(anywhere))), Person.id)).all()

    def billing(person: Person) -> int | None:
        return min(of_show.get(person.id) or anywhere[person.id], default=None)

    def place(person: Person) -> Any:
        order = billing(person)
        return (order is None, order or 0, person.sort_name, person.id)

    page = sorted(people, key=place)[offset : offset + limit]
    ids, found = external_ids(db, page), images(db, (person.profile_image_id for person in page))
    seasons = {
        season.id: season
        for season in db.exec(living(select(Season).where(Season.show_id == show_id, Season.is_listed), Season.id))
    }
    seen: dict[UUID, dict[UUID, dict[UUID, bool]]] = defaultdict(lambda: defaultdict(dict))
    appeared = (
        select(Appearance, Episode.season_id)
        .join(Episode, col(Episode.id) == Appearance.episode_id)
        .where(Appearance.show_id == show_id, Appearance.category == category, Episode.is_listed)
        .where(col(Appearance.person_id).in_([person.id for person in page]))
    )
    for one, season_id in db.exec(appeared):
        seen[one.person_id][season_id][one.episode_id] = one.is_archive_footage
    claims: dict[UUID, dict[UUID, list[CreditCount]]] = defaultdict(lambda: defaultdict(list))
    for count in counts:
        claims[count.person_id][count.entity_id].append(count)
    return [
        _member(person, show_id, category, billing(person), words[person.id], claims[person.id], seen[person.id], seasons,
                ids.get(person.id, {}), url(found, person.profile_image_id))
        for person in page
    ]  # fmt: skip


def _counts(counted: int | None, claimed: int | None) -> str:
    return "counted" if counted is not None and counted >= (1 if claimed is None else claimed) else "claimed"


def _greatest(*numbers: int | None) -> int | None:
    return max((number for number in numbers if number is not None), default=None)


def _member(
    person: Person,
    show_id: UUID,
    category: str,
    billing: int | None,
    words: dict[str, int | None],
    claims: dict[UUID, list[CreditCount]],
    seen: dict[UUID, dict[UUID, bool]],
    seasons: dict[UUID, Season],
    ids: dict[str, str],
    profile: str | None,
) -> CastMemberOut:
    parts = []
    for season in sorted(seasons.values(), key=lambda one: (one.season_number, one.id)):
        said, listed = claims.get(season.id, []), seen.get(season.id, {})
        if not said and not listed:
            continue
        claimed = max((count.episodes for count in said), default=None)
        counted = sum(not archive for archive in listed.values()) or None
        parts.append((season, claimed, counted, any(c.is_regular for c in said), sum(listed.values())))
    of_show = claims.get(show_id, [])
    all_claimed = max((count.episodes for count in of_show), default=None)
    if all_claimed is None:
        claimed_parts = [part[1] for part in parts if part[1] is not None]
        all_claimed = sum(claimed_parts) if claimed_parts else None
    counted_parts = [part[2] for part in parts if part[2] is not None]
    all_counted = sum(counted_parts) if counted_parts else None
    birth = person.birth_date.isoformat() if person.birth_date else None
    if birth and person.birth_precision in ("year", "month"):
        birth = birth[: 4 if person.birth_precision == "year" else 7]
    key = "/".join((str(show_id), str(person.id), category))
    return CastMemberOut(
        id=UUID(md5(key.encode(), usedforsecurity=False).hexdigest()),
        show_id=show_id,
        season_id=None,
        person_id=person.id,
        role=" / ".join(sorted(words, key=lambda word: (words[word] is None, words[word] or 0, word))),
        billing_order=billing,
        notes=None,
        person=PersonOut(
            id=person.id, full_name=person.name, slug=person.slug, known_for=person.known_for, external_ids=ids,
            gender=person.gender,
            birth_date=birth, birth_precision=person.birth_precision, zodiac=person.zodiac, imdb_id=person.imdb_id,
            tmdb_id=person.tmdb_id, profile_url=profile,
        ),
        category=category,
        episodes=_greatest(all_claimed, all_counted),
        counts=_counts(all_counted, all_claimed),
        archive_footage_episodes=sum(part[4] for part in parts),
        is_regular=any(count.is_regular for count in of_show) if of_show else any(part[3] for part in parts),
        episodes_in_season=None,
        latest_season=max((part[0].season_number for part in parts), default=None),
        curated_role=None,
        seasons=[
            CastSeasonOut(
                season_id=season.id, season_number=season.season_number, episodes=_greatest(claimed, counted),
                counts=_counts(counted, claimed), archive_footage_episodes=archive, is_regular=regular,
            )
            for season, claimed, counted, regular, archive in parts
        ],
    )  # fmt: skip
