"""A generated show: its facts, drawn from a chance of its own, so that it depends on nothing but seed and number."""

import random

from deployments.upstream.catalogue.model import (
    DOCUMENTARY,
    REALITY,
    TALK,
    Group,
    Job,
    Organisation,
    Role,
    Season,
    Show,
)
from deployments.upstream.generator import wording
from deployments.upstream.generator.organisations import companies, networks, providers
from deployments.upstream.generator.people import Crowd, crowd
from deployments.upstream.generator.seasons import LAST_PLAYED, make_seasons
from deployments.upstream.generator.shape import ABROAD, WITH_GROUPS, WITHOUT, Shape
from deployments.upstream.generator.wording import pick

FIRST_SHOW, FIRST_KEYWORD = 910_000_000, 933_000_000
FIRST_TITLE = "tt991"
REGIONS = ("US", "GB", "DE", "AU", "SE")
COUNTRIES = ("GB", "GB", "AU", "DE", "SE")
LANGUAGES = {"DE": "de", "SE": "sv"}
RATINGS = {"US": "TV-14", "GB": "15", "DE": "12", "AU": "M", "SE": "11"}
PRODUCERS = ("Executive Producer", "Co-Executive Producer", "Producer", "Casting Director", "Camera Operator")


def make_show(chance: random.Random, shape: Shape, number: int, pool: int) -> Show:
    """The show of this number, in a catalogue of so many people."""

    def has(what: str) -> bool:
        return chance.random() >= WITHOUT[what]

    people = crowd(chance, shape, number, pool)
    seasons = make_seasons(chance, shape, number, people)
    country = pick(chance, COUNTRIES) if chance.random() < ABROAD else "US"
    language = LANGUAGES.get(country, "en")
    genre, kind = pick(chance, ((REALITY, "Reality"),) * 8 + ((TALK, "Talk Show"), (DOCUMENTARY, "Documentary")))
    runtime = pick(chance, (22, 43, 60))
    running = any((episode.air_date or "") > LAST_PLAYED for episode in seasons[-1].episodes)
    made_by = chance.sample(networks(), k=pick(chance, (1, 1, 1, 2))) if has("networks") else []
    return Show(
        id=FIRST_SHOW + number,
        imdb_id=f"{FIRST_TITLE}{number:06}" if has("imdb_id") else None,
        name=wording.title(chance, number),
        overview=wording.sentence(chance) if has("overview") else "",
        tagline=wording.tagline(chance) if has("tagline") else "",
        status="Returning Series" if running else pick(chance, ("Returning Series", "Ended", "Ended", "Canceled")),
        kind=kind,
        language=language,
        country=country,
        original_name=wording.foreign_title(chance, language, number) if language in wording.FOREIGN else None,
        homepage=f"https://show-{number}.example/" if has("homepage") else "",
        runtime=runtime,
        run_times=[runtime] if has("episode_run_time") else [],
        genres=[genre, *([REALITY] if genre is not REALITY else [])] if has("genres") else [],
        keywords=keywords(chance) if has("keywords") else [],
        networks=made_by,
        companies=chance.sample(companies(), k=pick(chance, (1, 1, 2, 3))) if has("production_companies") else [],
        creators=people.crew[: pick(chance, (1, 1, 2))] if has("created_by") else [],
        ratings={region: RATINGS[region] for region in regions(chance)} if has("content_ratings") else {},
        titles=[("US", f"Show {number}", "working title")] if has("alternative_titles") else [],
        offers=offers(chance) if has("watch_providers") else {},
        groups=groups(chance, seasons),
        roles=[make_role(chance, person, seasons) for person in people.regulars],
        jobs=jobs(chance, people, seasons),
        seasons=seasons,
        posters=pick(chance, (1, 2, 4)) if has("poster_path") else 0,
        backdrops=pick(chance, (1, 2, 3)) if has("backdrop_path") else 0,
        logos=pick(chance, (0, 1, 1)),
    )


def regions(chance: random.Random) -> tuple[str, ...]:
    return REGIONS[: chance.randint(1, len(REGIONS))]


def keywords(chance: random.Random) -> list[tuple[int, str]]:
    places = sorted(chance.sample(range(len(wording.KEYWORDS)), k=3))
    return [(FIRST_KEYWORD + place, wording.KEYWORDS[place]) for place in places]


def offers(chance: random.Random) -> dict[str, dict[str, list[Organisation]]]:
    """In some regions, two kinds of offers by two providers each."""
    kinds = ("flatrate", "buy", "rent", "ads", "free")
    return {
        region: {kind: chance.sample(providers(), k=2) for kind in chance.sample(kinds, k=2)}
        for region in regions(chance)
    }


def groups(chance: random.Random, seasons: list[Season]) -> list[Group]:
    """For a share of shows other orders: of those with specials, the reunions too."""
    if chance.random() >= WITH_GROUPS:
        return []
    found = [Group("Production order", "As the episodes were made.", 6, "production")]
    if seasons[0].number == 0:
        found.append(Group("Reunions", "The reunions alone.", 5, "specials"))
        found.append(Group("With reunions", "Each season with its reunion.", 7, "with specials"))
    return found


def make_role(chance: random.Random, person: int, seasons: list[Season]) -> Role:
    """A regular of some seasons in a row, in most or all of their episodes."""
    lengths = {season.number: len(season.episodes) for season in seasons if season.number}
    first = chance.randint(1, len(lengths))
    last = chance.randint(first, len(lengths))
    episodes = {season: max(1, lengths[season] - pick(chance, (0, 0, 1, 3))) for season in range(first, last + 1)}
    return Role(person, pick(chance, wording.CHARACTERS), episodes)


def jobs(chance: random.Random, people: Crowd, seasons: list[Season]) -> list[Job]:
    """Everybody of the crew has a job in one season at least; the first of them in all."""
    lengths = {season.number: len(season.episodes) for season in seasons}
    found = [Job(people.crew[0], "Production", PRODUCERS[0], lengths)]
    for person in people.crew[1:]:
        job = pick(chance, PRODUCERS)
        season = pick(chance, seasons).number
        department = "Camera" if job == "Camera Operator" else "Production"
        found.append(Job(person, department, job, {season: lengths[season]}))
    return found
