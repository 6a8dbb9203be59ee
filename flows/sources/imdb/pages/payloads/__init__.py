"""What the data of IMDb's pages looks like, by kind of page."""
