"""File storage in an S3 bucket, with verified writes and short time limits."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from traceobject.storage import FAILING, FULL, MISSING, StoreUnavailable, refuse_writing

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 3, 5, 2
PAUSE_SECONDS = 10
_GONE = ("404", "NoSuchKey", "NotFound")
_INSUFFICIENT_STORAGE = 507


class BucketStorage(S3Storage):
    """Store files in a bucket. Each is sent in one request and compared with what the bucket stored.

    After a timeout, the server is not asked for ``PAUSE_SECONDS``. Then one caller tries first, so that a
    server that hangs does not block all threads of the site.

    Raises:
        FileNotFoundError: the file to read, measure or date does not exist.
        StoreUnavailable: the server refuses, fails, hangs, or stores other bytes than were sent.
    """

    def __init__(self, **settings: object) -> None:
        limits = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        )
        super().__init__(**{"client_config": limits, **settings})
        self._is_paused = False
        self._paused_until = 0.0

    @contextmanager
    def _store_errors(self, action: str) -> Iterator[None]:
        self._refuse_in_pause()
        begun = time.monotonic()
        try:
            yield
            self._is_paused = False
        except ClientError as error:
            self._is_paused = False
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE and action != "write":
                raise FileNotFoundError(MISSING) from None
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            log.warning("a bucket cannot %s a file: %s, %s", action, status, code[:60])
            raise StoreUnavailable(FULL if status == _INSUFFICIENT_STORAGE else FAILING) from error
        except (BotoCoreError, Boto3Error, HTTPError, OSError) as error:
            if time.monotonic() - begun >= CONNECT_SECONDS:
                self._is_paused, self._paused_until = True, time.monotonic() + PAUSE_SECONDS
            log.warning("a bucket cannot %s a file: %s", action, type(error).__name__)
            raise StoreUnavailable(FAILING) from error

    def _refuse_in_pause(self) -> None:
        if self._is_paused:
            now = time.monotonic()
            if now < self._paused_until:
                raise StoreUnavailable(FAILING)
            self._paused_until = now + PAUSE_SECONDS  # this caller tries; the others still pause

    def _address(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}

    @property
    def _client(self) -> Any:
        return self.connection.meta.client  # one for each thread

    def _open(self, name: str, mode: str = "rb") -> File:
        refuse_writing(mode)
        with self._store_errors("read"):
            answer = self._client.get_object(**self._address(name))
            return ContentFile(answer["Body"].read(), name=name)

    def _save(self, name: str, content: File) -> str:
        data = b"".join(content.chunks())
        with self._store_errors("write"):
            answer = self._client.put_object(
                **self._address(name),
                **self._get_write_parameters(name, content),
                Body=data,
                ChecksumSHA256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
            )
        # A bucket with its own encryption key has entity tags other than the MD5.
        tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if answer.get("ETag", "").strip('"') != tag and self._open(name).read() != data:
            log.warning("a bucket keeps something else than was sent")
            raise StoreUnavailable(FAILING)
        return name

    def delete(self, name: str) -> None:
        with self._store_errors("remove"):
            self._client.delete_object(**self._address(name))

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with self._store_errors("read"):
            return self._client.head_object(**self._address(name))["ContentLength"]

    def get_modified_time(self, name: str) -> datetime:
        with self._store_errors("read"):
            return self._client.head_object(**self._address(name))["LastModified"]

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self._store_errors("list"):
            return super().listdir(name)

    def fingerprints(self, folder: str) -> dict[str, str]:
        """Return the names of a folder's files, each with a fingerprint that changes with the file."""
        prefix = f"{self._normalize_name(folder)}/" if folder else ""
        with self._store_errors("list"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=prefix, Delimiter="/"
            )
            return {
                entry["Key"].removeprefix(prefix): f"{entry['Size']}-{entry['ETag']}"
                for page in pages
                for entry in page.get("Contents", ())
                if entry["Key"] != prefix
            }

    def delete_unfinished(self, before: datetime) -> int:
        """Return 0, because an interrupted request leaves nothing in a bucket."""
        return 0

    def round_times(self, folder: str, before: datetime) -> int:
        """Return 0, because nobody can set the times of a bucket's files."""
        return 0
