"""The colours of pictures: literal ones in the files, and their counterparts on dark pages.

A file is right wherever SVG is drawn, since every colour stands as an attribute of its element. A
page that shows a picture restyles these attributes in dark mode, by `dark_rules`.
"""

INK, SOFT, GRID, PAPER = "#1f2933", "#5f6b78", "#e4e8ec", "#ffffff"
SERIES = (
    "#2166ac",
    "#e08214",
    "#3f8a5b",
    "#8e5ea2",
    "#c0504d",
    "#3f95a8",
    "#a68a3a",
    "#77828f",
)
BLUE, ORANGE, GREEN, PURPLE, RED, TEAL, OCHRE, GREY = SERIES

DARK = {
    INK: "#e6eaee",
    SOFT: "#98a4b0",
    GRID: "#2e3740",
    PAPER: "#161b20",
    BLUE: "#6db3f2",
    ORANGE: "#f5a94a",
    GREEN: "#7fcf9d",
    PURPLE: "#c39bd8",
    RED: "#ef8a85",
    TEAL: "#86d0df",
    OCHRE: "#d4b964",
    GREY: "#a7b1bb",
}


def colour(number: int) -> str:
    """The colour of series `number`, from 0 on; they repeat."""
    return SERIES[number % len(SERIES)]


def dark_rules() -> str:
    """CSS rules that give pictures within a page the colours of a dark page."""
    return "\n".join(
        f'.evo [{what}="{light}"] {{ {what}: {dark}; }}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
