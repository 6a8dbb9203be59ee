"""Invented shows, as TMDb sends them: the main body and its parts."""

from deployments.upstream.catalogue.artwork import first_path, logo, organisation, show_artwork
from deployments.upstream.catalogue.credits import People, aggregate_credits, creators, season_credits
from deployments.upstream.catalogue.groups import episode_groups
from deployments.upstream.catalogue.items import item_id
from deployments.upstream.catalogue.model import COUNTRIES, LANGUAGES, Season, Show, spread
from deployments.upstream.catalogue.seasons import LAST_PLAYED, episode_fields, season_summary
from deployments.upstream.source import Body


def show_body(show: Show, people: People) -> Body:
    dated = sorted(
        (episode.air_date, season.number, episode.number, season, episode)
        for season in show.regular_seasons
        for episode in season.episodes
        if episode.air_date
    )
    aired = [entry for entry in dated if entry[0] <= LAST_PLAYED]
    coming = [entry for entry in dated if entry[0] > LAST_PLAYED]
    artwork = show_artwork(show)
    english, native = LANGUAGES[show.language]
    return {
        "adult": False,
        "backdrop_path": first_path(artwork["backdrops"]),
        "created_by": creators(show, people),
        "episode_run_time": list(show.run_times),
        "first_air_date": dated[0][0] if dated else show.first_air_date,
        "genres": [{"id": id, "name": name} for id, name in show.genres],
        "homepage": show.homepage,
        "id": show.id,
        "in_production": show.status in ("Returning Series", "In Production", "Planned"),
        "languages": [show.language],
        "last_air_date": aired[-1][0] if aired else None,
        "last_episode_to_air": episode_fields(show, aired[-1][3], aired[-1][4]) if aired else None,
        "name": show.name,
        "next_episode_to_air": episode_fields(show, coming[0][3], coming[0][4]) if coming else None,
        "networks": [organisation("n", network) for network in show.networks],
        "number_of_episodes": sum(len(season.episodes) for season in show.regular_seasons),
        "number_of_seasons": len(show.regular_seasons),
        "origin_country": [show.country],
        "original_language": show.language,
        "original_name": show.original_name or show.name,
        "overview": show.overview,
        "popularity": round(spread(2, 90, show.id, "popularity"), 3),
        "poster_path": first_path(artwork["posters"]),
        "production_companies": [organisation("c", company) for company in show.companies],
        "production_countries": [{"iso_3166_1": show.country, "name": COUNTRIES[show.country]}],
        "seasons": [season_summary(show, season) for season in show.seasons],
        "spoken_languages": [{"english_name": english, "iso_639_1": show.language, "name": native}],
        "status": show.status,
        "tagline": show.tagline,
        "type": show.kind,
        "vote_average": round(spread(5, 9, show.id, "vote"), 3),
        "vote_count": int(spread(3, 900, show.id, "votes")),
    }


def external_ids(show: Show) -> Body:
    return {
        "imdb_id": show.imdb_id,
        "freebase_mid": None,
        "freebase_id": None,
        "tvdb_id": show.id,
        "tvrage_id": None,
        "wikidata_id": item_id(show.id) if show.imdb_id else None,
        "facebook_id": None,
        "instagram_id": None,
        "twitter_id": None,
    }


def watch_providers(show: Show) -> Body:
    """Offers by country, each provider with its place in that country."""
    results: Body = {}
    for country, kinds in show.offers.items():
        results[country] = {"link": f"https://www.themoviedb.org/tv/{show.id}/watch?locale={country}"}
        for kind, providers in kinds.items():
            results[country][kind] = [
                {
                    "logo_path": first_path(logo("w", provider)),
                    "provider_id": provider.id,
                    "provider_name": provider.name,
                    "display_priority": place,
                }
                for place, provider in enumerate(providers, 1)
            ]
    return {"results": results}


def latest_cast_season(show: Show) -> Season | None:
    """The season a show's plain `credits` are taken from: the latest that has regulars."""
    with_cast = (season for season in show.seasons if any(role.episodes.get(season.number) for role in show.roles))
    return max(with_cast, key=lambda season: season.number, default=None)


def show_part(show: Show, name: str, people: People) -> Body | None:
    """One of the parts TMDb has for a show; None for another name."""
    match name:
        case "external_ids":
            part = external_ids(show)
        case "alternative_titles":
            titles = [{"iso_3166_1": country, "title": title, "type": kind} for country, title, kind in show.titles]
            part = {"results": titles}
        case "content_ratings":
            ratings = show.ratings.items()
            part = {
                "results": [{"descriptors": [], "iso_3166_1": country, "rating": rating} for country, rating in ratings]
            }
        case "keywords":
            part = {"results": [{"name": keyword, "id": id} for id, keyword in show.keywords]}
        case "aggregate_credits":
            part = aggregate_credits(show, show.seasons, people)
        case "credits":
            part = season_credits(show, latest_cast_season(show), people)
        case "images":
            part = {kind: [image.body for image in found] for kind, found in show_artwork(show).items()}
        case "watch/providers":
            part = watch_providers(show)
        case "episode_groups":
            part = {"results": episode_groups(show)}
        case _:
            return None
    return {"id": show.id, **part}
