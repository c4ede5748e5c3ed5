"""Makes the five sounds of `resources/sounds/`: `python3 tools/make_sounds.py`. Standard library only.

They differ in rhythm, not only in pitch, so that staff who hear some tones badly tell them apart.
"""

import math
import struct
import wave
from pathlib import Path

RATE = 22050
FOLDER = Path(__file__).resolve().parent.parent / "resources" / "sounds"

# Each part is (pitch in Hz, or 0 for silence; milliseconds; loudness 0 to 1; how fast it dies away, 0 = not at all).
SOUNDS = {
    "read": [(1760, 40, 0.45, 60)],
    "yes": [(784, 90, 0.55, 6), (0, 20, 0, 0), (1175, 160, 0.55, 8)],
    "look": [(659, 110, 0.6, 4), (0, 80, 0, 0), (659, 110, 0.6, 4)],
    "no": [(523, 95, 0.9, 2), (0, 30, 0, 0), (415, 95, 0.9, 2), (0, 30, 0, 0), (311, 150, 0.9, 4)],
    "kitchen": [(1568, 390, 0.6, 9)],
}
# How strong the tones above the pitch are, as parts of it: a bell's are not whole multiples.
PLAIN = ((1.0, 1.0), (2.0, 0.25), (3.0, 0.1))
BELL = ((1.0, 1.0), (2.0, 0.3), (2.76, 0.35), (5.4, 0.15))
FADE_MS = 4  # at both ends of a part, against clicks


def samples(parts: list, tones: tuple) -> list:
    whole = []
    strength = sum(part for _, part in tones)
    for pitch, milliseconds, loudness, decay in parts:
        count = RATE * milliseconds // 1000
        fade = max(1, RATE * FADE_MS // 1000)
        for n in range(count):
            at = n / RATE
            edge = min(1.0, n / fade, (count - n) / fade)
            wave_sum = sum(part * math.sin(2 * math.pi * pitch * tone * at) for tone, part in tones)
            whole.append(loudness * edge * math.exp(-decay * at) * wave_sum / strength)
    return whole


def write(name: str, values: list) -> Path:
    path = FOLDER / (name + ".wav")
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", round(value * 32767)) for value in values))
    return path


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, parts in SOUNDS.items():
        values = samples(parts, BELL if name == "kitchen" else PLAIN)
        path = write(name, values)
        print("{}: {} ms".format(path.name, 1000 * len(values) // RATE))


if __name__ == "__main__":
    main()
