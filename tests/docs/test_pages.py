"""What a reader follows is there: links, anchors, commands of the README, the map of the folders, the decisions."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, blocks, codes, make_targets, page, prose

LONGEST = 120


def anchors(file: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(file.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(file):
    links = re.findall(r"\]\(([^)\s]+)\)", prose(file.read_text(encoding="utf-8")))
    for link in links:
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_lines_are_not_too_long_to_read_as_text(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > LONGEST and not line.startswith("|")] == []


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        reached.add(file)
        for link in re.findall(r"\]\(([^)\s#]+\.md)", prose(file.read_text(encoding="utf-8"))):
            target = (file.parent / link).resolve()
            if target.exists() and target not in reached:
                waiting.append(target)
    assert set(PAGES) <= reached


def test_shell_blocks_of_the_readme_use_make_targets_that_exist():
    used = {
        target for block in blocks(page("README.md"), "sh") for target in re.findall(r"\bmake (?:-s )?(\w+)", block)
    }
    assert used
    assert used <= make_targets()


def test_every_make_target_is_told():
    told = {match[1] for code in codes(page("docs/development.md")) if (match := re.fullmatch(r"make ([a-z-]+)", code))}
    assert make_targets() <= told
    assert told - make_targets() <= {"bench-upsert"}


def test_no_page_names_a_make_target_that_does_not_exist():
    for file in PAGES:
        for code in codes(file.read_text(encoding="utf-8")):
            if match := re.match(r"make ([a-z]+)\b(?!-)", code):
                assert match[1] in make_targets(), f"{file.name}: {code}"


def test_every_program_is_told():
    told = " ".join(page(str(file.relative_to(ROOT))) for file in PAGES)
    programs = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in ("db", "flows", "webapp", "deployments")
        for file in (ROOT / package).rglob("__main__.py")
    }
    assert [program for program in sorted(programs) if f"python -m {program}" not in told] == []


def test_paths_of_the_checkout_that_pages_name_exist():
    tops = ("models/", "db/", "flows/", "webapp/", "deployments/", "tests/", "docs/")
    for file in PAGES:
        for code in codes(file.read_text(encoding="utf-8")):
            if code.startswith(tops) and re.fullmatch(r"[\w./-]+", code):
                assert (ROOT / code).exists(), f"{file.name}: {code}"


def test_every_folder_of_tests_is_told():
    folders = {f"tests/{file.parent.name}/" for file in (ROOT / "tests").glob("*/*.py")}
    assert sorted(folders - codes(page("docs/development.md"))) == []
