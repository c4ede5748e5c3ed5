"""The style sheet, generated from a look. Flat rules over properties: `role` is type, `tone` colour, `kind` a
button's sort.

Sizes are design pixels at 100 %. Anything more than boxes and text is painted by its widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.views.widgets.theme import Look

# role: size, weight
ROLES: dict[str, tuple[int, int]] = {
    "keycap": (12, 600),
    "caption": (13, 400),
    "captionstrong": (13, 600),
    "small": (14, 400),
    "smallmedium": (14, 500),
    "smallstrong": (14, 600),
    "body": (15, 400),
    "bodymedium": (15, 500),
    "bodystrong": (15, 600),
    "strong": (16, 600),
    "h3": (18, 600),
    "h2": (20, 600),
    "h1": (24, 600),
    "number": (28, 600),
    "total": (32, 600),
    "word": (40, 700),
    "amount": (48, 600),
    "name": (72, 600),
}
TONES: tuple[str, ...] = (
    "text",
    "text2",
    "text3",
    "disabled",
    "accent",
    "accenttext",
    "ok",
    "warn",
    "bad",
    "purple",
    "onaccent",
)
TONES += ("onok", "onwarn", "onbad", "railtext", "railstrong")
# panel: background, border, radius
PANELS: dict[str, tuple[str, str, int]] = {
    "page": ("bg", "", 0),
    "top": ("surface", "", 0),
    "plain": ("surface", "", 0),
    "card": ("surface", "border", 12),
    "row": ("sunken", "border", 8),
    "field": ("accentbg", "accent", 8),
    "line": ("accentbg", "accent", 8),
    "info": ("accentbg", "", 8),
    "warn": ("warnbg", "", 8),
    "bad": ("badbg", "", 8),
    "ok": ("okbg", "", 8),
    "purple": ("purplebg", "", 8),
    "band": ("warnfill", "", 0),
    "rail": ("rail", "", 0),
    "facts": ("surface", "", 12),
    "skeleton": ("surface2", "", 12),
    "chip-ok": ("okbg", "", 14),
    "chip-warn": ("warnbg", "", 14),
    "chip-bad": ("badbg", "", 14),
    "chip-accent": ("accentbg", "", 14),
    "chip-purple": ("purplebg", "", 14),
    "chip-mute": ("surface2", "", 14),
    "chip-urgent": ("warnfill", "", 14),
}


def style_sheet(look: Look) -> str:
    return "\n".join(
        (*_base(look), *_labels(look), *_panels(look), *_buttons(look), *_inputs(look), *_lists(look))
    )


def _base(look: Look) -> list[str]:
    families = ", ".join(f'"{name}"' for name in look.families)
    return [
        f"QWidget {{ font-family: {families}; font-size: {look.px(15)}px; color: {look.colour('text')}; }}",
        f"QMainWindow, QStackedWidget#pages {{ background: {look.colour('bg')}; }}",
        f"QToolTip {{ background: {look.colour('surface2')}; color: {look.colour('text')}; border: 0; padding: 4px; }}",
        "QLabel { background: transparent; border: 0; padding: 0; }",
    ]


def _labels(look: Look) -> list[str]:
    rules = []
    for role, (size, weight) in ROLES.items():
        arabic_name = role == "name" and look.rtl
        extra = f" padding-bottom: {look.px(6)}px;" if look.rtl and size >= 40 else ""
        pixels = look.px(60 if arabic_name else size)
        rules.append(f'QLabel[role="{role}"] {{ font-size: {pixels}px; font-weight: {weight};{extra} }}')
    rules.append('QLabel[struck="true"] { text-decoration: line-through; }')
    # More than half its height, and Qt draws no round corner at all.
    badge = f"background: {look.colour('accent')}; color: {look.colour('onaccent')}; font-weight: 600;"
    rules.append(
        f'QLabel[role="badge"] {{ {badge} font-size: {look.px(13)}px; border-radius: {look.px(24) // 2}px;'
        f" padding: 0 {look.px(10)}px; }}"
    )
    rules.append(
        f'QLabel[role="badge-small"] {{ {badge} font-size: {look.px(13)}px; border-radius: {look.px(20) // 2}px;'
        f" padding: 0 {look.px(9)}px; }}"
    )
    avatar = f"background: {look.colour('accentbg')}; color: {look.colour('accenttext')}; font-weight: 600;"
    rules.append(
        f'QLabel[role="avatar"] {{ {avatar} font-size: {look.px(13)}px; border-radius: {look.px(36) // 2}px; }}'
    )
    for tone in TONES:
        rules.append(f'QLabel[tone="{tone}"] {{ color: {look.colour(tone)}; }}')
    return rules


def _panels(look: Look) -> list[str]:
    rules = []
    for name, (back, border, radius) in PANELS.items():
        width = 2 if name in ("field", "line") else 1
        line = f"border: {width}px solid {look.colour(border)};" if border else "border: 0;"
        shape = f"{line} border-radius: {look.px(radius)}px;"
        rules.append(f'QFrame[panel="{name}"] {{ background: {look.colour(back)}; {shape} }}')
    start, line = ("right" if look.rtl else "left"), f"1px solid {look.colour('border')}"
    rules.append(
        f'QFrame[panel="side"] {{ background: {look.colour("surface")}; border: 0; border-{start}: {line}; }}'
    )
    rules.append(f'QFrame[panel="top"] {{ border-bottom: {line}; }}')
    rules.append(f'QFrame[panel="rule"] {{ background: {look.colour("border")}; border: 0; }}')
    rules.append(f'QFrame[panel="facts"] {{ background: {look.colour("surface")}; }}')
    for colour in ("ok", "warn", "bad"):
        rules.append(
            f'QFrame[panel="answer-{colour}"] {{ background: {look.colour(colour + "fill")}; border: 0; }}'
        )
    return rules


# kind: background, text, border, hover background, pressed background
KINDS: dict[str, tuple[str, str, str, str, str]] = {
    "primary": ("accent", "onaccent", "accent", "accenthover", "accentpressed"),
    "secondary": ("surface", "text", "border2", "surface2", "accentbg"),
    "tonal": ("accentbg", "accenttext", "accentbg", "accentbg", "accentbg"),
    "danger": ("surface", "bad", "bad", "badbg", "badbg"),
    "plain": ("", "accenttext", "", "accentbg", "accentbg"),
    "held": ("purplebg", "purple", "purplebg", "purplebg", "purplebg"),
    "fine": ("okbg", "ok", "okbg", "okbg", "okbg"),
    "resolve": ("warnbg", "warn", "warnbg", "warnbg", "warnbg"),
    "tile": ("surface", "text", "border", "sunken", "accentbg"),
    "tab": ("", "text2", "", "surface2", "surface2"),
    "rail": ("", "railtext", "", "railactive", "railactive"),
    "line": ("", "text", "", "sunken", "accentbg"),
}


def _buttons(look: Look) -> list[str]:
    rules = ["QPushButton { background: transparent; border: 0; padding: 0; }"]
    for kind in KINDS:
        rules.extend(_button(look, kind))
    accent, back, text = look.colour("accent"), look.colour("accentbg"), look.colour("accenttext")
    for kind in ("tile", "line"):
        chosen = f'QPushButton[kind="{kind}"][chosen="true"]'
        rules.append(f"{chosen} {{ border: 2px solid {accent}; background: {back}; }}")
    for part, colour in (("", "disabled"), ('[role="badge"]', "onaccent")):
        rules.append(f'QPushButton[kind="tile"] QLabel{part}:disabled {{ color: {look.colour(colour)}; }}')
    rules.append(f'QPushButton[kind="tile"][incart="true"] {{ border: 2px solid {accent}; }}')
    rules.append(f'QPushButton[kind="tile"][full="true"] {{ background: {look.colour("bg")};')
    rules[-1] += f" border: 1px dashed {look.colour('border2')}; }}"
    rules.append(
        f'QPushButton[kind="tab"][chosen="true"] {{ border-bottom: 3px solid {accent}; border-radius: 0; }}'
    )
    rules.append(f'QPushButton[kind="tab"][chosen="true"] QLabel {{ color: {text}; font-weight: 600; }}')
    # Touched as any button, drawn as high as the chips beside it.
    rules.append(f'QPushButton[slim="true"] {{ margin: {look.px(6)}px 0; }}')
    rules.append(f'QPushButton[kind="rail"][chosen="true"] {{ background: {look.colour("railactive")}; }}')
    rules.append(f'QPushButton[kind="rail"] QLabel[chosen="true"] {{ color: {look.colour("railstrong")}; }}')
    return rules


def _button(look: Look, kind: str) -> list[str]:
    back, text, border, hover, pressed = KINDS[kind]
    name = f'QPushButton[kind="{kind}"]'
    radius = 12 if kind in ("tile", "rail") else 14 if kind in ("held", "resolve", "fine") else 8
    line = f"1px solid {look.colour(border)}" if border else "1px solid transparent"
    fill = look.colour(back) if back else "transparent"
    shape = f"border: {line}; border-radius: {look.px(radius)}px;"
    rules = [
        f"{name} {{ background: {fill}; color: {look.colour(text)}; {shape} }}",
        f"{name}:hover {{ background: {look.colour(hover)}; }}",
        f"{name}:pressed {{ background: {look.colour(pressed)}; }}",
        f"{name}:focus {{ {_ring(look, kind, radius)} }}",
        f"{name}:disabled {{ background: {look.colour('surface') if back else 'transparent'};",
    ]
    rules[-1] += f" border: 1px dashed {look.colour('disabled') if border else 'transparent'}; }}"
    if kind not in ("tile", "line"):
        rules.append(f"{name} QLabel {{ color: {look.colour(text)}; }}")
        rules.append(f"{name} QLabel:disabled {{ color: {look.colour('disabled')}; }}")
    return [*rules, *_key_cap(look, name, kind)]


def _ring(look: Look, kind: str, radius: int) -> str:
    """Inside the edge, in the button's own colour on both sides: it is seen whatever the edge says and the button lies
    on. Qt draws an outline where the padding ends."""
    colour = look.colour({"primary": "onaccent", "rail": "railmark"}.get(kind, "focus"))
    return f"padding: 2px; outline: 2px solid {colour}; outline-radius: {look.px(radius) - 4}px;"


def _key_cap(look: Look, name: str, kind: str) -> list[str]:
    colour, border = ("onaccent", "onaccent") if kind == "primary" else ("text2", "border")
    back = "transparent" if kind == "primary" else look.colour("surface2")
    shape = f"border-radius: {look.px(4)}px; padding: 0 {look.px(8)}px;"
    rule = f"background: {back}; border: 1px solid {look.colour(border)}; color: {look.colour(colour)};"
    off = f"background: transparent; border: 1px solid {look.colour('disabled')}; color: {look.colour('disabled')};"
    cap = f'{name} QLabel[role="keycap"]'
    return [f"{cap} {{ {rule} {shape} }}", f"{cap}:disabled {{ {off} {shape} }}"]


def _inputs(look: Look) -> list[str]:
    edge, size = look.colour("border2"), look.px(16)
    base = f"background: {look.colour('sunken')}; border: 1px solid {edge}; border-radius: {look.px(8)}px;"
    disabled = f"color: {look.colour('disabled')};"
    cap = f"background: {look.colour('surface2')}; border: 1px solid {look.colour('border')};"
    cap += f" border-radius: {look.px(4)}px; color: {look.colour('text2')}; padding: 0 {look.px(8)}px;"
    return [
        f"QLineEdit {{ {base} padding: 0 {look.px(12)}px; font-size: {size}px; }}",
        f"QLineEdit:focus {{ border: 2px solid {look.colour('focus')}; background: {look.colour('surface')}; }}",
        f"QLineEdit:disabled {{ {disabled} }}",
        f'QLineEdit[wrong="true"] {{ border: 2px solid {look.colour("bad")}; }}',
        f'QLineEdit[digit="true"] {{ font-size: {look.px(24)}px; font-weight: 600; padding: 0; }}',
        f'QLabel[role="keycap"] {{ {cap} }}',
        f"QProgressBar {{ background: {look.colour('surface2')}; border: 0; border-radius: {look.px(3)}px; }}",
    ]


def _lists(look: Look) -> list[str]:
    inner, bar = ("right" if look.rtl else "left"), look.px(8)
    handle = (
        f"background: {look.colour('border2')}; border-radius: {look.px(4)}px; min-height: {look.px(32)}px;"
    )
    return [
        "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }",
        f"QScrollBar:vertical {{ background: transparent; width: {2 * bar}px; padding-{inner}: {bar}px; }}",
        f"QScrollBar::handle:vertical {{ {handle} }}",
        "QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }",
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }",
    ]
