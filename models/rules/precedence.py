"""Which source wins, field by field: the one place that says where a shown value comes from.

An editor's fact always comes first, even when it is null (a person may say that a value is wrong). Then the sources in
the order that stands here; the first that knows the field fills it. Of dates that may be known in part the most exact
is taken, and this order decides between equally exact ones. Types are those of the columns in `models`.
"""

from models.entities import Kind, Source

Order = tuple[Source, ...]

TMDB_ONLY: Order = (Source.TMDB,)
IMDB_ONLY: Order = (Source.IMDB,)
TMDB_FIRST: Order = (Source.TMDB, Source.IMDB)
IMDB_FIRST: Order = (Source.IMDB, Source.TMDB)
BIOGRAPHY: Order = (Source.TMDB, Source.IMDB, Source.WIKIDATA, Source.FANDOM)
BIRTH: Order = (Source.WIKIDATA, Source.TMDB, Source.IMDB, Source.FANDOM)
BIRTH_PLACE: Order = (Source.TMDB, Source.WIKIDATA, Source.IMDB, Source.FANDOM)
"""TMDb tells a place with its region and country, Wikidata by its name alone."""

HANDLES: Order = (Source.TMDB, Source.WIKIDATA)
LIFE: Order = (Source.FANDOM, Source.WIKIDATA, Source.IMDB)
"""Where somebody lives and what somebody does: wikis of a show keep up with its people."""

PARTIAL_DATES: dict[Kind, tuple[str, ...]] = {Kind.PERSON: ("birth_date", "death_date")}
"""Fields that hold a date which may be known in part; `<field without _date>_precision` tells how exactly."""

SAYS_NOTHING: dict[str, str] = {"gender": "unknown"}
"""A value by which a source says that it does not know: it hides no other source's."""


def _by(order: Order, names: str) -> dict[str, Order]:
    return dict.fromkeys(names.split(), order)


SOURCES: dict[Kind, dict[str, Order]] = {
    Kind.SHOW: {
        **_by(TMDB_FIRST, "name original_name description premiere_date last_air_date runtimes content_rating"),
        **_by(TMDB_ONLY, "tagline homepage status type in_production adult original_language"),
        **_by(TMDB_ONLY, "languages spoken_languages origin_countries production_countries"),
        **_by(TMDB_ONLY, "most_recent_episode next_episode tmdb_vote_average tmdb_vote_count tmdb_popularity"),
        **_by(TMDB_ONLY, "facebook_id instagram_id twitter_id"),
        **_by(IMDB_ONLY, "imdb_rating imdb_vote_count"),
    },
    Kind.SEASON: _by(TMDB_ONLY, "name overview air_date tmdb_vote_average"),
    Kind.EPISODE: {
        **_by(IMDB_FIRST, "name overview air_date"),
        **_by(TMDB_ONLY, "runtime episode_type production_code tmdb_vote_average tmdb_vote_count"),
        **_by(IMDB_ONLY, "imdb_rating imdb_vote_count"),
    },
    Kind.PERSON: {
        **_by(BIOGRAPHY, "name biography homepage known_for"),
        **_by(BIRTH, "birth_date death_date gender"),
        **_by(BIRTH_PLACE, "birth_place"),
        **_by(LIFE, "residence occupations"),
        **_by(HANDLES, "facebook_id instagram_id twitter_id tiktok_id youtube_id"),
        **_by(TMDB_ONLY, "adult tmdb_popularity"),
    },
    Kind.NETWORK: _by(TMDB_ONLY, "name origin_country"),
    Kind.COMPANY: _by(TMDB_ONLY, "name origin_country"),
    Kind.PROVIDER: _by(TMDB_ONLY, "name"),
}
