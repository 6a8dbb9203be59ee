"""BlurHash (https://github.com/woltapp/blurhash, Algorithm.md): a picture in a few letters, which a client draws a blur from
while the picture itself is still on its way.
"""

import math
from collections.abc import Sequence

Colour = tuple[int, int, int]

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
ACROSS, DOWN = 4, 3


def blurhash(pixels: Sequence[Colour], width: int, height: int, across: int = ACROSS, down: int = DOWN) -> str:
    """The hash of a small picture, given as its pixels (sRGB, 0 to 255) line by line."""
    light = [tuple(_LINEAR[part] for part in pixel) for pixel in pixels]
    waves_x = [[math.cos(math.pi * i * x / width) for x in range(width)] for i in range(across)]
    waves_y = [[math.cos(math.pi * j * y / height) for y in range(height)] for j in range(down)]
    factors: list[list[float]] = []
    for wave_y in waves_y:
        for wave_x in waves_x:
            weights = [a * b for a in wave_y for b in wave_x]
            scale = (1 if not factors else 2) / (width * height)
            factors.append([
                scale * sum(w * p[part] for w, p in zip(weights, light, strict=True)) for part in (0, 1, 2)
            ])  # fmt: skip
    mean, waves = factors[0], factors[1:]
    largest = max((abs(part) for wave in waves for part in wave), default=0.0)
    step = max(0, min(82, math.floor(largest * 166 - 0.5))) if waves else 0
    most = (step + 1) / 166 if waves else 1.0
    red, green, blue = (_encoded(part) for part in mean)
    hashed = _letters(across - 1 + (down - 1) * 9, 1) + _letters(step, 1)
    hashed += _letters((red << 16) + (green << 8) + blue, 4)
    for wave in waves:
        red, green, blue = (max(0, min(18, math.floor(_root(part / most) * 9 + 9.5))) for part in wave)
        hashed += _letters(red * 361 + green * 19 + blue, 2)
    return hashed


def _linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


_LINEAR = [_linear(value) for value in range(256)]


def _encoded(part: float) -> int:
    part = max(0.0, min(1.0, part))
    return int((part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _root(part: float) -> float:
    return math.copysign(abs(part) ** 0.5, part)


def _letters(value: int, count: int) -> str:
    return "".join(LETTERS[value // 83**place % 83] for place in reversed(range(count)))
