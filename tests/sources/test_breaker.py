import pytest

from flows.settings import TmdbSettings
from flows.sources.breaker import FIRST_PAUSE, GIVEN_UP, LONGEST_PAUSE, Breaker
from flows.sources.errors import NotFound, Unavailable
from flows.sources.tmdb.client import TmdbClient
from tests.sources.double import Reply, json_reply


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def opened(breaker: Breaker) -> Breaker:
    assert [breaker.failed() for _ in range(GIVEN_UP)] == [False] * (GIVEN_UP - 1) + [True]
    return breaker


def test_a_circuit_opens_after_requests_given_up_in_a_row(breaker):
    for _ in range(GIVEN_UP - 1):
        breaker.failed()
    assert breaker.refuses() is None
    breaker.failed()
    assert breaker.refuses() == FIRST_PAUSE


def test_an_answer_between_failures_keeps_it_closed(breaker):
    for _ in range(3 * GIVEN_UP):
        breaker.failed()
        breaker.succeeded()
    assert breaker.refuses() is None


def test_after_the_pause_one_request_is_let_through_and_no_second(breaker, clock):
    opened(breaker)
    clock.now += FIRST_PAUSE
    assert breaker.refuses() is None
    assert breaker.refuses() is not None
    breaker.succeeded()
    assert breaker.refuses() is None


def test_a_probe_that_fails_doubles_the_pause_up_to_the_longest(breaker, clock):
    opened(breaker)
    pauses = []
    for _ in range(8):
        clock.now += LONGEST_PAUSE
        assert breaker.refuses() is None
        breaker.failed()
        pauses.append(breaker.refuses())
    assert pauses == [60.0, 120.0, 240.0, 480.0, 600.0, 600.0, 600.0, 600.0]


def test_a_dead_upstream_is_left_alone(double, http):
    double.answer = lambda request: Reply(503, b"down")
    impatient = http.model_copy(update={"http_attempts": 1})
    with TmdbClient(TmdbSettings(tmdb_bearer_token="token", tmdb_api_url=double.url), impatient) as tmdb:
        for number in range(GIVEN_UP):
            with pytest.raises(Unavailable, match="503"):
                tmdb.person(number)
        with pytest.raises(Unavailable, match="asked again in"):
            tmdb.person(99)
    assert len(double.asked) == GIVEN_UP


def test_what_does_not_exist_opens_no_circuit(double, http):
    double.answer = lambda request: json_reply({}, 404)
    with TmdbClient(TmdbSettings(tmdb_bearer_token="token", tmdb_api_url=double.url), http) as tmdb:
        for number in range(GIVEN_UP + 1):
            with pytest.raises(NotFound):
                tmdb.person(number)
    assert len(double.asked) == GIVEN_UP + 1
