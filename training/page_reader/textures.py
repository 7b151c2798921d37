"""Pictures made of noise that stand where shops have photographs."""

import base64
from functools import lru_cache

import cv2
import numpy as np

COUNT = 40
SIDE = 200  # pixels


@lru_cache(maxsize=COUNT)
def texture(number: int) -> str:
    """The data URL of a JPEG of smooth coloured noise at several scales; ``number`` below ``COUNT``."""
    rng = np.random.default_rng(number)
    image = np.zeros((SIDE, SIDE, 3), np.float32)
    for cells in (2, 5, 12, 40, 100):
        field = rng.random((cells, cells, 3)).astype(np.float32)
        image += (
            cv2.resize(field, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.1, 1) / cells**0.4
        )
    low, high = image.min(), image.max()
    ok, encoded = cv2.imencode(
        ".jpg", (255 * (image - low) / (high - low)).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60]
    )
    assert ok
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()
