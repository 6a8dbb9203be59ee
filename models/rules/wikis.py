"""Which wikis to look for a show's people in, before anybody has said: a first list, by the show's title.

Gathered by the system that this one replaces, and never all checked: a wiki may have moved or closed. What is stored in
`core.show_wikis` wins over it, an editor's rows over all.
"""

from functools import cache

from models.rules.titles import normal

LICENCE = "CC BY-SA"
"""What texts of a Fandom wiki are under, where the wiki itself does not say."""

_ARTICLES = ("the ",)
_FANDOM = ".fandom.com"

_FIRST = """
bachelor-nation: the bachelor; the bachelorette; bachelor in paradise; the golden bachelor; the golden bachelorette
real-housewives: the real housewives of atlanta; the real housewives of new jersey; the real housewives of new york city
real-housewives: the real housewives of beverly hills; the real housewives of miami; the real housewives of orange county
real-housewives: the real housewives of dubai; the real housewives of salt lake city; the real housewives of dallas
real-housewives: the real housewives of potomac; the real housewives of d.c.; the real housewives ultimate girls trip
vanderpump-rules: vanderpump rules; vanderpump villa; the valley
thechallenge: the challenge; the challenge: all stars; the challenge: usa
survivor: survivor
bigbrother: big brother; celebrity big brother; big brother reindeer games
loveisland: love island; love island: all stars; love island games; love island: beyond the villa
rupaulsdragrace: rupaul's drag race; rupaul's drag race all stars; rupaul's drag race global all stars
belowdeck: below deck; below deck mediterranean; below deck sailing yacht; below deck adventure; below deck down under
jerseyshore: jersey shore; jersey shore: family vacation; snooki & jwoww
kardashians: keeping up with the kardashians; the kardashians; life of kylie
loveandhiphop: love & hip hop atlanta; love & hip hop new york
amazingrace: the amazing race
toohottohandle: too hot to handle; perfect match
thecircle: the circle
dancemoms: dance moms
antm: america's next top model
badgirlsclub: bad girls club; baddies east reunion
thehills: the hills; the hills: new beginnings; laguna beach
realworld: the real world; the real world homecoming
teenmom: teen mom og
"""

_FURTHER = """
real-housewives realitytv-girl: the real housewives of atlanta; the real housewives of new jersey
real-housewives realitytv-girl: the real housewives of new york city; the real housewives of beverly hills
real-housewives realitytv-girl: the real housewives of miami; the real housewives of orange county
real-housewives realitytv-girl: the real housewives of salt lake city; the real housewives of dubai
real-housewives realitytv-girl: the real housewives of dallas; the real housewives of potomac; the real housewives of d.c.
realhousewives realitytv-girl: the real housewives ultimate girls trip; the real housewives of atlanta: kandi's wedding
realhousewives realitytv-girl: teresa checks in; porsha's family matters; kandi & the gang
vanderpumprules realhousewives realitytv-girl: vanderpump rules; the valley
vanderpumpvilla vanderpumprules realhousewives realitytv-girl: vanderpump villa
summerhousebravo realhousewives realitytv-girl: summer house
winterhouse summerhousebravo realhousewives realitytv-girl: winter house
southerncharm realhousewives realitytv-girl: southern charm; southern charm savannah
married2med realhousewives realitytv-girl: married to medicine
shahsofsunset realhousewives realitytv-girl: shahs of sunset
dontbetardy realhousewives realitytv-girl: don't be tardy
love-hip-hop realitytv-girl: love & hip hop; love and hip hop; love & hip hop atlanta; love and hip hop atlanta
love-hip-hop realitytv-girl: love & hip hop new york; love and hip hop new york; love & hip hop hollywood
love-hip-hop realitytv-girl: love and hip hop hollywood; love & hip hop miami; love and hip hop miami
belowdeck: below deck; below deck down under
belowdeckmed belowdeck: below deck mediterranean
belowdecksailingyacht belowdeck: below deck sailing yacht
belowdeckadventure belowdeck: below deck adventure
bigbrother: big brother; celebrity big brother; big brother reindeer games
survivor: survivor
theamazingrace: the amazing race
bachelor-nation thebachelor: the bachelor
bachelor-nation thebachelorette: the bachelorette
bachelor-nation: bachelor in paradise
thetraitors: the traitors; the traitors us
projectrunway: project runway; project runway all stars
topchef: top chef
masterchef: masterchef
worstcooksinamerica: worst cooks in america
dancingwiththestars: dancing with the stars
agt: america's got talent
americanidol: american idol
thevoice: the voice
sharktank: shark tank
areyousmarter: are you smarter than a celebrity
thechallenge: the challenge; the challenge: all stars; the challenge: usa
loveisland: love island; love island: all stars; love island games; love island: beyond the villa
toohottohandle: too hot to handle
perfectmatchnetflix toohottohandle: perfect match
thecircle-netflix: the circle
selling-sunset: selling sunset
selling-the-oc: selling the oc
buying-beverly-hills: buying beverly hills
dancemoms: dance moms
jerseyshore: jersey shore; jersey shore: family vacation
siestakey: siesta key
mtvrealworld: the real world
rupaulsdragrace: rupaul's drag race; rupaul's drag race all stars; rupaul's drag race global all stars
kardashians: keeping up with the kardashians; the kardashians; kourtney and khloé take miami
kardashians: kourtney and khloé take the hamptons; kourtney and kim take new york; dash dolls; i am cait; khloé & lamar
kardashians: rob & chyna; life of kylie; paris in love
antm americasnexttopmodel: america's next top model
badgirlsclub: bad girls club
houseofvillains: house of villains
themaskedsinger: the masked singer
familyfeud: celebrity family feud
milliondollarlisting: million dollar listing los angeles; million dollar listing new york
sister-wives: sister wives
love-is-blind: love is blind
botched: botched
thehills: the hills; the hills: new beginnings
theosbournes: the osbournes
thesimplelife: the simple life
exonthebeach: ex on the beach
1000lb-sisters: 1000-lb sisters
welcome-to-plathville: welcome to plathville
"""


