"""Frames from elsewhere than a browser: images, folders of images, and screen recordings."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from agents.frames import Frame
from agents.pictures import MAX_PIXELS, decoded
from agents.redaction import Redactor
from catalog.errors import InputError, UnreadLanguage

IMAGES = (".png", ".jpg", ".jpeg", ".webp")
VIDEOS = (".mp4", ".webm", ".mov", ".mkv", ".avi", ".m4v")
CONTAINERS = (
    *((4, kind) for kind in (b"ftyp", b"moov", b"mdat", b"wide", b"free")), (0, b"\x1aE\xdf\xa3"), (8, b"AVI "),
)  # fmt: skip
"""Where MP4 and MOV, WebM and MKV, and AVI are marked: a playlist, which leads to other files, is none of them."""
GRID = (64, 40)
CHANGED = (
    2.0  # of 255: mean difference of grey blocks, above what a codec alone makes of a page that stands still
)
BLOCK_CHANGED = 24.0


def source_files(paths: list[Path]) -> list[Path]:
    """The files that these paths stand for; a folder's images and videos by name. InputError for an empty one."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGES + VIDEOS)
            if not inside:
                raise InputError(f"The folder {path} has no images.")
            files += inside
        else:
            files.append(path)
    return files


def frames_from(
    files: list[Path], redactor: Redactor, every: float = 1.0, on_frame: Callable[[Path, Frame], None] | None = None
) -> list[Frame]:  # fmt: skip
    """Store the frames of image and video files, redacted, in order; a video is looked at ``every`` seconds.

    InputError for a file that is neither.
    """
    frames = []
    for file in files:
        if file.suffix.lower() in VIDEOS:
            pictures = video_pictures(file, every)
        else:
            pictures = iter([(0.0, _image(file))])
        for seconds, image in pictures:
            name = f"{file.name}#{seconds:g}" if seconds or file.suffix.lower() in VIDEOS else file.name
            try:
                frame = redactor.put(image, url=name, taken=file.stat().st_mtime + seconds)
            except UnreadLanguage:
                if file.suffix.lower() not in VIDEOS:
                    raise
                continue  # the rest of a recording may well be kept
            frames.append(frame)
            if on_frame is not None:
                on_frame(file, frame)
    return frames


def _image(file: Path) -> np.ndarray:
    try:
        picture = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be opened; check the path.") from error
    return decoded(picture, str(file))


def video_pictures(file: Path, every: float) -> Iterator[tuple[float, np.ndarray]]:
    """Pictures of a screen recording that differ, as (seconds, RGB (h, w, 3) uint8), looked at ``every`` seconds."""
    if not file.exists():
        raise InputError(f"{file} cannot be opened; check the path.")
    not_one = InputError(f"{file} is not a video that can be read; MP4 and WebM can.")
    if not _is_container(file):
        raise not_one
    video = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    try:
        rate = video.get(cv2.CAP_PROP_FPS)
        if not video.isOpened() or not 0 < rate < 1000:
            raise not_one
        size = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if size[0] * size[1] > MAX_PIXELS:
            raise InputError(f"{file} is too large to read ({size[0]:g} x {size[1]:g} pixels).")
        before: np.ndarray | None = None
        step, number, due = rate * every, 0, 0.0
        while video.grab():
            if number >= due and (picture := video.retrieve()[1]) is not None:
                due += step
                blocks = cv2.resize(
                    cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), GRID, interpolation=cv2.INTER_AREA
                ).astype(float)
                if before is None or _differ(before, blocks):
                    before = blocks
                    yield number / rate, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            number += 1
        if number == 0:
            raise InputError(f"{file} has no pictures.")
    finally:
        video.release()


def _is_container(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(16)
    return any(head[at : at + len(mark)] == mark for at, mark in CONTAINERS)


def _differ(before: np.ndarray, after: np.ndarray) -> bool:
    difference = np.abs(before - after)
    return bool(difference.mean() > CHANGED or difference.max() > BLOCK_CHANGED)
