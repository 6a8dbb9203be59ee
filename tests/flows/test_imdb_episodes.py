"""Seasons and episodes that TMDb and IMDb list each in their own way. What the two answer is invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from db.commands.identity import claim, create
from db.derive import derive
from deployments.local.postgres import Postgres
from flows.bundles import Bundle, Storing
from flows.imdb_episodes import put_imdb_episodes
from flows.imdb_storing import ImdbWork, Told
from flows.outcome import Outcome
from flows.seasons_episodes import put_seasons_episodes
from flows.selection import ShowRef
from flows.sources.imdb.answers import ImdbEpisode, ImdbEpisodes, ImdbImage
from flows.sources.tmdb.payloads import ShowPayload
from models.entities import IdSource, Kind

DAY = date(2024, 3, 1)
SHOW = ShowRef(UUID(int=1), "5001", "tt9900001", "The Two Sources")
OTHER = ShowRef(UUID(int=2), "5002", "tt9900002", "Next Door")


class World:
    """A catalogue with a show, told of by turns by TMDb and by IMDb."""

    def __init__(self, session: Session) -> None:
        self.session = session
        for show in (SHOW, OTHER):
            create(session, Kind.SHOW, [show.id])
            claim(session, Kind.SHOW, {show.id: {IdSource.TMDB: str(show.tmdb_id), IdSource.IMDB: str(show.imdb_id)}})
            derive(session, Kind.SHOW, [show.id])

    def tmdb(self, *, allow_shrink: bool = False, **seasons: list[tuple[int, int]]) -> Outcome:
        """TMDb lists these seasons, `s1=[(id, number) ...]`, an episode each week."""
        bodies = {int(name[1:]): episodes for name, episodes in seasons.items()}
        body: dict[str, Any] = {
            "id": int(SHOW.tmdb_id or 0),
            "name": SHOW.name,
            "seasons": [{"id": 6000 + n, "season_number": n, "name": f"Season {n}"} for n in bodies],
        }
        for n, episodes in bodies.items():
            body[f"season/{n}"] = {
                "id": 6000 + n,
                "season_number": n,
                "episodes": [
                    {
                        "id": id_,
                        "season_number": n,
                        "episode_number": number,
                        "name": f"TMDb's {id_}",
                        "overview": f"TMDb tells {id_}.",
                        "air_date": aired(n, number).isoformat(),
                        "runtime": 42,
                    }
                    for id_, number in episodes
                ],
            }
        work = Storing(self.session, allow_shrink=allow_shrink, bundles=[Bundle(SHOW, ShowPayload.parse(body))])
        put_seasons_episodes(work)
        self.check()
        return work.outcome

    def imdb(
        self, *episodes: ImdbEpisode, show: ShowRef = SHOW, allow_shrink: bool = False, **about: Any
    ) -> ImdbWork[ImdbEpisodes]:
        """IMDb lists these, and nothing else unless `is_complete` is false."""
        numbers = tuple({e.season_number: 0 for e in episodes if e.season_number is not None})
        known: dict[str, Any] = {"is_complete": True, "seasons": numbers} | about
        if known["is_complete"]:
            known.setdefault("complete_seasons", numbers)
        answer = ImdbEpisodes(imdb_id=str(show.imdb_id), episodes=episodes, **known)
        work: ImdbWork[ImdbEpisodes] = ImdbWork(
            self.session, allow_shrink=allow_shrink, told=[Told(show, answer, "graphql")]
        )
        put_imdb_episodes(work)
        self.check()
        return work

    def check(self) -> None:
        """Check what a commit would."""
        self.session.execute(text("set constraints all immediate"))
        self.session.execute(text("set constraints all deferred"))

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.execute(text(statement), parameters)]

    def shown(self, show: ShowRef = SHOW) -> dict[tuple[int, int], tuple[Any, ...]]:
        """What is listed: TMDb's id, IMDb's id, name, by season and number."""
        rows = self.rows(
            "select s.season_number, e.episode_number, e.tmdb_id, e.imdb_id, e.name"
            " from core.episodes e join core.seasons s on s.id = e.season_id"
            " where e.show_id = :show and e.is_listed and s.is_listed order by 1, 2",
            show=show.id,
        )
        return {(season, number): tuple(rest) for season, number, *rest in rows}

    def ids(self) -> dict[tuple[int, int], UUID]:
        """Our ids of what is listed."""
        rows = self.rows(
            "select s.season_number, e.episode_number, e.id from core.episodes e"
            " join core.seasons s on s.id = e.season_id where e.show_id = :show and e.is_listed",
            show=SHOW.id,
        )
        return {(season, number): id_ for season, number, id_ in rows}

    def listings(self, source: str) -> set[tuple[int, int | None]]:
        rows = self.rows("select season_number, episode_number from core.listings where source = :s", s=source)
        return {(season, number) for season, number in rows}

    def totals(self) -> tuple[Any, ...]:
        (row,) = self.rows("select season_total, episode_total from core.shows where id = :id", id=SHOW.id)
        return row

    def cases(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "select reason, status, c->>'value', c->>'entity_id' from ops.match_cases, jsonb_array_elements(candidates) c"
            " order by 1, 3"
        )


def aired(season: int, number: int) -> date:
    return DAY + timedelta(days=365 * season + 7 * number)


def episode(n: int, season: int | None, number: int | None, **facts: Any) -> ImdbEpisode:
    """IMDb's episode tt99100n."""
    return ImdbEpisode(imdb_id=f"tt99100{n:02}", season_number=season, episode_number=number, **facts)


