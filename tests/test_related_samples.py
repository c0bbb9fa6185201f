"""Whole runs over the shipped samples: 36 short posts, of which some have evident siblings."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator import config, pipeline
from syndicator.model.run import Options

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = ("vietnam-notebook.xml", "goc-pho.atom", "rails-and-rivers.json")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

TET, CAKES = "Renting a kumquat tree for Tet", "A night beside the pot: banh chung for Tet"
WOMEN, MATCH = "The women's team that made Vietnam watch", "A city that stops for ninety minutes"
LOOP, FLOWERS = (
    "Three days on the Ha Giang loop",
    "Buckwheat flowers bring visitors back to Ha Giang",
)
CAVES, CAVE = (
    "Phong Nha beyond the famous cave",
    "Why only a thousand people a year may enter Son Doong",
)
FLOODS, LANTERNS = (
    "The flood marks on the walls of Hoi An",
    "Hoi An switches off its lights once a month",
)
HANOI, SAIGON = (
    "Hanoi opens the elevated part of metro line 3",
    "Ho Chi Minh City's metro after its first year",
)
NIGHT, COAST = (
    "The night train from Hanoi to Da Nang, berth by berth",
    "A slow train joins Hue and Da Nang along the coast",
)
BUS, METRO = "Đi làm bằng buýt sông ở Sài Gòn", "Metro Sài Gòn sau một năm chạy"
GAUGE, FERRY = "How to read a river gauge", "The ferry that runs on a wire"
BACK, PLANNERS = "Why the night train came back", "Slow trains are the better planners"
PRICES, ROBUSTA = (
    "Coffee prices reach a record as drought hits the highlands",
    "Robusta growers of Dak Lak learn to taste their own coffee",
)
EGG = "Egg coffee, a wartime shortage that became a speciality"
RICE, SALT, MARKETS = (
    "A million hectares of low-carbon rice in the Mekong Delta",
    "Salt water moves up the Mekong earlier each year",
    "What is left of the floating markets in the Mekong Delta",
)
PAIRS = [
    (TET, CAKES), (WOMEN, MATCH), (LOOP, FLOWERS), (CAVES, CAVE), (FLOODS, LANTERNS), (HANOI, SAIGON), (NIGHT, COAST),
    (BUS, METRO), (GAUGE, FERRY), (BACK, PLANNERS),
]  # fmt: skip


def lists(folder: Path, files: tuple[str, ...] = FILES, head: str = "") -> dict[str, list[str]]:
    """Run once over the samples, in this order of sources; return the titles listed under each
    title.
    """
    shutil.copytree(SAMPLES, folder / "samples")
    tables = "".join(f'[[sources]]\nurl = "samples/{name}"\n' for name in files)
    wanted = f'[feed]\ntitle = "Planet"\nlink = "https://planet.example/"\n[related]\nlimit = 20\n{head}\n{tables}'
    (folder / "feeds.toml").write_text(wanted, "utf-8")
    pipeline.run(
        config.load(folder / "feeds.toml"), Options(), NOW, threading.Event(), lambda _: None
    )
    posts = json.loads((folder / "public" / "feed.json").read_text("utf-8"))["items"]
    return {
        post["title"]: [
            link["title"] for one in post["_syndicator"].get("related", ()) for link in one["items"]
        ]
        for post in posts
        if post.get("title")
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return lists(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((other, one) for one, other in PAIRS)])
def test_a_sibling_comes_first(found: dict[str, list[str]], one: str, other: str) -> None:
    """Among few short posts, too, what is about the same thing outdoes what shares small words."""
    assert found[one][0] == other


@pytest.mark.parametrize("three", [(PRICES, ROBUSTA, EGG), (RICE, SALT, MARKETS)])
def test_of_three_siblings_each_leads_to_both_others(
    found: dict[str, list[str]], three: tuple[str, ...]
) -> None:
    """The two others come first, in whichever order."""
    for title in three:
        assert {title, *found[title][:2]} == set(three)


@pytest.mark.parametrize("scope", ["source", "both"])
def test_sources_in_reverse_order_give_the_same_lists(tmp_path: Path, scope: str) -> None:
    """Which feed arrives first numbers the posts, and decides nothing else."""
    folders = tmp_path / "one", tmp_path / "other"
    one, other = (
        lists(folder, files, f'scope = "{scope}"')
        for folder, files in zip(folders, (FILES, FILES[::-1]), strict=True)
    )
    assert one == other


def test_the_manual_shows_the_lists_that_the_samples_give(found: dict[str, list[str]]) -> None:
    """docs/related.md prints the first five links of five posts."""
    manual = (
        (SAMPLES.parent / "docs" / "related.md")
        .read_text("utf-8")
        .partition("## Five of our samples")[2]
    )
    shown = {
        part.partition("**")[0]: [line[3:] for line in part.splitlines() if line[1:3] == ". "]
        for part in manual.split("\n**")[1:]
    }
    assert len(shown) == 5
    assert shown == {title: found[title][:5] for title in shown}
