"""Tokens: whose are believed, which tricks are refused, and who they make of somebody."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from sqlalchemy import text

from db.session import as_system, read_as_system
from db.settings import ConfigurationError, load
from models.accounts import Role
from webapp.access import issuers, keys
from webapp.access.keys import KeySet, KeysUnavailable
from webapp.access.settings import AccessSettings
from webapp.access.tokens import authenticate
from webapp.errors import Forbidden, InvalidToken, Unavailable

ISSUER, AUDIENCE = "https://issuer.example/auth", "authenticated"
SHARED = "a-secret-that-two-servers-share-with-us"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def jwk(key: Private, kid: str, **more: str) -> dict[str, Any]:
    """The public half of a key, as a JWKS tells it."""
    algorithm = {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256", ed25519.Ed25519PrivateKey: "EdDSA"}
    name = next(name for kind, name in algorithm.items() if isinstance(key, kind))
    public = jwt.get_algorithm_by_name(name).to_jwk(key.public_key())
    return {**json.loads(public), "kid": kid, **more}


class Jwks:
    """A server of keys, which counts who asks."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                body = json.dumps({"keys": outer.keys}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def private() -> dict[str, Private]:
    """A key of each kind, and one that the issuer does not have."""
    return {
        "rsa": rsa.generate_private_key(65537, 2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "ed": ed25519.Ed25519PrivateKey.generate(),
        "stranger": rsa.generate_private_key(65537, 2048),
    }


@pytest.fixture
def jwks(private) -> Iterator[Jwks]:
    """The issuer's keys."""
    server = Jwks()
    server.keys = [jwk(private[name], name) for name in ("rsa", "ec", "ed")]
    yield server
    server.close()


@pytest.fixture
def believed(environment, database, jwks):
    """Settings that believe the issuer by its JWKS, and two others by a secret."""
    service = {
        "name": "app", "issuer": "trr-app", "audience": "trr-backend", "secret": SHARED, "subjects": ["app-admin"],
        "most_seconds": 180, "role_claim": "scope", "roles": {"internal_admin": "service"},
    }  # fmt: skip
    other = {"name": "other", "issuer": "https://other.example", "audience": "other", "secret": SHARED[::-1]}
    supabase = {
        "name": "supabase", "issuer": ISSUER, "audience": AUDIENCE, "jwks_url": jwks.url,
        "role_claim": "app_metadata.role", "roles": {"mod": "moderator"},
    }  # fmt: skip
    environment.setenv("AUTH_ISSUERS", json.dumps([supabase, service, other]))
    issuers.forget()


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token of the issuer says; None leaves a claim out."""
    now = int(time.time())
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": "somebody", "iat": now, "exp": now + 60, **changed}
    return {name: value for name, value in told.items() if value is not None}


def signed(private, name: str = "rsa", algorithm: str = "RS256", *, kid: str | None = None, **changed: Any) -> str:
    return jwt.encode(claims(**changed), private[name], algorithm, headers={"kid": kid or name})


def without(claim: str) -> dict[str, Any]:
    """A change that leaves a claim out."""
    return {claim: None}


def unsigned(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def refused(token: str) -> str:
    with pytest.raises(InvalidToken) as caught:
        authenticate(token)
    assert str(caught.value).startswith("Authentication required")
    return str(caught.value)


def count(table: str) -> int:
    with read_as_system() as connection:
        return int(connection.execute(text(f"select count(*) from accounts.{table}")).scalar_one())


def test_keys_of_every_kind_are_believed_and_name_one_user(believed, private, jwks):
    viewers = [
        authenticate(signed(private, name, algorithm))
        for name, algorithm in (("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA"))
    ]
    assert len({viewer.id for viewer in viewers}) == 1
    assert {(viewer.role, viewer.session_id) for viewer in viewers} == {(Role.USER, None)}
    assert authenticate(signed(private, sub="somebody else")).id != viewers[0].id
    assert authenticate(signed(private, aud=["x", AUDIENCE], scope="a b")).scopes == {"a", "b"}
    assert (count("users"), count("identities"), jwks.asked) == (2, 2, 1)


def test_no_trick_gets_past(believed, private):
    good, head = signed(private), {"alg": "RS256", "kid": "rsa", "typ": "JWT"}
    assert authenticate(good)
    public = (
        private["rsa"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    body, other = good.rsplit(".", 1)[0], jwt.get_algorithm_by_name("HS256")
    with_public = unsigned(head | {"alg": "HS256"}, claims()).rsplit(".", 1)[0]
    hmac = base64.urlsafe_b64encode(other.sign(with_public.encode(), public)).rstrip(b"=").decode()
    now = int(time.time())
    for name, token in {
        "none": unsigned(head | {"alg": "none"}, claims()),
        "None": unsigned(head | {"alg": "NoNe"}, claims()),
        "no algorithm": unsigned({"kid": "rsa"}, claims()),
        "no signature": f"{body}.",
        "another body": unsigned(head, claims(sub="victim")).rsplit(".", 1)[0] + "." + good.rsplit(".", 1)[1],
        "public key as secret": f"{with_public}.{hmac}",
        "another algorithm of the key": signed(private, "rsa", "PS256"),
        "stranger's key": signed(private, "stranger", kid="rsa"),
        "key of another kind": signed(private, "ec", "ES256", kid="rsa"),
        "unknown key": signed(private, "stranger"),
        "no key": jwt.encode(claims(), private["rsa"], "RS256"),
        "key in the token": jwt.encode(
            claims(), private["stranger"], "RS256", headers={"jwk": jwk(private["stranger"], "rsa")}
        ),
        "odd key": unsigned(head | {"kid": ["rsa"]}, claims(), b"x"),
        "unknown issuer": signed(private, iss="https://elsewhere.example"),
        "another issuer's name": signed(private, iss="https://other.example", aud="other"),
        "odd issuer": unsigned(head, claims(iss=["x"]), b"x"),
        "other audience": signed(private, aud="anon"),
        "expired": signed(private, exp=now - 11),
        "not yet": signed(private, nbf=now + 3600),
        "from the future": signed(private, iat=now + 3600),
        "odd times": unsigned(head, claims(exp="soon"), b"x"),
        **{f"without {claim}": signed(private, **without(claim)) for claim in ("iss", "aud", "sub", "exp")},
        "empty subject": signed(private, sub=""),
        "long subject": signed(private, sub="x" * 256),
        "subject with NUL": signed(private, sub="a\0b"),
        "number as subject": unsigned(head, claims(sub=7), b"x"),
        "critical extension": jwt.encode(
            claims(), private["rsa"], "RS256", headers={"kid": "rsa", "crit": ["exp"], "exp": 1}
        ),
        "no token": "x",
        "dots": "..",
        "no base64": "!.!.!",
        "list": unsigned(head, [], b"x"),  # type: ignore[arg-type]
        "deep": unsigned(head, {"x": 1}, b"") + "[" * 5000,
        "long": good + "x" * 9000,
        "secret of another": jwt.encode(
            claims(iss="trr-app", aud="trr-backend", sub="app-admin"), SHARED[::-1], "HS256"
        ),
        "builtin by guess": jwt.encode(
            claims(iss=issuers.BUILTIN_ISSUER, aud=issuers.BUILTIN_AUDIENCE, sub=str(uuid4())), "x" * 32, "HS256"
        ),
    }.items():
        assert refused(token), name
    now = int(time.time())
    assert authenticate(signed(private, exp=now - 2, nbf=now + 5)), "clocks may differ a little"
    assert count("users") == 1


def test_of_many_first_tokens_one_makes_the_user(believed, private):
    authenticate(signed(private, sub="warm"))
    token = signed(private, sub="newcomer")
    with ThreadPoolExecutor(10) as threads:
        made = set(threads.map(lambda _: authenticate(token).id, range(20)))
    assert (len(made), count("users"), count("identities")) == (1, 2, 2)


def test_roles_come_from_the_row_or_from_who_may_vouch_for_them(believed, private):
    assert authenticate(signed(private, app_metadata={"role": "mod"})).role is Role.MODERATOR
    for told in ({"role": "admin"}, {"role": ["x", 7]}, "mod", None, {"role": {"mod": 1}}):
        assert authenticate(signed(private, app_metadata=told)).role is Role.USER
    with as_system() as session:
        session.execute(text("update accounts.users set role = 'admin'"))
    assert authenticate(signed(private, app_metadata={"role": "mod"})).role is Role.ADMIN


def test_a_program_acts_by_short_tokens_for_its_one_subject(believed):
    good = {"iss": "trr-app", "aud": "trr-backend", "sub": "app-admin", "scope": "internal_admin"}
    viewer = authenticate(jwt.encode(claims(**good), SHARED, "HS256"))
    assert viewer.role is Role.SERVICE and viewer.scopes == {"internal_admin"}
    assert viewer.may(Role.ADMIN, Role.SERVICE) and not viewer.may(Role.USER) and not viewer.may(Role.ADMIN)
    now = int(time.time())
    for changed in ({"sub": "me"}, {"exp": now + 3600}, {"exp": now + 120, "iat": None}, {"aud": AUDIENCE}):
        assert refused(jwt.encode(claims(**good | changed), SHARED, "HS256"))
    assert refused(jwt.encode(claims(**good), SHARED * 2, "HS384"))


def test_suspension_deletion_and_the_end_of_a_session_count_at_once(believed, private, tokens):
    token, user_id = signed(private), authenticate(signed(private)).id
    ann = tokens.user("ann")
    with as_system() as session:
        begin = text(
            "insert into accounts.sessions (user_id, expires_at) values (:user, now() + interval '1 day') returning id"
        )
        mine, others = (session.execute(begin, {"user": user}).scalar_one() for user in (ann, user_id))
    own = tokens.of(ann, session_id=mine)
    assert authenticate(own).session_id == mine
    assert "session has ended" in refused(tokens.of(ann, session_id=others))
    assert "session has ended" in refused(tokens.of(ann, session_id=uuid4()))
    assert refused(tokens.of(uuid4()))
    for change in ("ended_at = now()", "ended_at = null, expires_at = now()"):
        with as_system() as session:
            session.execute(text(f"update accounts.sessions set {change} where id = :id"), {"id": mine})
        assert "session has ended" in refused(own)
    assert authenticate(tokens.of(ann)).session_id is None
    with as_system() as session:
        session.execute(text("update accounts.users set status = 'suspended'"))
    with pytest.raises(Forbidden, match="suspended"):
        authenticate(token)
    with as_system() as session:
        session.execute(text("update accounts.users set status = 'deleted'"))
    for of in (token, tokens.of(ann)):
        assert "does not exist" in refused(of)
    assert count("users") == 2, "a deleted user is not made anew"


def test_keys_are_kept_found_anew_and_outlive_their_server(jwks, private):
    now = [1000.0]
    key_set = KeySet(jwks.url, clock=lambda: now[0])
    assert key_set.find("rsa") and key_set.find("ec") and jwks.asked == 1
    for _ in range(50):
        assert key_set.find("unknown") is None
    assert jwks.asked == 1, "a flood of unknown keys asks for nothing while the last look is fresh"
    jwks.keys.append(jwk(private["stranger"], "new"))
    now[0] += keys.COOL_DOWN_SECONDS
    assert key_set.find("new") and jwks.asked == 2
    del jwks.keys[0]
    now[0] += keys.FRESH_SECONDS
    assert key_set.find("rsa") is None and key_set.find("new") and jwks.asked == 3, (
        "a key that is withdrawn is forgotten"
    )
    for trouble in ("refuses", "is gone"):
        now[0] += keys.FRESH_SECONDS
        jwks.status = 500
        if trouble == "is gone":
            jwks.close()
        assert key_set.find("new"), f"the server {trouble}, the keys stay good"


def test_a_jwks_may_hold_what_is_of_no_use(jwks, private):
    jwks.keys += [{"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}, {"kty": "unheard-of", "kid": "odd"}]
    jwks.keys += [jwk(private["stranger"], "for-encryption", use="enc")]
    key_set = KeySet(jwks.url)
    assert key_set.find("rsa") and not any(key_set.find(kid) for kid in ("shared", "odd", "for-encryption"))
    assert key_set.find(None) is None, "of several none is meant"


def test_without_keys_nothing_can_be_said(believed, private, jwks):
    jwks.status = 503
    with pytest.raises(Unavailable):
        authenticate(signed(private))
    with pytest.raises(KeysUnavailable):
        KeySet("http://127.0.0.1:9/jwks.json").find("rsa")


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("AUTH_SECRET", "", "AUTH_SECRET: is not set"),
        ("AUTH_SECRET", "changeme", "AUTH_SECRET: still holds a placeholder"),
        ("AUTH_SECRET", "x" * 31, "AUTH_SECRET: is too short"),
        ("AUTH_ISSUERS", "[", "AUTH_ISSUERS: Invalid JSON"),
        ("AUTH_ISSUERS", '[{"name": "x"}]', "AUTH_ISSUERS: 0.issuer: Field required"),
        ("AUTH_ISSUERS", '[{"name": "x", "issuer": "x", "audience": "x"}]', "AUTH_ISSUERS: 0: needs either"),
        (
            "AUTH_ISSUERS",
            '[{"name": "x", "issuer": "x", "audience": "x", "jwks_url": "http://far.example/"}]',
            "AUTH_ISSUERS: 0.jwks_url: must begin with https://",
        ),
        (
            "AUTH_ISSUERS",
            '[{"name": "x", "issuer": "x", "audience": "x", "secret": "short-and-private"}]',
            "AUTH_ISSUERS: 0.secret: is too short",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_by_name(environment, variable, value, line):
    environment.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        load(AccessSettings)
    assert str(caught.value).startswith(line) and "short-and-private" not in str(caught.value)