def tt(n: int) -> str:
    return f"tt99100{n:02}"


@pytest.fixture(scope="module")
def engine(postgres: Postgres, database_template: str) -> Iterator[Engine]:
    """A migrated database; each test works in a transaction that is rolled back."""
    postgres.create_database("two_sources", owner="trr_owner", template=database_template)
    engine = create_engine(postgres.url("two_sources", "trr_app"))
    yield engine
    engine.dispose()


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    with Session(engine) as session:
        yield World(session)
        session.rollback()


def test_eleven_against_ten_join_by_number_and_the_one_that_only_imdb_has_is_added(world):
    world.tmdb(s1=[(100 + n, n) for n in range(1, 11)])
    before = world.ids()
    work = world.imdb(*(episode(n, 1, n, name=f"IMDb's {n}") for n in range(11)))
    shown = world.shown()
    assert list(shown) == [(1, n) for n in range(11)]
    assert shown[1, 0] == (None, tt(0), "IMDb's 0")
    assert all(shown[1, n] == (100 + n, tt(n), f"IMDb's {n}") for n in range(1, 11))
    assert before.items() <= world.ids().items()
    assert world.totals() == (1, 11)
    assert world.rows("select episode_total from core.seasons") == [(11,)]
    assert work.outcome.tables["core.episodes"].inserted == 1 and work.outcome.failures == {}


def test_the_same_again_writes_nothing(world):
    listed = [
        episode(n, 1, n, name=f"IMDb's {n}", image=ImdbImage(id=f"rm{n}", url="https://x/y.jpg")) for n in range(3)
    ]
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(*listed)
    outcomes = [world.tmdb(s1=[(101, 1), (102, 2)]), world.imdb(*listed).outcome]
    for outcome in outcomes:
        assert {table: counts.changed for table, counts in outcome.tables.items() if counts.changed} == {}


def test_an_id_comes_before_a_number_and_a_number_before_a_date(world):
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(episode(1, 1, 1), episode(2, 1, 2))
    before = world.ids()
    world.imdb(episode(2, 1, 1, air_date=aired(1, 1)), episode(1, 1, 2, air_date=aired(1, 2)))
    assert world.ids() == before
    assert [row[1] for row in world.shown().values()] == [tt(1), tt(2)]
    assert world.listings("imdb") == {(1, None), (1, 1), (1, 2)}


