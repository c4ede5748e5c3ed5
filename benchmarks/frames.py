"""Camera frames made from a fixed seed: QR codes as a webcam sees them, pictures without a code, short clips."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray

from app.hardware.decoding import vision

Grey = NDArray[np.uint8]
Chance = np.random.Generator
HD, FULL_HD = (1280, 720), (1920, 1080)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LENGTHS = (60, 120, 200, 300)
SEED = 20_261_124


@dataclass(frozen=True, slots=True)
class Frame:
    condition: str
    text: str
    picture: Grey


def text_of(chance: Chance, length: int) -> str:
    return "".join(LETTERS[int(index)] for index in chance.integers(0, len(LETTERS), length))


def code(text: str, *, module: int = 8, error: str = "m") -> Grey:
    """The code with its quiet zone, black on white, `module` pixels a module."""
    matrix = segno.make(text, error=error, micro=False, boost_error=False).matrix_iter(border=4)
    bits = np.array([list(row) for row in matrix], dtype=np.uint8)
    made: Grey = np.kron(255 * (1 - bits), np.ones((module, module))).astype(np.uint8)
    return made


def scene(chance: Chance, size: tuple[int, int]) -> Grey:
    """A desk, shelves, a face-like blob, hard edges and print: what is behind a ticket, without any code."""
    cv2, (width, height) = vision(), size
    low = chance.integers(60, 200, (5, 8), dtype=np.uint8)
    picture = cv2.resize(low, size, interpolation=cv2.INTER_CUBIC)
    for _ in range(int(chance.integers(6, 18))):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height))
        far = (x + int(chance.integers(20, width // 3)), y + int(chance.integers(20, height // 3)))
        cv2.rectangle(picture, (x, y), far, int(chance.integers(0, 255)), int(chance.choice([-1, 2, 3])))
    for _ in range(int(chance.integers(4, 14))):
        where = (int(chance.integers(0, width)), int(chance.integers(0, height)))
        words = text_of(chance, int(chance.integers(4, 16)))
        cv2.putText(
            picture,
            words,
            where,
            cv2.FONT_HERSHEY_SIMPLEX,
            float(chance.uniform(0.5, 2)),
            int(chance.integers(0, 255)),
            2,
        )
    middle = (int(chance.integers(0, width)), int(chance.integers(0, height)))
    cv2.ellipse(picture, middle, (height // 6, height // 4), 0, 0, 360, int(chance.integers(120, 220)), -1)
    return noisy(cv2.GaussianBlur(picture, (0, 0), 0.8), chance, 3.0)


def noisy(picture: Grey, chance: Chance, strength: float) -> Grey:
    made: Grey = np.clip(picture + chance.normal(0, strength, picture.shape), 0, 255).astype(np.uint8)
    return made


def placed(background: Grey, ticket: Grey, corners: NDArray[np.float32]) -> Grey:
    """The ticket drawn onto the background with its corners there."""
    cv2 = vision()
    side, tall = ticket.shape[1], ticket.shape[0]
    source = np.array([[0, 0], [side, 0], [side, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    size = (background.shape[1], background.shape[0])
    warped = cv2.warpPerspective(ticket, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(ticket, 255), matrix, size)
    made: Grey = np.where(mask > 127, warped, background)
    return made


def square(
    chance: Chance, size: tuple[int, int], side: float, *, turn: float = 0.0, tilt: float = 0.0
) -> NDArray[np.float32]:
    """Corners of a square of `side` pixels somewhere inside, turned (radians) and pulled out of shape by `tilt`."""
    width, height = size
    reach = side * (0.5 if turn == 0 else 0.71) + side * tilt
    middle = [chance.uniform(reach, max(reach + 1, length - reach)) for length in (width, height)]
    half = side / 2
    points = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    pulled = points @ rotation.T + chance.uniform(-tilt, tilt, (4, 2)) * side
    corners: NDArray[np.float32] = (pulled + middle).astype(np.float32)
    return corners


def wrapped(ticket: Grey, half_angle: float) -> Grey:
    """As on a wrist: the code's half width covers `half_angle` radians of a cylinder seen from the front."""
    cv2 = vision()
    tall, wide = ticket.shape
    across = np.linspace(-math.sin(half_angle), math.sin(half_angle), wide)
    x = (np.arcsin(across) / half_angle + 1) / 2 * (wide - 1)
    grid = np.meshgrid(x, np.arange(tall))
    made = cv2.remap(ticket, grid[0].astype(np.float32), grid[1].astype(np.float32), cv2.INTER_LINEAR)
    shade = 1 - 0.35 * (across / math.sin(half_angle)) ** 2
    return _any((made * shade).astype(np.uint8))


def _defocus(picture: Grey, chance: Chance) -> Grey:
    return _any(vision().GaussianBlur(picture, (0, 0), float(chance.uniform(1.5, 3.8))))


def _motion(picture: Grey, chance: Chance) -> Grey:
    length, angle = int(chance.integers(4, 10)), float(chance.uniform(0, math.pi))
    kernel = np.zeros((length, length), np.float32)
    for step in np.linspace(-length / 2, length / 2, 4 * length):
        x, y = length / 2 + step * math.cos(angle) * 0.98, length / 2 + step * math.sin(angle) * 0.98
        kernel[min(length - 1, max(0, int(y))), min(length - 1, max(0, int(x)))] = 1
    return _any(vision().filter2D(picture, -1, kernel / kernel.sum()))


