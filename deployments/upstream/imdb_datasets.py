"""IMDb's datasets: `/imdb/datasets/<name>.tsv.gz`, with ETag and Last-Modified; made when first asked for, all at once."""

import gzip
import hashlib
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from deployments.upstream.datasets import COLUMNS, file_name, files_of, header
from deployments.upstream.service import DatasetFile, service

blueprint = Blueprint("imdb-datasets", __name__)

NAMES = {file_name(dataset): dataset for dataset in COLUMNS}


@blueprint.route("/imdb/datasets/<name>")
def dataset(name: str) -> Response:
    """One of the files, or 304 to who has it."""
    if name not in NAMES:
        return Response("<Error><Code>AccessDenied</Code></Error>", 403, mimetype="application/xml")
    failing = service().conditions.failing(blueprint.name)
    if failing.redesign:
        columns = header(NAMES[name]).replace(b"tconst", b"title_id").replace(b"nconst", b"name_id")
        return sent(file_of(gzip.compress(columns, mtime=0)))
    if failing.empty_lists:
        return sent(file_of(gzip.compress(header(NAMES[name]), mtime=0)))
    return sent(made()[name])


def made() -> dict[str, DatasetFile]:
    """All files by name."""
    shared = service()
    with shared.datasets_lock:
        if not shared.datasets:
            found = files_of(shared.source)
            shared.datasets.update({file_name(dataset): file_of(content) for dataset, content in found.items()})
        return shared.datasets


def file_of(content: bytes) -> DatasetFile:
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return DatasetFile(content, etag, datetime.now(UTC).replace(microsecond=0))


def sent(file: DatasetFile) -> Response:
    response = Response(file.content, content_type="binary/octet-stream")
    response.set_etag(file.etag)
    response.last_modified = file.made_at
    response.headers["Accept-Ranges"] = "bytes"
    response.make_conditional(request, accept_ranges=True, complete_length=len(file.content))
    return response