def test_what_only_a_unique_date_joins_keeps_tmdbs_place_and_makes_no_season(world):
    """A reunion is the last episode to IMDb and a special to TMDb; IMDb parts a long season in two."""
    world.tmdb(s0=[(90, 1)], s1=[(101, 1), (102, 2), (103, 3)])
    world.imdb(
        episode(1, 1, 1),
        episode(2, 1, 2),
        episode(3, 2, 1, air_date=aired(1, 3)),
        episode(4, 1, 9, air_date=aired(0, 1)),
    )
    assert {place: row[:2] for place, row in world.shown().items()} == {
        (0, 1): (90, tt(4)),
        (1, 1): (101, tt(1)),
        (1, 2): (102, tt(2)),
        (1, 3): (103, tt(3)),
    }
    assert world.rows("select season_number from core.seasons order by 1") == [(0,), (1,)]


def test_a_season_that_only_imdb_has_is_made_and_given_to_tmdb_when_it_lists_it(world):
    world.tmdb(s1=[(101, 1)])
    world.imdb(episode(1, 1, 1), episode(2, 2, 1), episode(3, 2, 2))
    before = world.ids()
    assert set(before) == {(1, 1), (2, 1), (2, 2)} and world.totals() == (2, 3)
    world.tmdb(s1=[(101, 1)], s2=[(201, 1), (202, 2)])
    assert world.ids() == before
    assert world.shown()[2, 2][:2] == (202, tt(3))
    assert world.rows("select tmdb_id from core.seasons where season_number = 2") == [(6002,)]


def test_a_show_that_only_imdb_had_keeps_its_rows_when_tmdb_is_found_to_have_it(world):
    world.imdb(*(episode(n, 1, n, name=f"IMDb's {n}") for n in (1, 2, 3)))
    before = world.ids()
    world.tmdb(s1=[(101, 1), (102, 2), (103, 3), (104, 4)])
    assert before.items() <= world.ids().items()
    assert world.shown()[1, 3] == (103, tt(3), "IMDb's 3")
    assert world.totals() == (1, 4)


def test_what_imdb_calls_an_unknown_season_is_known_by_id_or_date_only(world):
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(
        episode(1, 1, 1),
        episode(2, None, None, air_date=aired(1, 2), overview="Told by its date."),
        episode(3, None, None, name="Nobody knows where"),
        episode(4, None, 5, name="Half known"),
    )
    assert [(place, row[1]) for place, row in world.shown().items()] == [((1, 1), tt(1)), ((1, 2), tt(2))]
    assert world.rows("select overview from core.episodes where imdb_id = :id", id=tt(2)) == [("Told by its date.",)]
    assert world.listings("imdb") == {(1, None), (1, 1)}


def test_words_and_dates_are_imdbs_where_it_has_them_and_tmdbs_otherwise(world):
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(
        episode(1, 1, 1, name="Ours", air_date=DAY, rating=8.3, votes=12),
        episode(2, 1, 2, name="Episode #1.2"),
    )
    rows = world.rows(
        "select name, overview, air_date, runtime, imdb_rating::float, imdb_vote_count from core.episodes order by imdb_id"
    )
    assert rows == [
        ("Ours", "TMDb tells 101.", DAY, 42, 8.3, 12),
        ("TMDb's 102", "TMDb tells 102.", aired(1, 2), 42, None, None),
    ]
    assert world.rows("select distinct l.value from core.facts f, jsonb_each_text(f.layers) l") == [("graphql",)]


def test_stills_are_images_of_imdb(world):
    picture = ImdbImage(id="rm77", url="https://m.media-amazon.com/images/M/x._V1_.jpg", width=640, height=360)
    world.imdb(episode(1, 1, 1, image=picture), episode(2, None, None, image=picture))
    assert world.rows("select source, kind, source_id, url, width from core.images") == [
        ("imdb", "still", "rm77", picture.url, 640)
    ]


