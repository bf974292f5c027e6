"""A change against the limit of a tripwire: what was seen, with its interval, on one line. It must not judge."""

from __future__ import annotations

from heartbeat_assets.cockpit.charts.drawing import Scale, hint, number, shape, text

WIDTH, HEIGHT = 340, 64
_LEFT, _RIGHT, _LINE = 8, WIDTH - 8, 30
_LABELS = 58
# An interval far wider than the limit would press everything else together.
_FAR = 4.0
# How wide a letter of the names is, at most, and how far the names are apart, at least.
_LETTER, _APART = 7.0, 8.0


def change_chart(change: float, *, limit: float, interval: tuple[float, float] | None, status: str, label: str) -> str:
    """The SVG of `change` in signed percent of the baseline, and the `limit` on the same axis; `label` says it all."""
    low, high = _ends(change, limit, interval)
    scale = Scale(low, high, _RIGHT, _LEFT)

    def x(value: float) -> float:
        return scale.y(value)

    parts = [
        f'<path class="axis" d="M{_LEFT} {_LINE}H{_RIGHT}"/>',
        f'<path class="tick" d="M{number(x(0))} 12V46"/>',
        f'<path class="a" d="M{number(x(limit))} 12V46"/>',
    ]
    if interval:
        first, last = sorted(interval)
        parts.append(
            f'<path class="reach" d="M{number(x(first))} {_LINE}H{number(x(last))}'
            f'M{number(x(first))} {_LINE - 6}v12M{number(x(last))} {_LINE - 6}v12"/>'
        )
    parts.append(shape(status, x(change), _LINE, 5.5))
    parts.extend(_words(x(0), x(limit), limit))
    head = f'<svg class="change" role="img" aria-label="{text(label)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return f"{head}{hint(label)}{''.join(parts)}</svg>"


def _ends(change: float, limit: float, interval: tuple[float, float] | None) -> tuple[float, float]:
    reach = _FAR * max(abs(limit), abs(change))
    shown = [0.0, limit, change, *(min(max(end, -reach), reach) for end in interval or ())]
    low, high = min(shown), max(shown)
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _words(zero: float, at_limit: float, limit: float) -> list[str]:
    """The names of the two lines under them; pushed apart where the lines are close together."""
    sign = "+" if limit > 0 else "\u2212"
    names = [(at_limit, "at", f"limit {sign}{number(abs(limit))}%"), (zero, "t", "no change")]
    left, right = sorted(names)
    wide = [_LETTER * len(name[2]) for name in (left, right)]
    start = min(max(left[0] - wide[0] / 2, _LEFT), _RIGHT - wide[0])
    after = min(max(right[0] - wide[1] / 2, _LEFT), _RIGHT - wide[1])
    if start + wide[0] + _APART > after:
        start = max(after - _APART - wide[0], _LEFT)
        after = max(after, start + wide[0] + _APART)
    return [_word(left[1], left[2], start + wide[0] / 2), _word(right[1], right[2], after + wide[1] / 2)]


def _word(kind: str, words: str, middle: float) -> str:
    return f'<text class="{kind}" x="{number(middle)}" y="{_LABELS}" text-anchor="middle">{text(words)}</text>'
