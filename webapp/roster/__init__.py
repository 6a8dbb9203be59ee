"""The roster: what people are in a show or in a season, as editors of ours say."""