def test_a_complete_answer_ends_its_own_sources_listings_only(world):
    world.tmdb(s1=[(101, 1), (102, 2), (103, 3)])
    world.imdb(*(episode(n, 1, n) for n in (1, 2, 3, 4)))
    gone = world.ids()[1, 4]
    world.imdb(*(episode(n, 1, n) for n in (1, 2)))
    assert set(world.shown()) == {(1, 1), (1, 2), (1, 3)}
    assert world.rows("select removed_at is null from core.entities where id = :id", id=gone) == [(False,)]
    world.tmdb(s1=[(101, 1), (103, 3)])
    assert set(world.shown()) == {(1, 1), (1, 2), (1, 3)}, "the second is IMDb's still"
    world.imdb(episode(1, 1, 1))
    assert set(world.shown()) == {(1, 1), (1, 3)}
    world.imdb(*(episode(n, 1, n) for n in (1, 4)))
    assert world.ids()[1, 4] == gone
    assert world.rows("select removed_at from core.entities where id = :id", id=gone) == [(None,)]


def test_an_answer_takes_away_only_where_it_is_complete(world):
    world.imdb(episode(1, 1, 1), episode(2, 1, 2), episode(3, 2, 1), episode(4, 2, 2))
    world.imdb(episode(1, 1, 1), is_complete=False)
    assert len(world.shown()) == 4
    world.imdb(episode(1, 1, 1), episode(3, 2, 1), is_complete=False, complete_seasons=(2,))
    assert set(world.shown()) == {(1, 1), (1, 2), (2, 1)}


def test_an_incomplete_answer_takes_no_word_away(world):
    world.imdb(episode(1, 1, 1, name="Told once", rating=7.5, votes=3))
    world.imdb(episode(1, 1, 1, votes=4), is_complete=False)
    assert world.rows("select name, imdb_rating::float, imdb_vote_count from core.episodes") == [("Told once", 7.5, 4)]
    world.imdb(episode(1, 1, 1, name="Told once"))
    assert world.rows("select name, imdb_rating, imdb_vote_count from core.episodes") == [("Told once", None, None)]


def test_what_shrank_at_one_source_fails_there_and_stays(world):
    world.tmdb(s1=[(100 + n, n) for n in range(1, 4)])
    world.imdb(*(episode(n, 1, n) for n in range(1, 7)))
    work = world.imdb(episode(1, 1, 1), episode(2, 1, 2))
    assert len(world.shown()) == 6
    assert work.unfinished == {SHOW.id: "IMDb lists 2 of 6 episodes; none was removed (allow_shrink)"}
    assert "The Two Sources (episodes on IMDb)" in work.outcome.failures
    world.imdb(episode(1, 1, 1), episode(2, 1, 2), allow_shrink=True)
    assert set(world.shown()) == {(1, 1), (1, 2), (1, 3)}


def test_an_answer_without_any_episode_is_told_and_takes_nothing_away(world):
    world.imdb(episode(1, 1, 1))
    work = world.imdb()
    assert "none of its 1 episodes" in work.unfinished[SHOW.id] and set(world.shown()) == {(1, 1)}
    world.imdb(allow_shrink=True)
    assert world.shown() == {}


def test_tmdbs_renumbering_moves_what_is_shown_and_imdbs_does_not(world):
    world.tmdb(s1=[(101, 1), (102, 2), (103, 3)])
    world.imdb(*(episode(n, 1, n) for n in (1, 2, 3)))
    first, second, third = (world.ids()[1, n] for n in (1, 2, 3))
    world.tmdb(s1=[(101, 2), (102, 1), (103, 3)])
    assert world.ids() == {(1, 1): second, (1, 2): first, (1, 3): third}
    world.imdb(episode(3, 1, 1), episode(1, 1, 2), episode(2, 1, 3))
    assert world.ids() == {(1, 1): second, (1, 2): first, (1, 3): third}
    assert world.shown()[1, 1][:2] == (102, tt(2))


