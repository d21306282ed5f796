"""Puts the picture of the points into a PDF or SVG in place of a small stand-in.

Qt compresses pictures while it paints and lets no other Python thread run meanwhile: a second in
which the window would stand still. zlib lets them run.
"""

from __future__ import annotations

import base64
import re
import zlib

import numpy as np

_PIECE = 3 << 18
"""Bytes that are encoded at a time, a multiple of three: between pieces other threads run."""
_PDF_IMAGE = re.compile(
    rb"(?<=\n)(\d+) 0 obj\s*<<[^>]*?/Subtype\s*/Image.*?endstream\s*endobj", re.S
)
_PDF_TABLE = re.compile(rb"xref\s+0 (\d+)\s+((?:\d{10} \d{5} [fn] ?\r?\n)+)trailer(.*)\Z", re.S)
_SVG_IMAGE = re.compile(rb'(<image\b[^>]*?xlink:href="data:image/png;base64,)[^"]*"', re.S)


def embed_in_pdf(pdf: bytes, pixels: np.ndarray) -> bytes:
    """The PDF, its only picture replaced by (H, W) uint32 pixels 0xffRRGGBB, without loss."""
    images = list(_PDF_IMAGE.finditer(pdf))
    assert len(images) == 1, "the stand-in is the only picture"
    start, end = images[0].span()
    new = _pdf_image(images[0].group(1), pixels)
    head, tail = pdf[:start] + new, pdf[end:]
    table = _PDF_TABLE.search(tail)
    assert table is not None, "Qt writes a plain table of places"
    grown = len(new) - (end - start)
    body = tail[: table.start()]
    return b"".join(
        [head, body, _pdf_table(table, start, grown), b"%d\n%%%%EOF\n" % (len(head) + len(body))]
    )


def embed_in_svg(svg: bytes, png: bytes) -> bytes:
    """The SVG, its only picture replaced by a PNG file's content."""
    found = _SVG_IMAGE.search(svg)
    assert found is not None, "the stand-in is a PNG"
    start, end = found.span()
    pieces = [png[place : place + _PIECE] for place in range(0, len(png), _PIECE)]
    coded = [base64.b64encode(piece) for piece in pieces]
    return b"".join([svg[:start], found.group(1), *coded, b'"', svg[end:]])


def _pdf_image(number: bytes, pixels: np.ndarray) -> bytes:
    height, width = pixels.shape
    parts = np.empty((height, width, 3), np.uint8)
    for channel, shift in enumerate((16, 8, 0)):
        parts[..., channel] = pixels >> np.uint32(shift)
    data = zlib.compress(parts.data, 6)
    head = (
        b"%s 0 obj\n<<\n/Type /XObject\n/Subtype /Image\n/Width %d\n/Height %d\n"
        b"/BitsPerComponent 8\n/ColorSpace /DeviceRGB\n/Filter /FlateDecode\n/Length %d\n>>\n"
    ) % (number, width, height, len(data))
    return b"".join([head, b"stream\n", data, b"\nendstream\nendobj"])


def _pdf_table(table: re.Match[bytes], start: int, grown: int) -> bytes:
    """The table of the objects' places, those behind `start` moved on, and the trailer."""
    count, lines, trailer = table.groups()
    moved = []
    for line in lines.splitlines():
        place, rest = int(line[:10]), line[10:18]
        moved.append(b"%010d%s \n" % (place + grown if place > start else place, rest))
    ending = trailer[: trailer.rindex(b"startxref")]
    return b"".join([b"xref\n0 ", count, b"\n", *moved, b"trailer", ending, b"startxref\n"])
