"""A chart as a file of its own, with its colours inside. It must not be put into a page: its style would be blocked."""

from __future__ import annotations

_LIGHT = {
    "page": "#ffffff", "ink": "#1f2328", "muted": "#57606a", "grid": "#e4e7eb", "axis": "#8c959f", "line": "#1f5fa8",
    "band": "#e3ebf5", "gap": "#eceff2", "green": "#2c7a4b", "amber": "#8a5200", "red": "#b3261e",
}  # fmt: skip
_DARK = {
    "page": "#14181d", "ink": "#e6e9ec", "muted": "#a3adb8", "grid": "#2a3038", "axis": "#6e7781", "line": "#7ab7ff",
    "band": "#1f2d3f", "gap": "#22272e", "green": "#6fbf8b", "amber": "#e3a04a", "red": "#f2837b",
}  # fmt: skip
_RULES = """
svg{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums}
.page{fill:{page}}.t{fill:{muted}}.nt{fill:{amber}}.at{fill:{red}}.grid{stroke:{grid}}.axis,.tick{stroke:{axis}}
.b{fill:{band}}.gap{fill:{gap}}.l{fill:none;stroke:{line};stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.limit{fill:none;stroke-dasharray:5 3}.n{stroke:{amber}}.a{stroke:{red};stroke-dasharray:none}
.rule{stroke:{muted};stroke-dasharray:2 3}.rulehead{fill:{muted}}
.s-green{fill:{green}}.s-amber{fill:{amber}}.s-red{fill:{red}}.s-no_data{fill:none;stroke:{muted}}
.pt rect{fill:none;pointer-events:all}.pt circle{fill:{line};visibility:hidden}.pt text{fill:{ink};visibility:hidden}
.pt:hover circle,.pt:focus circle,.pt:hover text,.pt:focus text{visibility:visible}.pt:focus{outline:none}
"""


def standalone(chart: str) -> str:
    """The text of the SVG file of `chart`, an SVG from this room; legible on a light and on a dark page."""
    head, _, rest = chart.partition(">")
    if "xmlns=" not in head:
        head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    style = f"<style>{_coloured(_LIGHT)}@media(prefers-color-scheme:dark){{{_coloured(_DARK)}}}</style>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{style}{rest}\n'


def _coloured(colours: dict[str, str]) -> str:
    rules = _RULES
    for role, colour in colours.items():
        rules = rules.replace(f"{{{role}}}", colour)
    return rules.replace("\n", "")
