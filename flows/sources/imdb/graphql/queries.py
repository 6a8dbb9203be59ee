"""What IMDb's GraphQL endpoint is asked: the texts of the queries, in full, so that no hash of theirs can expire.

Field names and argument types are those of IMDb's schema. A connection wants exactly one of `first` and `last`; 250 is a
page that it grants. A cursor is an `ID` everywhere but in a list, where it is a `String`.
"""

from dataclasses import dataclass

_IMAGE = "{ id url width height type caption { plainText } }"

_TITLE = f"""
    id
    titleText {{ text }}
    originalTitleText {{ text }}
    titleType {{ id canHaveEpisodes }}
    releaseYear {{ year endYear }}
    releaseDate {{ year month day }}
    runtime {{ seconds }}
    plot {{ plotText {{ plainText }} }}
    ratingsSummary {{ aggregateRating voteCount }}
    certificate {{ rating }}
    titleGenres {{ genres {{ genre {{ text }} }} }}
    primaryImage {_IMAGE}
    series {{ series {{ id }} episodeNumber {{ seasonNumber episodeNumber }} }}
"""
"""What is asked of a title, on its own or as an entry of a list."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query by name and text. `connection` is the path from `data` to what has `total`, `pageInfo` and `edges`."""

    name: str
    text: str
    connection: tuple[str, ...]


LIST = Query(
    "ListItems",
    f"""query ListItems($id: ID!, $first: Int!, $after: String) {{
  list(id: $id) {{
    id
    name {{ originalText }}
    description {{ originalText {{ plainText }} }}
    titleListItemSearch(first: $first, after: $after, sort: {{ by: LIST_ORDER, order: ASC }}) {{
      total
      pageInfo {{ hasNextPage endCursor }}
      edges {{
        node {{ itemId absolutePosition description {{ originalText {{ plainText }} }} }}
        listItem: title {{ {_TITLE} episodes {{ episodes(first: 0) {{ total }} }} }}
      }}
    }}
  }}
}}""",
    ("list", "titleListItemSearch"),
)

TITLE = Query(
    "TitleFacts",
    f"""query TitleFacts($id: ID!) {{
  title(id: $id) {{
    {_TITLE}
    keywords(first: 100) {{ total edges {{ node {{ text }} }} }}
    interests(first: 50) {{ edges {{ node {{ id primaryText {{ text }} }} }} }}
    episodes {{
      isOngoing
      episodes(first: 0) {{ total }}
      displayableSeasons(first: 250) {{ total edges {{ node {{ season }} }} }}
    }}
  }}
}}""",
    (),
)

EPISODES = Query(
    "TitleEpisodes",
    f"""query TitleEpisodes($id: ID!, $first: Int!, $after: ID, $filter: EpisodesFilter) {{
  title(id: $id) {{
    id
    titleType {{ id canHaveEpisodes }}
    episodes {{
      isOngoing
      displayableSeasons(first: 250) {{ total edges {{ node {{ season }} }} }}
      episodes(first: $first, after: $after, filter: $filter, sort: {{ by: EPISODE_THEN_RELEASE, order: ASC }}) {{
        total
        pageInfo {{ hasNextPage endCursor }}
        edges {{
          node {{
            id
            titleText {{ text }}
            plot {{ plotText {{ plainText }} }}
            releaseDate {{ year month day }}
            ratingsSummary {{ aggregateRating voteCount }}
            primaryImage {_IMAGE}
            series {{ episodeNumber {{ seasonNumber episodeNumber }} }}
          }}
        }}
      }}
    }}
  }}
}}""",
    ("title", "episodes", "episodes"),
)

CREDITS = Query(
    "TitleCredits",
    f"""query TitleCredits($id: ID!, $first: Int!, $after: ID) {{
  title(id: $id) {{
    id
    credits(first: $first, after: $after) {{
      total
      pageInfo {{ hasNextPage endCursor }}
      edges {{
        node {{
          __typename
          name {{ id nameText {{ text }} primaryImage {_IMAGE} }}
          category {{ id text }}
          ... on Cast {{
            characters {{ name }}
            attributes {{ text }}
            episodeCredits(first: 0) {{ total yearRange {{ year endYear }} }}
          }}
          ... on Crew {{
            jobDetails {{ job {{ text }} attributes {{ text }} }}
            episodeCredits(first: 0) {{ total yearRange {{ year endYear }} }}
          }}
        }}
      }}
    }}
  }}
}}""",
    ("title", "credits"),
)

_EPISODES_OF = "episodeCredits(first: $first, after: $after) { total pageInfo { hasNextPage endCursor } edges { node"
_EPISODE = (
    "title { id titleText { text } releaseYear { year } series { episodeNumber { seasonNumber episodeNumber } } }"
)

APPEARANCES = Query(
    "EpisodeCredits",
    f"""query EpisodeCredits($id: ID!, $filter: TitleCreditsFilter!, $first: Int!, $after: ID) {{
  title(id: $id) {{
    id
    credits(first: 50, filter: $filter) {{
      total
      pageInfo {{ hasNextPage endCursor }}
      edges {{
        node {{
          __typename
          name {{ id }}
          category {{ id text }}
          ... on Cast {{
            characters {{ name }}
            attributes {{ text }}
            {_EPISODES_OF} {{ {_EPISODE} characters {{ name }} attributes {{ text }} }} }} }}
          }}
          ... on Crew {{
            jobDetails {{ job {{ text }} attributes {{ text }} }}
            {_EPISODES_OF} {{ {_EPISODE} }} }} }}
          }}
        }}
      }}
    }}
  }}
}}""",
    ("title", "credits"),
)
"""A person's credits in the episodes of a title, one node for each category.

`$filter` is `{names: [nm...]}`, and for the further pages of one category `{names: [nm...], categories: [its id]}`.
"""

_IMAGES = """images(first: $first, after: $after) {
      total
      pageInfo { hasNextPage endCursor }
      edges {
        position
        node {
          id
          url
          width
          height
          type
          caption { plainText }
          names { id nameText { text } }
          titles { id titleText { text } }
        }
      }
    }"""

TITLE_IMAGES = Query(
    "TitleImages",
    f"""query TitleImages($id: ID!, $first: Int!, $after: ID) {{
  title(id: $id) {{
    id
    {_IMAGES}
  }}
}}""",
    ("title", "images"),
)

PERSON_IMAGES = Query(
    "NameImages",
    f"""query NameImages($id: ID!, $first: Int!, $after: ID) {{
  name(id: $id) {{
    id
    {_IMAGES}
  }}
}}""",
    ("name", "images"),
)
