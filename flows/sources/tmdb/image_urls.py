"""Where TMDb's images are."""

from flows.settings import TmdbSettings


def image_url(settings: TmdbSettings, file_path: str, size: str = "original") -> str:
    """The address of the image with this file path, in one of TMDb's sizes."""
    return f"{settings.tmdb_image_url}/{size}/{file_path.lstrip('/')}"
