"""Full credits: from a page's data (2023 on), from its list of names, or from the tables of 2016. Pure.

The page lists the cast as one category and does not say who is an actress. Whoever has a role that begins with Self
is in the category Self, as IMDb has it elsewhere. A category that says it has more people than it lists is not complete:
the page loads the rest when somebody asks. Read without its data, nothing is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from flows.sources.imdb.answers import ImdbCredit, ImdbCredits
from flows.sources.imdb.pages.categories import CAST, SELF, category
from flows.sources.imdb.pages.document import Document, Reading, attribute, name_id, squeezed, title_id, words
from flows.sources.imdb.pages.payloads.credits import CreditCategory, CreditItem, CreditsPage, ReferenceColumn
from flows.sources.imdb.pages.values import count_of, image, widest

CREDITS = re.compile(r"/title/\[[a-z]+\]/(?:fullcredits(?:/\w+)?|reference)/?")

_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_YEARS = re.compile(r"(\d{4})(?:\s*[–-]\s*(\d{4})?)?")
_EPISODES = re.compile(r"(\d[\d,]*)\s+(?:eps?\b|episodes?\b)")
_CREDIT = re.compile(r"\((uncredited|credit only|archive (?:footage|sound)|as .*|voice|unconfirmed|scenes deleted)\)")


def parse_credits(text: str, url: str = "") -> ImdbCredits:
    """Read a full-credits page, or the credits of a reference page.

    Raises:
        NotThisPage: it is another page.
        MalformedAnswer: a field is not what it ever was; names it.
    """
    return read_credits(Document(text, url)).answer


def read_credits(page: Document) -> Reading[ImdbCredits]:
    """The same, with how the page departs from what such pages are known to hold."""
    page.expect("a full-credits page", CREDITS)
    content, column = page.props.get("contentData"), page.props.get("mainColumnData")
    if isinstance(content, dict) and "categories" in content:
        payload = CreditsPage.parse(content, page.url)
        return _sure(Reading.of(_of_data(payload.entityMetadata.id, payload.categories), payload))
    if isinstance(column, dict) and "categories" in column:
        # All else in it is the reader's of titles.
        only = ReferenceColumn.parse({name: column[name] for name in ("id", "categories") if name in column}, page.url)
        return _sure(Reading.of(_of_data(only.id, only.categories), only))
    return _sure(Reading.of(_of_list(page) or _of_tables(page), None))


def _sure(reading: Reading[ImdbCredits]) -> Reading[ImdbCredits]:
    """A page that lacks what it always had may lack people, too: nothing on it is complete."""
    if not reading.drift["missing"]:
        return reading
    return Reading(replace(reading.answer, is_complete=False, complete_categories=()), reading.drift)


def _of_data(imdb_id: str, categories: tuple[CreditCategory, ...]) -> ImdbCredits:
    found: list[ImdbCredit] = []
    complete: list[str] = []
    for listed in categories:
        name = category(listed.name, listed.id)
        total = listed.section.total
        rows = listed.section.items
        found += [_of_item(name, listed.id, place, item) for place, item in enumerate(rows, 1)]
        if total is not None and len(rows) >= total:
            complete.append(name)
    totals = [listed.section.total for listed in categories]
    known = [total for total in totals if total is not None]
    return _whole(imdb_id, found, complete, len(categories), sum(known) if len(known) == len(totals) else None)


def _of_item(name: str, id: str, place: int, item: CreditItem) -> ImdbCredit:
    job, attributes = _parted(item.attributes or "")
    episodic = item.episodicCreditData
    years = _years(episodic.tenureText) if episodic else None
    episodes = None
    if episodic:
        episodes = episodic.episodeCount if episodic.episodeCount is not None else _count(episodic.episodesText)
    picture = item.imageProps.imageModel if item.imageProps else None
    return ImdbCredit(
        person_id=item.id,
        name=squeezed(item.rowTitle),
        category=_category(name, item.characters),
        category_id=id,
        job=job,
        characters=tuple(squeezed(character) for character in item.characters if character.strip()),
        attributes=attributes,
        episodes=episodes,
        years=years,
        billing_order=place,
        image=picture.image if picture else None,
    )


def _whole(
    imdb_id: str, found: list[ImdbCredit], complete: list[str], categories: int, total: int | None
) -> ImdbCredits:
    """The answer; people of the cast who are there as themselves make a category of their own."""
    names = list(dict.fromkeys([*complete, SELF] if CAST in complete else complete))
    return ImdbCredits(
        imdb_id=imdb_id,
        credits=tuple(found),
        is_complete=bool(found) and len(complete) == categories,
        complete_categories=tuple(names),
        total=total,
    )


def _category(name: str, characters: tuple[str, ...]) -> str:
    themselves = name == CAST and any(character.casefold().startswith("self") for character in characters)
    return SELF if themselves else name


def _parted(text: str) -> tuple[str | None, tuple[str, ...]]:
    """A job, and the words in brackets beside it: `written by (as The Wachowski Brothers) &`."""
    attributes = tuple(inside for match in _BRACKETS.finditer(text) if (inside := squeezed(match[1])))
    job = re.sub(r"(?:\s*(?:&|\band\b)|[\s/,])+$", "", squeezed(_BRACKETS.sub(" ", text)))
    return job or None, attributes


def _count(text: str | None) -> int | None:
    match = _EPISODES.search(text or "")
    return count_of(match[1]) if match else None


def _years(text: str | None) -> tuple[int, int] | None:
    """First and last year; of an open range, both are the first."""
    match = _YEARS.search(text or "")
    return (int(match[1]), int(match[2] or match[1])) if match else None


def _of_list(page: Document) -> ImdbCredits | None:
    """A page of 2023 on without its data: a section for each category, a list item for each person."""
    imdb_id = title_id(page.canonical)
    sections = page.tree.css('[data-testid^="sub-section-"]')
    rows = [(section, section.css('li[data-testid="name-credits-list-item"]')) for section in sections]
    if not imdb_id or not any(items for _, items in rows):
        return None
    found: list[ImdbCredit] = []
    complete: list[str] = []
    for section, items in rows:
        id = (attribute(section, "data-testid") or "").removeprefix("sub-section-")
        name = category(_heading(page, section, id), id)
        listed = [credit for place, item in enumerate(items, 1) if (credit := _of_row(name, id, place, item))]
        found += listed
        # Where there are more, a button under the list says so.
        if len(listed) == len(items) and section.css_first("button.ipc-see-more__button, .ipc-see-more") is None:
            complete.append(name)
    return _whole(imdb_id, found, complete, len(sections), None)


def _heading(page: Document, section: LexborNode, id: str) -> str:
    """A section's name: its heading or, where that stands elsewhere, the option that jumps to it."""
    anchor = page.tree.css_first(f'span[id="{id}"]') or page.tree.css_first(f'option[value="#{id}"]')
    above = section.parent.css_first("h3") if section.parent is not None else None
    return words(anchor) or words(above) or id


