"""XML files for the readers: parsed in any encoding, and errors that name file and line."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from .text_source import TextSource

_FIRST_TAG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?>)*+(<\w[^>]*+)", re.DOTALL)
_DECLARED_UTF_16 = re.compile(r"\A\s*<\?xml[^>]{,200}encoding\s*=\s*.utf-?16", re.IGNORECASE)


def parse_xml(source: TextSource) -> ElementTree.Element:
    """The root element of an XML file.

    Raises
    ------
    MorphologyError
        The file is not well-formed XML, declares entities, or its encoding is not known; the message starts with file
        and line.
    """
    declared = source.text.find("<!ENTITY")  # a few of them can stand for gigabytes
    if declared >= 0:
        line = source.text.count("\n", 0, declared) + 1
        raise source.error(line, "it declares XML entities, which are not expanded; write the text in their place")
    try:
        return ElementTree.fromstring(_encoded(source.text))
    except ElementTree.ParseError as cause:
        line, _ = cause.position
        raise source.error(line, f"not well-formed XML ({cause}); correct it, or get the file again") from cause
    except (LookupError, ValueError) as cause:
        raise source.error(1, f"XML of an encoding that is not known ({cause}); convert the file to UTF-8") from cause


def first_tag(text: str) -> str:
    """The start tag of the first element in the first part of an XML file, such as ``<neuroml xmlns="...">``; or ""."""
    match = _FIRST_TAG.match(text)
    return match[1] if match else ""


def tag_of(element: ElementTree.Element) -> str:
    """The tag without its namespace."""
    return _without_namespace(element.tag)


@lru_cache(maxsize=1000)  # a file has few different tags
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def _encoded(text: str) -> str | bytes:
    """The bytes of a file from its text, one character a byte; or the text itself, if it was decoded from UTF-16."""
    try:
        content = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    if not _DECLARED_UTF_16.match(text):
        return content
    try:  # the declaration is wrong, or all characters are below 256
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return text
