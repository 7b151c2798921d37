"""What an import did: how many rows it took, which it could not, and why."""

from pydantic import BaseModel, Field


class ImportReport(BaseModel):
    """Counts of one import; shown to the user and kept beside the catalog."""

    layout: str
    products: int = 0
    sessions: int = 0
    events: int = 0
    bad_rows: int = Field(default=0, description="rows that could not be read and were left out")
    duplicate_rows: int = Field(default=0, description="rows whose item id came before")
    unpriced: int = Field(default=0, description="products kept without a price")
    bad_events: int = Field(default=0, description="events without an item or a readable time, left out")
    notes: list[str] = Field(default_factory=list, description="files that were not used, and what was assumed")
    examples: list[str] = Field(default_factory=list, description="the first bad rows, with their place")

    def sentence(self) -> str:
        """The report in one line."""
        parts = [f"{self.products:,} products", f"{self.sessions:,} sessions ({self.events:,} events)"]
        if self.bad_rows:
            parts.append(f"{self.bad_rows:,} bad rows left out")
        if self.bad_events:
            parts.append(f"{self.bad_events:,} events left out")
        if self.duplicate_rows:
            parts.append(f"{self.duplicate_rows:,} repeated ids")
        if self.unpriced:
            parts.append(f"{self.unpriced:,} without a price")
        return f"{self.layout}: " + ", ".join(parts)