def test_imdbs_renumbering_moves_what_only_imdb_lists(world):
    world.tmdb(s1=[(101, 1)])
    world.imdb(episode(1, 1, 1), episode(2, 1, 2), episode(3, 1, 3))
    second, third = world.ids()[1, 2], world.ids()[1, 3]
    world.imdb(episode(1, 1, 1), episode(3, 1, 2), episode(2, 2, 1))
    assert world.ids()[1, 2] == third and world.ids()[2, 1] == second


def test_a_number_that_another_row_has_makes_a_case_and_no_phantom(world):
    """IMDb knows what TMDb lists as the first by its id, and lists another as the first."""
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(episode(1, 1, 1), episode(2, 1, 2))
    holder = world.ids()[1, 1]
    again = [episode(9, 1, 1, name="The Pilot"), episode(1, 1, 2), episode(2, 1, 3)]
    work = world.imdb(*again)
    assert set(world.shown()) == {(1, 1), (1, 2)}
    assert world.cases() == [("episode-number-taken", "open", tt(9), str(holder))]
    assert work.outcome.ambiguous == 1 and work.outcome.failures == {}
    assert world.rows("select count(*) from core.episodes") == [(2,)]
    world.imdb(episode(9, 1, 9, name="The Pilot"), *again[1:])
    assert world.shown()[1, 9][1] == tt(9)
    assert [case[1] for case in world.cases()] == ["resolved"]


def test_an_episode_of_imdbs_stays_where_it_was_when_its_new_number_is_another_ones(world):
    world.tmdb(s1=[(101, 1)])
    world.imdb(episode(1, 1, 1), episode(2, 1, 2))
    before = world.ids()
    world.imdb(episode(1, 1, 1), episode(2, 1, 1))
    assert world.ids() == before
    assert [case[2] for case in world.cases()] == [tt(2)]


def test_tmdb_comes_first_where_both_give_a_number_to_rows_of_their_own(world):
    world.tmdb(s1=[(101, 1), (102, 2)])
    world.imdb(episode(1, 1, 1), episode(2, 1, 2), episode(3, 1, 3))
    talked_about = world.ids()[1, 3]
    world.tmdb(s1=[(101, 1), (102, 3)])
    assert world.shown()[1, 3][:2] == (102, tt(2))
    assert world.rows("select is_listed from core.episodes where id = :id", id=talked_about) == [(False,)]
    world.imdb(episode(1, 1, 1), episode(2, 1, 2), episode(3, 1, 4))
    assert world.ids()[1, 4] == talked_about


def test_two_of_imdbs_under_one_number_are_one_row_and_a_case(world):
    world.imdb(episode(1, 1, 1), episode(2, 1, 1))
    assert world.shown() == {(1, 1): (None, tt(1), None)}
    assert [case[2] for case in world.cases()] == [tt(2)]


def test_an_episode_whose_id_is_another_shows_is_left_there_for_a_person(world):
    world.imdb(episode(1, 1, 1), show=OTHER)
    world.imdb(episode(1, 1, 1), episode(2, 1, 2))
    assert {place: row[1] for place, row in world.shown().items()} == {(1, 2): tt(2)}
    assert list(world.shown(OTHER)) == [(1, 1)]
    assert [case[:3] for case in world.cases()] == [("episode-owned-by-another-show", "open", tt(1))]


def test_a_season_that_tmdb_drops_is_shown_as_long_as_imdb_lists_it(world):
    world.tmdb(s1=[(101, 1)], s2=[(201, 1)])
    world.imdb(episode(1, 1, 1), episode(2, 2, 1))
    before = world.ids()
    world.tmdb(s1=[(101, 1)])
    assert world.ids() == before
    world.imdb(episode(1, 1, 1))
    assert set(world.ids()) == {(1, 1)} and world.totals() == (1, 1)
    assert world.rows("select season_number, is_listed from core.seasons order by 1") == [(1, True), (2, False)]
