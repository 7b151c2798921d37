"""Evaluation reports as tables."""

from collections.abc import Sequence

from pydantic import BaseModel
from rich.table import Table

from evaluation.ablation import AblationLine
from evaluation.conversation import ASPECTS, ConversationReport
from evaluation.grounding.measure import GroundingLine
from evaluation.metrics import CUT_OFFS, Interval, wilson
from evaluation.privacy import PrivacyLine
from evaluation.reading import ReadingLine
from evaluation.recommend import RecommendReport
from evaluation.screens.measure import ScreenLine
from evaluation.visits import VisitLine


def recommend_tables(report: RecommendReport, ours: str = "interarec") -> list[Table]:
    """One table per metric, and one of our row's paired differences at 20."""
    tables = []
    for metric in ("recall", "mrr", "ndcg"):
        table = Table(
            title=f"{metric.upper()} (95 % bootstrap interval), {report.test_rows:,} test rows, {report.items:,} items",
            title_justify="left",
        )
        table.add_column("method")
        for k in CUT_OFFS:
            table.add_column(f"@{k}", justify="right")
        for line in report.rows:
            table.add_row(line.name, *(_cell(getattr(line, metric)[str(k)]) for k in CUT_OFFS))
        tables.append(table)
    differences = Table(title=f"{ours} minus each method, paired, at 20", title_justify="left")
    for column in ("against", "recall", "mrr", "ndcg"):
        differences.add_column(column, justify="left" if column == "against" else "right")
    for line in report.differences:
        differences.add_row(
            line.name.removeprefix(f"{ours} - "),
            *(_cell(getattr(line, m)["20"]) for m in ("recall", "mrr", "ndcg")),
        )
    return [*tables, differences]


def _cell(interval: Interval) -> str:
    return f"{interval.value:.4f} ({interval.low:.4f} to {interval.high:.4f})"


def conversation_table(report: ConversationReport) -> Table:
    """The shares of all conversations and of those held aside."""
    table = Table(title="Conversations", title_justify="left")
    for column in ("", "all", "held aside"):
        table.add_column(column, justify="right" if column else "left")
    for name in ("conversations", "turns", "runs", "passed", "passed_each_run", *ASPECTS, "resolved"):
        table.add_row(name, *(f"{getattr(s, name):g}" for s in (report.all, report.held_aside)))
    for name in ("p50", "p95"):
        table.add_row(
            f"latency {name}, ms", *(f"{s.latency_ms[name]:g}" for s in (report.all, report.held_aside))
        )
    return table


def reading_table(lines: list[ReadingLine]) -> Table:
    """One line per group of pages, one column per figure."""
    return _figures("Reading pages from pixels", ReadingLine, lines)


def visits_table(lines: list[VisitLine]) -> Table:
    """One line per category of the summary."""
    return _figures("Summaries of whole visits", VisitLine, lines)


def ablation_table(lines: list[AblationLine]) -> Table:
    """One line per setting."""
    return _figures("One thing at a time", AblationLine, lines)


def _figures(title: str, model: type[BaseModel], lines: Sequence[BaseModel]) -> Table:
    table = Table(title=title, title_justify="left")
    for position, name in enumerate(model.model_fields):
        table.add_column(name.replace("_", " "), justify="right" if position else "left")
    for line in lines:
        table.add_row(
            *(
                f"{value:g}" if isinstance(value, float) else str(value)
                for value in line.model_dump().values()
            )
        )
    return table


def grounding_table(lines: list[GroundingLine]) -> Table:
    """Inventions caught and honest drafts left whole, with 95 % Wilson intervals."""
    table = Table("drafts", "number", "treated rightly", "share", "95 %")
    for line in lines:
        share = f"{100 * line.right / line.drafts:.1f} %"
        table.add_row(
            line.kind,
            str(line.drafts),
            str(line.right),
            share,
            f"{100 * line.low:.1f} to {100 * line.high:.1f}",
        )
    return table


def screens_table(part: str, lines: list[ScreenLine]) -> Table:
    """What was read rightly of labelled screenshots."""
    table = Table(title=f"Screenshots of real shops, {part}", title_justify="left")
    for column in ("what", "right", "of", "%", "95 %"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for line in lines:
        interval = f"{100 * line.low:.0f} to {100 * line.high:.0f}"
        table.add_row(line.name, str(line.right), str(line.of), f"{100 * line.share:.1f}", interval)
    return table


def privacy_table(lines: list[PrivacyLine]) -> Table:
    """How many secrets stay readable, and how many harmless texts, by way, language and set of wordings."""
    table = Table(title="Personal data that stays readable in stored frames", title_justify="left")
    for column in (
        "masked",
        "language",
        "wordings",
        "secrets",
        "readable",
        "% [95 %]",
        "what",
        "harmless kept",
        "refused",
    ):
        table.add_column(column)
    for key in sorted({(line.way, line.language, line.wordings) for line in lines}):
        own = [line for line in lines if (line.way, line.language, line.wordings) == key]
        secrets = [line for line in own if line.kind != "harmless"]
        harmless = [line for line in own if line.kind == "harmless"]
        shown, leaked = sum(x.shown for x in secrets), sum(x.readable for x in secrets)
        low, high = wilson(leaked, shown)
        share = f"{100 * leaked / max(shown, 1):.1f} [{100 * low:.1f}, {100 * high:.1f}]"
        kinds = ", ".join(f"{x.kind} {x.readable}" for x in secrets if x.readable)
        kept = f"{sum(x.readable for x in harmless)} of {sum(x.shown for x in harmless)}"
        table.add_row(*key, str(shown), str(leaked), share, kinds, kept, str(sum(x.refused for x in own)))
    return table
