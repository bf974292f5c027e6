"""HTML, SVG and Atom as trees of the standard library, so that text can never become a tag.

Every element that is a block starts a line of its own: a figure that changes changes few lines. It must not know what
the trees are about.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents.words import visible


def h(tag: str, /, *children: str | Element | Iterable[str | Element | None] | None, **attributes: object) -> Element:
    """An element. `cls` is its class, `_` in a name is `-`; an attribute that is None or False is left out.

    Children are texts, elements, iterables of these; None is left out.
    """
    element = Element(tag)
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        spelled = "class" if name == "cls" else name.rstrip("_").replace("_", "-")
        element.set(spelled, spelled if value is True else visible(str(value)))
    for child in children:
        if child is None or isinstance(child, str | Element):
            _add(element, child)
        else:
            for one in child:
                _add(element, one)
    return element


def prose(text: str) -> list[str | Element]:
    """`text` as people write it in YAML: what stands in backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return [text]
    return [h("code", part) if position % 2 else part for position, part in enumerate(parts) if part]


def html_document(root: Element) -> bytes:
    """A page."""
    ElementTree.indent(root, space="")
    return f"<!doctype html>\n{ElementTree.tostring(root, encoding='unicode', method='html')}\n".encode()


def xml_document(root: Element) -> bytes:
    """A document of XML: Atom, or an SVG that stands alone."""
    ElementTree.indent(root, space="")
    written = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def _add(element: Element, child: str | Element | None) -> None:
    if child is None:
        return
    if isinstance(child, Element):
        element.append(child)
        return
    text = visible(child)
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
