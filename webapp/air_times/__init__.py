"""Air times: when a show's episodes air, so that each has a live thread in time."""
