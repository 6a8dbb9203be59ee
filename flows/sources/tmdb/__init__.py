"""The Movie Database: shows, seasons, episodes, people, lists."""
