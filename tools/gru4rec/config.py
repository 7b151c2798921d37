"""The hyper-parameters of GRU4Rec, named as in the papers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class GRU4RecConfig(BaseModel):
    """What a GRU4Rec is and how it is trained.

    Sources: Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016;
    Hidasi and Karatzoglou, "Recurrent Neural Networks with Top-k Gains", CIKM 2018; Hidasi and Czapp,
    "The Effect of Third Party Implementations on Reproducibility", RecSys 2023.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: tuple[int, ...] = Field(default=(128,), description="units of each GRU layer")
    embedding: Literal["constrained", "separate", "none"] = Field(
        default="constrained",
        description="input item vectors: the output ones, their own, or one-hot straight into the gates",
    )
    embedding_size: int = Field(default=128, gt=0, description="for separate embeddings")
    loss: Literal["cross-entropy", "bpr-max"] = "cross-entropy"
    logq: float = Field(default=1.0, ge=0, description="strength of the sampling correction (cross-entropy)")
    bpreg: float = Field(default=1.0, ge=0, description="score regularisation (BPR-max)")
    elu: float = Field(default=0.5, ge=0, description="ELU on the scores, 0 for none (BPR-max)")
    batch_size: int = Field(default=64, gt=1)
    n_sample: int = Field(default=2048, ge=0, description="negatives shared by the mini-batch")
    sample_alpha: float = Field(default=0.3, description="negatives are drawn by support ** alpha")
    dropout_p_embed: float = Field(default=0.2, ge=0, lt=1)
    dropout_p_hidden: float = Field(default=0.0, ge=0, lt=1)
    learning_rate: float = Field(default=0.08, gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)
    epochs: int = Field(default=5, gt=0)
    seed: int = 42
