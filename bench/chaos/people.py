"""The visitors of a drill, who send tips and read pages, and what they saw."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

PATIENCE = 40  # seconds that a browser waits
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")
TOWNS = ("Lyon", "Sevilla", "Porto", "Kraków", "Gent", "Graz", "Lille", "Vigo")
WARES = ("bag", "towel", "mug", "curtain", "lamp", "blanket")


@dataclass
class Observations:
    """What the people of a drill did and saw, to compare with the database afterwards."""

    thanked: dict[str, tuple[str, int]] = field(default_factory=dict)  # code: text, pictures
    sent: int = 0
    unanswered: int = 0
    asked_without_pictures: int = 0
    leads: int = 0
    published: int = 0
    withdrawn: dict[str, float] = field(default_factory=dict)  # reference: when it was committed
    pages: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def picture(rng: random.Random) -> bytes:
    """Return a harmless picture (JPEG)."""
    image = Image.new("RGB", (320, 240), (rng.randrange(256), 200, 180))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = rng.randrange(320), rng.randrange(240)
        draw.rectangle([x, y, x + 60, y + 40], fill=(x % 256, y % 256, rng.randrange(256)))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


class Visitor(threading.Thread):
    """Send tips until ``until`` is set. Without an answer, send the same form again, as people do."""

    def __init__(self, url: str, references: list[str], seen: Observations, seed: str, rate: float):
        super().__init__(daemon=True)
        self.url, self.references, self.seen, self.rate = url, references, seen, rate
        self.rng = random.Random(seed)
        self.until = threading.Event()
        self.before: list[str] = []

    def run(self) -> None:
        while not self.until.wait(self.rng.expovariate(self.rate)):
            self.send()

    def text(self) -> str:
        if self.before and self.rng.random() < 0.4:
            return self.rng.choice(self.before) + self.rng.choice(["", "!", " Thanks."])
        made = (
            f"I saw this {self.rng.choice(WARES)} in a shop in {self.rng.choice(TOWNS)}, "
            f"at stall {self.rng.randrange(10_000)}"
        )
        self.before.append(made)
        return made

    def send(self) -> None:
        reference, nonce, text = self.rng.choice(self.references), uuid.uuid4().hex, self.text()
        files = [picture(self.rng)] if self.rng.random() < 0.15 else []
        with self.seen.lock:
            self.seen.sent += 1
        for _ in range(4):
            status, page = self.post(f"/objects/{reference}/tip/", nonce, text, files)
            if status == 200 and (code := CODE.search(page)):
                with self.seen.lock:
                    self.seen.thanked[code[0]] = (text, len(files))
                return
            if status == 404:
                return  # it was withdrawn
            if files and status in (422, 503, 507) and "without pictures" in page:
                files = []
                with self.seen.lock:
                    self.seen.asked_without_pictures += 1
            if self.until.wait(1):
                break
        with self.seen.lock:
            self.seen.unanswered += 1

    def post(self, path: str, nonce: str, text: str, files: list[bytes]) -> tuple[int, str]:
        parts = [
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
            for name, value in (("nonce", nonce), ("text", text))
        ] + [
            b'Content-Disposition: form-data; name="pictures"; filename="p.jpg"\r\n'
            b"Content-Type: image/jpeg\r\n\r\n" + data
            for data in files
        ]
        body = b"".join(b"--xx\r\n" + part + b"\r\n" for part in parts) + b"--xx--\r\n"
        return ask(
            urllib.request.Request(
                self.url + path,
                data=body,
                headers={"Content-Type": "multipart/form-data; boundary=xx"},
            )
        )


def ask(request: urllib.request.Request | str) -> tuple[int, str]:
    """Return the status and page of an answer. Status 0 means no answer."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with contextlib.suppress(OSError):
            return error.code, error.read().decode(errors="replace")
        return error.code, ""
    except Exception:  # refused, reset, cut off, too slow: all the same to a visitor
        return 0, ""


class Reader(threading.Thread):
    """Read pages and pictures, and record answers that the public should not get."""

    def __init__(
        self, url: str, files: dict[str, list[str]], drafts: list[str], seen: Observations
    ):
        super().__init__(daemon=True)
        self.url, self.files, self.drafts, self.seen = url, files, drafts, seen
        self.rng = random.Random(1)
        self.until = threading.Event()

    def run(self) -> None:
        while not self.until.wait(0.05):
            asked_at = time.monotonic()
            reference = self.rng.choice([*self.files, *self.drafts])
            gone = self.seen.withdrawn.get(reference)
            is_gone = gone is not None and gone < asked_at
            paths = [f"/objects/{reference}/"]
            paths += [f"/pictures/{name}" for name in self.files.get(reference, [])[:2]]
            path = self.rng.choice(paths)
            try:
                with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
                    body = answer.read()
            except Exception:
                continue
            self.seen.pages += 1
            if is_gone or reference in self.drafts:
                self.note(f"{path} was answered though it is not public")
            name = path.rpartition("/")[2]
            is_whole = name.startswith(hashlib.sha256(body).hexdigest()[:40])
            if path.startswith("/pictures/") and not is_whole:
                self.note(f"{path} was answered with other bytes ({len(body)})")

    def note(self, what: str) -> None:
        with self.seen.lock:
            self.seen.wrong.append(what)


def listed(url: str) -> set[str]:
    """Return the references in the public list."""
    status, page = ask(f"{url}/objects.json")
    if status != 200:
        raise RuntimeError(f"/objects.json answered {status}")
    return {each["reference"] for each in json.loads(page)["objects"]}
