"""All settings, read here and nowhere else: explicit values, the command line, INTERAREC_ variables, then a TOML file."""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalog.errors import InputError


class Settings(BaseSettings):
    """How InteraRec runs. With ``base_url`` or ``api_key`` a remote model is used; with neither, the embedded one."""

    model_config = SettingsConfigDict(env_prefix="INTERAREC_", extra="ignore")

    home: Path = Field(
        default=Path(".interarec"), description="where catalogs, models, frames and conversations are kept"
    )
    catalog: str = Field(default="sample", description="the catalog that is used when none is named")
    browser: str | None = Field(default=None, description="path of a Chromium or Chrome")
    allow: str = Field(default="", description="sites that may be captured, separated by commas")
    interval: float = Field(default=0.5, ge=0.1, le=10, description="seconds between frames")
    fast_reading: bool = Field(
        default=False,
        description="read frames in less time and less exactly: lines are looked for at half the size",
    )
    keep_frames_hours: float = Field(
        default=24, gt=0, description="how long frames are kept, and what was read off each"
    )
    keep_conversations_days: float = Field(
        default=30, gt=0, description="how long a conversation is kept after it was last used"
    )

    base_url: str | None = Field(default=None, description="an OpenAI-compatible endpoint")
    api_key: SecretStr | None = Field(default=None, description="its key; without a base URL, OpenAI's own")
    model: str = Field(default="gpt-4o-mini", description="the model that plans and phrases")
    vision_model: str | None = Field(
        default=None, description="the model that reads frames; the same when not set"
    )
    vision_budget: int = Field(
        default=200_000, ge=0, description="tokens that the vision model may cost in one conversation"
    )
    planner_mode: Literal["auto", "tools", "json"] = Field(
        default="auto", description="native tool calls, or JSON held to a schema"
    )
    timeout: float = Field(default=60, gt=0, description="seconds that reading screenshots by a remote model may take")
    turn_seconds: float = Field(
        default=20, gt=0, description="seconds that a remote model may take for a whole turn; then the embedded one steps in"
    )
    first_token_seconds: float = Field(default=8, gt=0, description="seconds until a remote model begins its reply")
    retries: int = Field(default=2, ge=0, le=10)

    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL for conversations; SQLite in the home folder when not set"
    )
    mcp_servers: Path | None = Field(
        default=None, description="a JSON file of MCP servers whose tools the planner may use"
    )
    tracing: Literal["none", "otlp", "console"] = Field(
        default="none",
        description="OpenTelemetry spans; otlp takes its address from OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    host: str = Field(default="127.0.0.1", description="where the server listens")
    port: int = Field(default=8700, ge=0, le=65535)
    keys: SecretStr | None = Field(
        default=None, description="API keys, separated by commas; anyone when not set"
    )
    rate: str = Field(default="240/minute", description="requests that a key, or an address, may make")
    quota: str = Field(
        default="", description="requests that a key may make in all, such as 5000/day; no bound when empty"
    )
    connections: int = Field(
        default=100, ge=1,
        description="connections that one address may hold open; a proxy in front is one address",
    )  # fmt: skip
    origins: str = Field(default="", description="sites that may embed the assistant, separated by commas")
    max_upload_mib: int = Field(default=12, ge=1, le=100, description="the largest request that is taken in")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """What was given, then the environment, then the file, then the defaults."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())

    @property
    def api_keys(self) -> list[str]:
        """The API keys."""
        given = self.keys.get_secret_value() if self.keys else ""
        return [k.strip() for k in given.split(",") if k.strip()]

    @property
    def allowed_origins(self) -> list[str]:
        """The sites that may embed the assistant and call its API from a browser."""
        return [o.strip().rstrip("/") for o in self.origins.split(",") if o.strip()]

    @property
    def remote(self) -> bool:
        """Whether a remote model was configured."""
        return bool(self.base_url or self.api_key)

    @property
    def allowed_hosts(self) -> set[str]:
        """The sites that may be captured."""
        return {h.strip() for h in self.allow.split(",") if h.strip()}


def _file() -> Path:
    """The settings file: the one that INTERAREC_CONFIG names, else ``interarec.toml`` in the working folder."""
    return Path(os.environ.get("INTERAREC_CONFIG", "interarec.toml"))


def _check_file() -> None:
    """InputError when the settings file is missing though named, is no TOML, or sets what there is not."""
    path = _file()
    if not path.exists():
        if "INTERAREC_CONFIG" in os.environ:
            raise InputError(f"There is no settings file {path}; check INTERAREC_CONFIG.")
        return
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no settings file in TOML: {error}.") from error
    if unknown := sorted(given.keys() - Settings.model_fields.keys()):
        raise InputError(
            f"{path} sets {unknown[0]!r}, which is no setting; `interarec config` lists them all."
        )


def load_settings(**given: object) -> Settings:
    """Settings from what was given explicitly and the environment; InputError names a bad one."""
    _check_file()
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        raise InputError(f"The setting INTERAREC_{name.upper()} is wrong: {first['msg']}.") from error
