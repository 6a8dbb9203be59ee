"""The commands of `python -m db`, a module for each subject; each has `add_to`, which adds its commands to the parser."""
