"""Text lines from pixels: PP-OCRv6 detection and recognition, driven directly under OpenVINO.

The models are those inside the ``rapidocr`` wheel. Screen text is horizontal, so boxes are axis-aligned, and
each crop is recognised at its own width: padding costs accuracy on prices. Each character keeps its place,
so that a part of a line (one price of two) can be looked at again.
"""

import hashlib
import itertools
import math
import os
import unicodedata
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from agents.screen_reader.lines import Box, TextLine, in_order
from agents.screen_reader.second_look import with_cents

HEIGHT = 48  # the recogniser's input height
WIDTH_STEP = 32  # crops are padded to a multiple of it: few shapes to compile
# The detector sees a band at a time, of a few fixed sizes: each size costs memory and a compilation of its own.
BAND_HEIGHT = 448
BAND_OVERLAP = 96  # more than any line of text is high, so that one of the two bands has it whole
BAND_STEP = (64, 128)  # rows and columns that a band's size is a multiple of
PIXEL_THRESHOLD = 0.3
BOX_THRESHOLD = 0.5
UNCLIP = 1.6  # DB (Liao et al. 2020) shrinks text by its area over its perimeter; this grows it back
MIN_SIDE = 3
# Where the processor offers bfloat16 OpenVINO takes it by itself, and lines are read otherwise than elsewhere.
EXACT = {"INFERENCE_PRECISION_HINT": "f32"}
MIN_SCORE = 0.5
LONGEST_LINE = 400  # characters; patterns are made for no more
CACHE_LINES = 4_000  # of one conversation
FAST_SCALE = 0.5  # of the picture in which a fast reader looks for lines; it reads them at full size


Recognised = tuple[str, float, tuple[float, ...]]