def _noise(picture: Grey, chance: Chance) -> Grey:
    return noisy(picture, chance, float(chance.uniform(30, 70)))


def _low_light(picture: Grey, chance: Chance) -> Grey:
    dim = (picture * chance.uniform(0.06, 0.2)).astype(np.uint8)
    return noisy(dim, chance, float(chance.uniform(4, 9)))


def _glare(picture: Grey, chance: Chance) -> Grey:
    tall, wide = picture.shape
    y, x = np.mgrid[0:tall, 0:wide]
    spot = np.exp(
        -(
            ((x - chance.uniform(0, wide)) ** 2 + (y - chance.uniform(0, tall)) ** 2)
            / (2 * (tall * chance.uniform(0.1, 0.26)) ** 2)
        )
    )
    return _any(np.clip(picture + spot * 300, 0, 255).astype(np.uint8))


def _moire(picture: Grey, chance: Chance) -> Grey:
    tall, wide = picture.shape
    y, x = np.mgrid[0:tall, 0:wide]
    waves = (
        np.sin(x * chance.uniform(1.5, 2.8))
        + np.sin(y * chance.uniform(1.5, 2.8))
        + np.sin((x + y) * chance.uniform(0.02, 0.06))
    )
    return _any(np.clip(picture * 0.85 + 12 * waves + 15, 0, 255).astype(np.uint8))


def _any(picture: Any) -> Grey:
    made: Grey = picture
    return made


Spoil = Callable[[Grey, Chance], Grey]
EASY = ("clean", "perspective", "moire")
SPOILED: dict[str, Spoil] = {
    "defocus": _defocus,
    "motion": _motion,
    "noise": _noise,
    "low light": _low_light,
    "glare": _glare,
    "moire": _moire,
}
CONDITIONS = ("clean", "perspective", "wristband", *SPOILED)


def frames(size: tuple[int, int], each: int) -> Iterator[Frame]:
    """`each` frames of every condition: codes of 60 to 300 letters, 20 to 65 % of the frame's height."""
    for at, condition in enumerate(CONDITIONS):
        chance = np.random.default_rng([SEED, size[0], at])
        for number in range(each):
            text = text_of(chance, LENGTHS[number % len(LENGTHS)])
            yield Frame(condition, text, _shown(condition, text, size, chance))


def _shown(condition: str, text: str, size: tuple[int, int], chance: Chance) -> Grey:
    ticket = code(text)
    side = size[1] * float(chance.uniform(0.2, 0.65))
    turn, tilt = (
        (float(chance.uniform(0, 2 * math.pi)), 0.12)
        if condition == "perspective"
        else (float(chance.uniform(-0.2, 0.2)), 0.02)
    )
    if condition == "wristband":
        ticket = wrapped(ticket, float(chance.uniform(0.35, 0.85)))
    picture = placed(scene(chance, size), ticket, square(chance, size, side, turn=turn, tilt=tilt))
    picture = _any(vision().GaussianBlur(picture, (0, 0), 0.6))
    if condition in SPOILED:
        picture = SPOILED[condition](picture, chance)
    return noisy(picture, chance, 2.0)


def empty(size: tuple[int, int], count: int) -> list[Grey]:
    """Frames without a code."""
    chance = np.random.default_rng([SEED, size[0], 99])
    return [scene(chance, size) for _ in range(count)]


def small(width: int, count: int) -> list[Frame]:
    """Ticket codes as they are (151 letters, version 6-M), `width` pixels wide with the quiet zone, mildly spoiled."""
    chance = np.random.default_rng([SEED, width])
    made = []
    for _ in range(count):
        text = text_of(chance, 151)
        picture = placed(
            scene(chance, HD), code(text), square(chance, HD, width, turn=float(chance.uniform(-0.1, 0.1)))
        )
        blurred = vision().GaussianBlur(picture, (0, 0), float(chance.uniform(0.4, 0.7)))
        made.append(Frame("small", text, noisy(blurred, chance, 2.0)))
    return made


def clip(number: int, length: int = 60) -> tuple[str, list[Grey]]:
    """30 frames a second: a code slides in, settles, and comes into focus."""
    chance = np.random.default_rng([SEED, 7, number])
    text = text_of(chance, (60, 120, 151)[number % 3])
    background, ticket = scene(chance, HD), code(text)
    side, turn = float(chance.uniform(230, 420)), float(chance.uniform(-0.4, 0.4))
    rest = square(chance, HD, side, turn=turn, tilt=0.03)
    come, start = (
        int(chance.integers(12, 22)),
        np.array([float(chance.choice([-700, 700])), float(chance.uniform(-200, 200))]),
    )
    shots = []
    for step in range(length):
        left = max(0.0, 1 - step / come)
        picture = placed(background, ticket, (rest + start * left).astype(np.float32))
        speed = abs(start[0]) / come if left > 0 else 0.0
        blur = 0.6 + 2.6 * max(0.0, 1 - max(0, step - come) / 10)
        picture = _any(vision().GaussianBlur(picture, (0, 0), blur))
        if speed > 4:
            picture = _any(vision().blur(picture, (int(speed), 1)))
        shots.append(noisy(picture, chance, 3.0))
    return text, shots
