"""The one table of colours, and the look made from it: palette, fonts, scale and direction.

Nothing else in the tree names a colour; `sheet.py` turns a look into QSS, painters ask `Look.colour`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.views.widgets.sheet import style_sheet

THEMES = ("light", "dark", "contrast")
SCALES = (90, 100, 115, 130)

_TABLE = """
bg             #F3F5F8 #0D141B #000000
surface        #FFFFFF #17212B #000000
surface2       #E9EDF2 #22303D #1A1A1A
sunken         #F8FAFB #121B24 #000000
border         #D6DDE4 #314252 #FFFFFF
border2        #7C8996 #7B8B9A #FFFFFF
text           #13202C #EDF2F6 #FFFFFF
text2          #46535F #B7C4D0 #FFFFFF
text3          #5F6C79 #97A6B4 #E6E6E6
disabled       #98A3AE #5F6E7C #9A9A9A
accent         #0B5CAD #62B1F6 #6CD0FF
accenthover    #094C91 #82C2F9 #9DE0FF
accentpressed  #073D75 #A3D3FB #FFFFFF
onaccent       #FFFFFF #06213A #000000
accentbg       #E5F0FA #14334F #00324A
accenttext     #0A4F95 #8CC8FA #9DE0FF
ok             #006B57 #4FD9C0 #6BFFE0
okbg           #DFF3EE #0C332D #003D36
okfill         #007A63 #2FC7AE #52E8CF
onok           #FFFFFF #06140F #000000
warn           #7F4A00 #FFC555 #FFE066
warnbg         #FFF0D1 #3B2B0A #3D3000
warnfill       #F5AE17 #FFC94D #FFE680
onwarn         #1F1500 #1F1500 #000000
bad            #A31518 #FF8B82 #FFA8A0
badbg          #FCE6E4 #43191A #4D0A06
badfill        #951414 #C62F38 #F0616B
onbad          #FFFFFF #FFFFFF #000000
purple         #6941A5 #C0A3F2 #C0A3F2
purplebg       #EFE8FA #2E2346 #2E2346
rail           #0F2030 #081018 #000000
railtext       #B3C2D0 #9FB0C0 #FFFFFF
railactive     #21405B #1A3147 #00324A
railmark       #62B1F6 #62B1F6 #FFE600
railstrong     #FFFFFF #FFFFFF #FFFFFF
focus          #0B5CAD #62B1F6 #FFE600
"""
TOKENS: dict[str, dict[str, str]] = {theme: {} for theme in THEMES}
for _line in _TABLE.strip().splitlines():
    _token, *_values = _line.split()
    for _theme, _value in zip(THEMES, _values, strict=True):
        TOKENS[_theme][_token] = _value

LATIN, ARABIC = "IBM Plex Sans", "IBM Plex Sans Arabic"


@dataclass(frozen=True, slots=True)
class Look:
    """How everything looks now. `px` scales a design size; `colour` reads the token table.

    `close` is set where the window is so narrow for the size of its type that things must draw together.
    """

    theme: str = "light"
    scale: int = 100
    rtl: bool = False
    close: bool = False

    def px(self, size: float) -> int:
        return round(size * self.scale / 100)

    def colour(self, token: str) -> str:
        return TOKENS[self.theme][token]

    def paint(self, token: str) -> QColor:
        return QColor(self.colour(token))

    @property
    def families(self) -> tuple[str, str]:
        return (ARABIC, LATIN) if self.rtl else (LATIN, ARABIC)

    @property
    def start(self) -> Qt.AlignmentFlag:
        """The side where reading starts. Absolute: a label of digits alone would pick its own side in Arabic."""
        return start_of(rtl=self.rtl)

    @property
    def end(self) -> Qt.AlignmentFlag:
        return start_of(rtl=not self.rtl)

    def font(self, size: float, weight: int = 400) -> QFont:
        font = QFont(list(self.families))
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight(weight))
        return font


def load_fonts(folder: Path) -> int:
    """Adds every font file of `folder`; how many were usable."""
    files: Iterable[Path] = sorted(folder.rglob("*.ttf")) if folder.is_dir() else ()
    return sum(QFontDatabase.addApplicationFont(str(file)) >= 0 for file in files)


def start_of(*, rtl: bool) -> Qt.AlignmentFlag:
    """The side where words of a language start, whatever the language of the screen."""
    side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute


def apply_look(app: QApplication, look: Look) -> None:
    """Puts the look on the whole application: base style, palette, font, direction, style sheet."""
    sheet = style_sheet(look)
    if app.styleSheet() == sheet:  # setting it again would polish every widget there is
        return
    if (
        not app.styleSheet() and app.style().name() != "fusion"
    ):  # under a sheet it is Qt's wrapper around ours
        app.setStyle("Fusion")
    app.setPalette(palette(look))
    app.setFont(look.font(15))
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if look.rtl else Qt.LayoutDirection.LeftToRight)
    app.setStyleSheet(sheet)


def undress(app: QApplication) -> None:
    """Takes the sheet off while many widgets are put together. Under a sheet each step of nesting would dress
    everything below it again; `apply_look` dresses all of it once."""
    app.setStyleSheet("")


def palette(look: Look) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "bg",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "sunken",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.PlaceholderText: "text3",
        QPalette.ColorRole.ToolTipBase: "surface2",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "onaccent",
        QPalette.ColorRole.Accent: "accent",
        QPalette.ColorRole.Link: "accenttext",
    }
    made = QPalette()
    for role, token in roles.items():
        made.setColor(role, look.paint(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, look.paint("disabled"))
    return made