class TextReader:
    """Reads the text lines of an image; a line whose pixels were read before is not recognised again.

    ``fast``: look for lines in a picture of half the size, which finds fewer small ones and takes half the time.
    """

    def __init__(self, threads: int | None = None, fast: bool = False):
        self.threads = threads or os.cpu_count() or 1
        self.fast = fast
        self.seen: OrderedDict[bytes, Recognised] = OrderedDict()
        """Lines that were read before, by the digest of their pixels; another memory may be put in its place."""

    def read(self, image: np.ndarray) -> list[TextLine]:
        """Lines of an RGB image, (h, w, 3) uint8, from top to bottom."""
        boxes = self.detect(image)
        texts = self.recognise(image, boxes)
        lines = [
            TextLine(text[:LONGEST_LINE], score, *box, centres[:LONGEST_LINE])
            for box, (text, score, centres) in zip(boxes, texts, strict=True)
            if text.strip() and score >= MIN_SCORE
        ]
        return in_order(with_cents(image, lines, self.recognise))

    def detect(self, image: np.ndarray) -> list[Box]:
        """Boxes of text lines as (x0, y0, x1, y1)."""
        if not self.fast:
            return self._detect(image)
        h, w = image.shape[:2]
        small = cv2.resize(image, None, fx=FAST_SCALE, fy=FAST_SCALE, interpolation=cv2.INTER_AREA)
        boxes = [[side / FAST_SCALE for side in box] for box in self._detect(small)]
        return [(int(x0), int(y0), min(w, math.ceil(x1)), min(h, math.ceil(y1))) for x0, y0, x1, y1 in boxes]

    def _detect(self, image: np.ndarray) -> list[Box]:
        found: list[Box] = []
        for top, bottom, first, last in _bands(image.shape[0]):
            boxes = self._detect_band(image[top:bottom])
            shifted = ((x0, y0 + top, x1, y1 + top) for x0, y0, x1, y1 in boxes)
            found += [b for b in shifted if first <= (b[1] + b[3]) / 2 < last]
        return found

    def _detect_band(self, image: np.ndarray) -> list[Box]:
        h, w = image.shape[:2]
        padded_h, padded_w = (-(-side // step) * step for side, step in zip((h, w), BAND_STEP, strict=True))
        # Padding instead of resizing leaves every letter as sharp as it was.
        canvas = cv2.copyMakeBorder(image, 0, padded_h - h, 0, padded_w - w, cv2.BORDER_REPLICATE)
        blob = (canvas[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        probability = self._detector.infer([np.ascontiguousarray(blob)])[0][0, 0][:h, :w]
        return _text_boxes(probability)

    def recognise(self, image: np.ndarray, boxes: list[Box]) -> list[Recognised]:
        """Text, mean confidence and character centres (in image pixels) of each box."""
        found: list[Recognised | None] = []
        waiting: list[tuple[int, bytes, np.ndarray]] = []
        for position, (x0, y0, x1, y1) in enumerate(boxes):
            crop = np.ascontiguousarray(image[y0:y1, x0:x1])
            key = hashlib.blake2b(crop.tobytes() + bytes(str(crop.shape), "ascii"), digest_size=16).digest()
            known = self.seen.get(key)
            found.append(None if known is None else _shifted(known, x0))
            if known is None:
                waiting.append((position, key, crop))
        for position, recognised in self._recognise_crops(waiting):
            found[position] = _shifted(recognised, boxes[position][0])
        while len(self.seen) > CACHE_LINES:
            self.seen.popitem(last=False)
        return [f for f in found if f is not None]

    def _recognise_crops(self, waiting: list[tuple[int, bytes, np.ndarray]]) -> list[tuple[int, Recognised]]:
        results: list[tuple[int, Recognised]] = []
        if not waiting:
            return results

        def finished(request: Any, job: tuple[int, bytes, np.ndarray, float]) -> None:
            position, key, crop, scale = job
            recognised = self._decode(request.get_output_tensor(0).data[0], crop.shape[1], scale)
            self.seen[key] = recognised
            results.append((position, recognised))

        self._recogniser.set_callback(finished)
        for position, key, crop in sorted(waiting, key=lambda w: -w[2].shape[1] / w[2].shape[0]):
            blob, scale = _line_blob(crop)
            self._recogniser.start_async([blob], (position, key, crop, scale))
        self._recogniser.wait_all()
        return results

    def _decode(self, probabilities: np.ndarray, width: int, scale: float) -> Recognised:
        """Greedy CTC decoding; one step of the network covers the same stretch of pixels everywhere."""
        best = probabilities.argmax(1)
        keep = best > 0
        keep[1:] &= best[1:] != best[:-1]
        steps = np.flatnonzero(keep)
        if not len(steps):
            return "", 0.0, ()
        text = "".join(self._characters[i] for i in best[steps])
        stride = blob_width(width, scale) / len(best)
        centres = [min((s + 0.5) * stride / scale, width) for s in steps]
        plain = [unicodedata.normalize("NFKC", c) or c for c in text]
        spread = [x for c, x in zip(plain, centres, strict=True) for _ in c]
        return "".join(plain), float(probabilities[steps, best[steps]].mean()), tuple(spread)

    @cached_property
    def _models(self) -> Path:
        import rapidocr

        return Path(rapidocr.__file__).parent / "models"

    @cached_property
    def _core(self) -> Any:
        import openvino as ov

        return ov.Core()

    @cached_property
    def _detector(self) -> Any:
        model = self._core.read_model(self._models / "PP-OCRv6_det_small.onnx")
        return self._core.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": self.threads, **EXACT}
        ).create_infer_request()

    @cached_property
    def _recognition_model(self) -> Any:
        return self._core.read_model(self._models / "PP-OCRv6_rec_small.onnx")

    @cached_property
    def _recogniser(self) -> Any:
        import openvino as ov

        compiled = self._core.compile_model(
            self._recognition_model,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": self.threads,
                "NUM_STREAMS": self.threads,
                "PERFORMANCE_HINT": "THROUGHPUT",
                **EXACT,
            },
        )
        return ov.AsyncInferQueue(compiled, self.threads)

    @cached_property
    def _characters(self) -> list[str]:
        listed = self._recognition_model.get_rt_info()["framework"]["character"].astype(str).splitlines()
        return ["", *listed, " "]


def _bands(height: int) -> list[tuple[int, int, int, int]]:
    """Bands of rows as (top, bottom, first, last): a line belongs to the one whose first..last has its middle."""
    if height <= BAND_HEIGHT:
        return [(0, height, 0, height)]
    count = -(-(height - BAND_OVERLAP) // (BAND_HEIGHT - BAND_OVERLAP))
    even = (height + (count - 1) * BAND_OVERLAP) / count
    size = min(BAND_HEIGHT, math.ceil(even / BAND_STEP[0]) * BAND_STEP[0])
    tops = [round(i * (height - size) / (count - 1)) for i in range(count)]
    seams = [0, *((above + size + below) // 2 for above, below in itertools.pairwise(tops)), height]
    return [(top, top + size, seams[i], seams[i + 1]) for i, top in enumerate(tops)]


def _text_boxes(probability: np.ndarray) -> list[Box]:
    """Boxes from the detector's map of probabilities, (h, w)."""
    h, w = probability.shape
    mask = cv2.dilate((probability > PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = []
    for label in range(1, count):
        x, y, bw, bh, _area = stats[label]
        if min(bw, bh) < MIN_SIDE:
            continue
        patch = labels[y : y + bh, x : x + bw] == label
        if float(probability[y : y + bh, x : x + bw][patch].mean()) < BOX_THRESHOLD:
            continue
        grow = bw * bh * UNCLIP / (2 * (bw + bh))
        left, top = max(0, int(x - grow)), max(0, int(y - grow))
        boxes.append((left, top, min(w, math.ceil(x + bw + grow)), min(h, math.ceil(y + bh + grow))))
    return boxes


def _shifted(recognised: Recognised, x0: int) -> Recognised:
    text, score, centres = recognised
    return text, score, tuple(c + x0 for c in centres)


def _line_blob(crop: np.ndarray) -> tuple[np.ndarray, float]:
    """A crop at the recogniser's height, padded on the right with its own last column; and the scale."""
    h, w = crop.shape[:2]
    scale = HEIGHT / h
    width = max(int(np.ceil(w * scale)), 8)
    resized = cv2.resize(
        crop, (width, HEIGHT), interpolation=cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    )
    padded = cv2.copyMakeBorder(resized, 0, 0, 0, -width % WIDTH_STEP, cv2.BORDER_REPLICATE)
    blob = (padded[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(blob), scale


def blob_width(width: int, scale: float) -> int:
    """The width that a crop of ``width`` pixels has inside the recogniser."""
    scaled = max(int(np.ceil(width * scale)), 8)
    return scaled + -scaled % WIDTH_STEP
