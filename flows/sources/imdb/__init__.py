"""IMDb: its list exports."""