def _of_row(name: str, id: str, place: int, row: LexborNode) -> ImdbCredit | None:
    link = next((a for a in row.css('a[href*="/name/nm"]') if words(a)), None)
    person_id, person = name_id(attribute(link, "href")), words(link)
    if not person_id or not person:
        return None
    roles = row.css('a[href*="/characters/"]')
    characters = tuple(dict.fromkeys(role for link in roles if (role := words(link))))
    rest = words(row) or ""
    picture = row.css_first("img")
    _, attributes = _parted(" ".join(match[0] for match in _CREDIT.finditer(rest)))
    counted = _EPISODES.search(rest)
    return ImdbCredit(
        person_id=person_id,
        name=person,
        category=_category(name, characters),
        category_id=id,
        characters=characters,
        attributes=attributes,
        episodes=_count(rest),
        years=_years(rest[counted.end() :]) if counted else None,
        billing_order=place,
        image=image(widest(attribute(picture, "srcset"), attribute(picture, "src"))),
    )


def _of_tables(page: Document) -> ImdbCredits:
    """The layout of 2016: a heading and a table for each category, all people of it in the page."""
    imdb_id = title_id(page.canonical)
    content = page.tree.css_first("#fullcredits_content")
    if not imdb_id or content is None:
        raise page.refusal("it lists no credits")
    found: list[ImdbCredit] = []
    names: list[str] = []
    heading = ""
    for node in content.iter():
        if node.tag == "h4":
            heading = re.sub(r"\s*\(in (?:credits|alphabetical) order\).*$", "", words(node) or "")
        elif node.tag == "table" and heading:
            name = category(heading)
            rows = list(_table(name, node))
            found += rows
            if rows:
                names.append(name)
    if not found:
        raise page.refusal("it lists no credits")
    return _whole(imdb_id, found, names, len(names), None)


def _table(name: str, table: LexborNode) -> Iterator[ImdbCredit]:
    place = 0
    for row in table.css("tr"):
        link = next((a for a in row.css('a[href*="/name/nm"]') if words(a)), None)
        person_id, person = name_id(attribute(link, "href")), words(link)
        if not person_id or not person:
            continue
        place += 1
        last = row.css_first("td.character") or row.css_first("td.credit")
        picture = row.css_first("td.primary_photo img")
        text = words(last) or ""
        characters, job, attributes, episodes, years = _told(text, is_cast=name == CAST)
        yield ImdbCredit(
            person_id=person_id,
            name=person,
            category=_category(name, characters),
            job=job,
            characters=characters,
            attributes=attributes,
            episodes=episodes,
            years=years,
            billing_order=place,
            image=image(attribute(picture, "loadlate")),
        )


def _told(
    text: str, *, is_cast: bool
) -> tuple[tuple[str, ...], str | None, tuple[str, ...], int | None, tuple[int, int] | None]:
    """What a cell of the tables says: of the cast characters and words in brackets, of others a job in brackets.

    `Rick Grimes / ... (94 episodes, 2010-2016)`, `(executive producer) (as Jane Doe)`.
    """
    outside, inside = _parted(text)
    counted = next((word for word in inside if _EPISODES.search(word)), None)
    if is_cast:
        attributes = tuple(word for word in inside if word is not counted)
        roles = (squeezed(role) for role in (outside or "").split(" / "))
        characters = tuple(role for role in roles if role and role != "...")
        return characters, None, attributes, _count(counted), _years(_after(counted))
    marks = tuple(word for word in inside if _CREDIT.fullmatch(f"({word})"))
    jobs = [word for word in inside if word not in marks and word is not counted]
    return (), "; ".join(jobs) or outside, marks, _count(counted), _years(_after(counted))


def _after(counted: str | None) -> str | None:
    return counted.partition(",")[2] if counted else None
