"""Frames from elsewhere than a browser: images, folders of images, and screen recordings."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from agents.frames import Frame, decoded
from agents.redaction import Redactor
from catalog.errors import InputError

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
VIDEOS = (".mp4", ".webm", ".mov", ".mkv", ".avi", ".m4v")
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
            frame = redactor.put(image, url=name, taken=file.stat().st_mtime + seconds)
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
    video = cv2.VideoCapture(str(file))
    try:
        rate = video.get(cv2.CAP_PROP_FPS)
        if not video.isOpened() or not 0 < rate < 1000:
            raise InputError(f"{file} is not a video that can be read; MP4 and WebM can.")
        before: np.ndarray | None = None
        step, number, due = rate * every, 0, 0.0
        while video.grab():
            if number >= due:
                due += step
                _, picture = video.retrieve()
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


def _differ(before: np.ndarray, after: np.ndarray) -> bool:
    difference = np.abs(before - after)
    return bool(difference.mean() > CHANGED or difference.max() > BLOCK_CHANGED)