def title_key(title: str) -> str:
    """What a title is looked up by: without case, accents, punctuation and a leading article; `&` is `and`."""
    plain = normal(title.replace("&", " and ").replace(".", ""))
    return next((plain.removeprefix(article) for article in _ARTICLES if plain.startswith(article)), plain)


@cache
def _seeds() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in (_FIRST + _FURTHER).strip().splitlines():
        wikis, colon, titles = line.partition(": ")
        if not colon:
            continue
        for title in titles.split(";"):
            found.setdefault(title_key(title), {}).update(dict.fromkeys(name + _FANDOM for name in wikis.split()))
    return {title: tuple(wikis) for title, wikis in found.items()}


def seeded(*titles: str | None) -> tuple[str, ...]:
    """The wikis of a show that goes by these titles, in the order in which to ask; the first title that is listed counts.

    `D.C.` and `DC`, `Love & Hip Hop: Atlanta` and `Love and Hip Hop Atlanta` are alike.
    """
    return next((wikis for title in titles if title and (wikis := _seeds().get(title_key(title)))), ())


def is_shared(wiki: str) -> bool:
    """Whether a wiki is known to be about more than one show, whichever of them the catalogue has."""
    return sum(wiki in wikis for wikis in _seeds().values()) > 1


def wiki_host(name: str) -> str | None:
    """The host of a wiki as others name it: `real-housewives`, `fr.survivor`, or a whole host; None for none.

    Of `fr.survivor` the articles are below a folder of `survivor`; only wikis that have a host of their own count.
    """
    name = name.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    host = name if "." in name else name + _FANDOM
    allowed = host.isascii() and all(part and part.replace("-", "").isalnum() for part in host.split("."))
    return host if allowed and host.count(".") >= 2 else None


def article_of(reference: str) -> tuple[str, str] | None:
    """Wikidata's `real-housewives:Bronwyn_Newport` as the wiki's host and the page's title."""
    name, colon, title = reference.partition(":")
    host = wiki_host(name) if colon and title.strip() else None
    return (host, page_title(title)) if host else None


def page_title(title: str) -> str:
    """A page's title as it is shown: spaces for underscores, the first letter large."""
    plain = " ".join(title.replace("_", " ").split())
    return plain[:1].upper() + plain[1:]
