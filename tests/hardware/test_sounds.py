"""Sounds come when they can and never hold anybody up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.hardware.sounds import Sound, Sounds, system_player
from documents.words import RESOURCES
from tests.hardware.simulator import until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for sound in Sound:
        (tmp_path / f"{sound.value}.wav").write_bytes(b"RIFF")
    return tmp_path


def test_sound_is_played_from_its_file(folder: Path) -> None:
    played: list[str] = []
    sounds = Sounds(folder, lambda path: played.append(path.name))
    sounds.play(Sound.YES)
    until(lambda: played == ["yes.wav"])
    sounds.close()


def test_only_the_newest_waits_while_one_plays(folder: Path) -> None:
    played: list[str] = []
    playing, go_on = threading.Event(), threading.Event()

    def slow(path: Path) -> None:
        played.append(path.stem)
        playing.set()
        assert go_on.wait(5)

    sounds = Sounds(folder, slow)
    sounds.play(Sound.READ)
    assert playing.wait(5)
    for sound in (Sound.YES, Sound.LOOK, Sound.NO):
        sounds.play(sound)
    go_on.set()
    until(lambda: played == ["read", "no"])
    sounds.close()


def test_missing_file_and_broken_player_are_silence(folder: Path) -> None:
    (folder / "no.wav").unlink()
    played: list[str] = []

    def broken(path: Path) -> None:
        played.append(path.stem)
        raise OSError("no sound card")

    sounds = Sounds(folder, broken)
    sounds.play(Sound.NO)
    sounds.play(Sound.LOOK)
    until(lambda: "look" in played)
    sounds.play(Sound.YES)
    until(lambda: "yes" in played)
    sounds.close()
    sounds.play(Sound.READ)
    assert "no" not in played


def test_every_sound_has_its_file() -> None:
    for sound in Sound:
        assert (RESOURCES / "sounds" / f"{sound.value}.wav").is_file()


def test_system_without_a_player_is_silent(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", str(folder))
    system_player()(folder / "yes.wav")
