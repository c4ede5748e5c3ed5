"""A guest is found while the name is typed: by each beginning of it, in either script, with any article."""

import pytest

from domain.guest import index, wanted
from tests.domain.test_fold import GROUPS

# An article alone says nothing of a name that is kept without one.
ARTICLES = ("ال", "آل", "آل-")


def finds(typed: str, name: str) -> bool:
    said, groups = index((("name", name),)), wanted(typed)
    return bool(groups) and all(any(piece in said for piece in sought.pieces) for sought in groups)


def missed(typed: str, name: str) -> list[str]:
    """The beginnings of what is typed, of two letters and more, that do not find the name."""
    return [typed[:end] for end in range(2, len(typed) + 1) if not finds(typed[:end], name)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[1])
def test_each_beginning_of_a_name_finds_it_in_the_other_script(names: list[str]) -> None:
    arabic = [name for name in names if not name.isascii() and name != "José"]
    latin = [name for name in names if name not in arabic]
    assert [miss for name in arabic for other in latin for miss in missed(other, name)] == []
    found_late = {miss for name in arabic for other in latin for miss in missed(name, other)}
    assert found_late <= set(ARTICLES)


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("فهد", "Fahad"), ("فيصل", "Faisal"), ("إبراهيم", "Ibrahim"), ("شهد", "Shahad"), ("ضياء", "Ziya"),
        ("رضا", "Reza"), ("عبد الرحمن", "Abdul Rahman"), ("عبدالرحمن", "Abdur-Rahman"), ("هشام", "Hisham"),
        ("عبدالسلام", "Abd-us-Salam"), ("عبدالشكور", "Abdush Shakur"), ("سارة القحطاني", "Sara Al-Qahtani"),
    ],
)  # fmt: skip
def test_and_so_do_these(arabic: str, latin: str) -> None:
    assert (missed(arabic, latin), missed(latin, arabic)) == ([], [])


@pytest.mark.parametrize(
    ("typed", "name"),
    [("القح", "Qahtani"), ("الق", "Qahtani"), ("الشم", "Shammari"), ("الع", "Otaibi"), ("Al-Q", "Qahtani"),
     ("Al", "Al-Harbi"), ("ال", "Al-Harbi"), ("ال", "Az-Zahrani"), ("Az", "Al-Zahrani"), ("Haya", "حياة")],
)  # fmt: skip
def test_an_article_hides_no_name(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize(
    ("arabic", "spoken", "bare"),
    [
        ("الزهراني", "Az", "Zahrani"), ("الدوسري", "Ad", "Dosari"), ("الشمري", "Ash", "Shammari"),
        ("الظاهري", "Adh", "Dhaheri"), ("التميمي", "At", "Tamimi"), ("الناصر", "An", "Nasser"),
        ("الراشد", "Ar", "Rashid"), ("السالم", "As", "Salem"), ("الثبيتي", "Ath", "Thubaiti"),
        ("الطريقي", "At", "Turaiqi"), ("الصالح", "As", "Saleh"), ("اللحياني", "Al", "Lihyani"),
    ],
)  # fmt: skip
def test_an_article_is_found_as_it_is_spoken_and_as_it_is_written(
    arabic: str, spoken: str, bare: str
) -> None:
    """With a hyphen, with a space and together; for each other, for the Arabic name, and for the name alone."""
    one = f"E{spoken[1:]}-{bare}", f"{spoken}-{bare}", f"{spoken} {bare}", f"{spoken}{bare.lower()}"
    other = f"Al-{bare}", f"El {bare}", f"Al{bare.lower()}", bare, arabic
    every = (*one, *other)
    assert [(typed, name) for typed in every for name in every if not finds(typed, name)] == []
    with_article = [name for name in every if name != bare]
    assert [(miss, name) for typed in one for name in with_article for miss in missed(typed, name)] == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ali", "Omar"), ("علي", "Omar"), ("آلاء", "Omar"), ("Ella", "Lina"), ("Alma", "Mona"), ("Faha", "Fatima"),
     ("Haya", "Huda"), ("مي", "Mona"), ("Azzam", "Mona"), ("Noha", "Nora"), ("Anna", "Nora"), ("Zahrani", "Zaki")],
)  # fmt: skip
def test_what_is_typed_finds_no_name_that_goes_otherwise(typed: str, name: str) -> None:
    assert not finds(typed, name)
