"""Whose tokens are believed: environment variables, or `.env`."""

import re
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db.settings import PLACEHOLDERS, load
from models.accounts import Role

SHORTEST_SECRET = 32
"""Bytes of a secret that tokens are signed with: those of the hash, as RFC 7518 (3.2) wants."""


def _long_enough(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None:
        value = secret.get_secret_value()
        if value.strip().lower() in PLACEHOLDERS:
            raise PydanticCustomError("secret", "still holds a placeholder; set the real secret")
        if len(value.encode()) < SHORTEST_SECRET:
            raise PydanticCustomError(
                "secret", "is too short: 32 characters at least, such as `openssl rand -hex 32` makes"
            )
    return secret


class IssuerSettings(BaseModel):
    """Somebody else whose tokens are believed, and how they sign."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What it is called in our logs")
    issuer: str = Field(min_length=1, description="The `iss` of its tokens")
    audience: str = Field(min_length=1, description="The `aud` that its tokens for us have")
    jwks_url: str | None = Field(default=None, description="Where its public keys are")
    algorithms: frozenset[Literal["RS256", "ES256", "EdDSA"]] = Field(
        default=frozenset({"RS256", "ES256", "EdDSA"}), description="What keys of its JWKS may be for"
    )
    secret: SecretStr | None = Field(default=None, description="The secret it signs with (HS256), in place of a JWKS")
    subjects: frozenset[str] | None = Field(
        default=None, description="The only `sub` that it may name; without it, any"
    )
    most_seconds: int | None = Field(default=None, ge=1, description="How long a token of it may last at most")
    role_claim: str | None = Field(default=None, description="The claim that tells of rights: `app_metadata.role`")
    roles: dict[str, Role] = Field(default_factory=dict, description="Which values of that claim give which role")

    @field_validator("jwks_url")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https://[^/]|http://(localhost|127\.0\.0\.1|\[::1])[:/]", value):
            raise PydanticCustomError("address", "must begin with https://")
        return value

    _secret_is_long = field_validator("secret")(_long_enough)

    @model_validator(mode="after")
    def _signs_one_way(self) -> "IssuerSettings":
        if (self.jwks_url is None) == (self.secret is None):
            raise PydanticCustomError("issuer", "needs either jwks_url or secret")
        return self


class AccessSettings(BaseSettings):
    """Whose tokens are believed."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    auth_secret: SecretStr = Field(
        description="What our own tokens are signed with, 32 characters at least; the local stack makes one"
    )
    auth_issuers: Annotated[tuple[IssuerSettings, ...], NoDecode] = Field(
        default=(),
        repr=False,
        description="Others whose tokens are believed, as a JSON list; docs/operating.md tells what each entry may say",
    )

    _secret_is_long = field_validator("auth_secret")(_long_enough)

    @field_validator("auth_issuers", mode="before")
    @classmethod
    def _are_issuers(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            issuers = TypeAdapter(tuple[IssuerSettings, ...]).validate_json(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise PydanticCustomError(
                "issuers", "{text}", {"text": f"{where}: {first['msg']}" if where else first["msg"]}
            ) from None
        if len({issuer.issuer for issuer in issuers}) < len(issuers):
            raise PydanticCustomError("issuers", "names an issuer twice")
        return issuers


@cache
def access_settings() -> AccessSettings:
    """Whose tokens this process believes."""
    return load(AccessSettings)
