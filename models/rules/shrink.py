"""When something that an upstream answers got suspiciously small: it is then believed to be broken, not changed."""

SHARE = 0.3
AT_LEAST = 3


def shrank(before: int, after: int) -> bool:
    """Whether a list, a show's episodes or its credits lost too much at once: three or more, and over three tenths."""
    return before - after >= AT_LEAST and after < before * (1 - SHARE)
