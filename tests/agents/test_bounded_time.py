"""No parser takes more than its budget for each character of the longest input it is given, whatever is in it.

The inputs are what patterns that backtrack choke on: long runs of one thing, and things that almost match.
"""

import random
import time
from collections.abc import Callable, Iterator

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from agents.embedded.planner import EmbeddedPlanner
from agents.embedded.understanding import Understanding
from agents.embedded.vocabulary import Vocabulary
from agents.personal.language import is_read
from agents.personal.verdicts import judged
from agents.planner_prompt import system_prompt
from agents.screen_reader.amounts import amounts_in
from agents.screen_reader.facts import brand_in, promotion_in, rating_in, specifications_in
from catalog.texts import LONGEST_WORD, beginning_and_end, bounded
from tools.kinds import head_noun
from tools.measures import measures_in
from tools.workspace import Shop

MESSAGE, LINE, TITLE = 4000, 400, 500  # characters: the longest of each that is let in
BUDGET = 250e-6  # seconds of CPU a character, ten times what ordinary text takes
START = 0.1
ATOMS = [
    "1", " ", "a", "A", "1,", "1.", "£", "£1", "a ", "1 ", "- ", "under ", "the ", "not ", "and ", "(", "[", "x x x ", "no ", "\n", "@", "a@", "a.", "%", "1%",
    "or ", "a-", "'", "one ", "two ", " , ", "? ", "pack of ", "per ", "5 for ", "http://", "[[P1", "**", "it ", "reviews ", "1 star ", "1x", "€1 ", "to 1",
    "+1 ", "4111 ", "[at]", " at ", "a.b@", "password ", "straße ", "GB1", "• ", "Jo, ", "rue ", "a dot ",
]  # fmt: skip


def awkward(size: int) -> Iterator[str]:
    rng = random.Random(7)
    for atom in ATOMS:
        yield (atom * size)[:size]
    for start, atom in [("under £", "1"), ("1", "!"), (" ", "!"), ("£1", " x"), ("to ", "1"), ("a", " b")]:
        yield (start + atom * size)[: size - 1] + "!"
    yield " ".join("".join(rng.choice("abcdefghijklmnop") for _ in range(7)) for _ in range(size // 8))
    for _ in range(6):
        yield "".join(rng.choice(ATOMS) for _ in range(size))[:size]


@pytest.fixture(scope="module")
def planner(shop: Shop) -> EmbeddedPlanner:
    vocabulary = Vocabulary(shop.catalog, shop.kinds, shop.filter, shop.retriever.encoder)
    vocabulary.sayings.prepare()
    made = EmbeddedPlanner(understanding=Understanding(vocabulary))
    plan(made, "a lamp under £20, not by zarya plz")
    return made


def plan(planner: EmbeddedPlanner, text: str) -> None:
    planner.invoke([SystemMessage(system_prompt({})), HumanMessage(text)])


def over_budget(parse: Callable[[str], object], size: int) -> list[str]:
    slow = []
    for text in awkward(size):
        spent = []
        for _ in range(2):  # the second time counts when something else had the processor
            began = time.thread_time()
            parse(text)
            spent.append(time.thread_time() - began)
        if min(spent) > START + BUDGET * size:
            slow.append(f"{min(spent):.2f} s for {text[:30]!r}")
    return slow


def test_a_message_of_any_kind_is_understood_in_time(planner: EmbeddedPlanner) -> None:
    assert not over_budget(lambda text: plan(planner, text), MESSAGE)


@pytest.mark.parametrize(
    "parse", [amounts_in, promotion_in, rating_in, specifications_in, brand_in], ids=lambda f: f.__name__
)
def test_a_line_of_a_page_is_read_in_time(parse: Callable[[str], object]) -> None:
    assert not over_budget(parse, LINE)


@pytest.mark.parametrize("parse", [measures_in, head_noun], ids=lambda f: f.__name__)
def test_a_title_is_read_in_time(parse: Callable[[str], object]) -> None:
    assert not over_budget(lambda text: parse(bounded(text, TITLE)), TITLE)


def test_bounds_keep_what_is_said_and_nothing_that_runs_on() -> None:
    assert bounded("a  lamp\n\n\nunder  £20 ", 100) == "a lamp\nunder £20"
    assert bounded("9" * 5000, 100) == "9" * LONGEST_WORD
    long = "I am looking for a lamp. " + "It was a long day. " * 200 + "Under £20 please"
    read = beginning_and_end(long, 600)
    assert len(read) <= 600
    assert read.startswith("I am looking for a lamp.")
    assert read.endswith("Under £20 please")


@pytest.mark.parametrize("size", [200, 2000, 20000])
def test_a_text_of_a_page_is_judged_in_time(size: int) -> None:
    assert not over_budget(lambda text: judged.__wrapped__(text), size)


def test_the_language_of_a_page_is_told_in_time() -> None:
    assert not over_budget(lambda text: is_read.__wrapped__(text), 3000)
