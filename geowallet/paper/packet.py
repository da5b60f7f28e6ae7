"""What a PDF says of itself for archives: an XMP packet without the machine's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from geowallet.paper.document import Document

PRODUCER = "geowallet"
"""Program that made a file, as its dictionary and its packet say alike."""


def xmp(document: Document) -> str:
    """Return the RDF of ``document``: title, id, day made, and its PDF/A part and level.

    Source:
        ISO 16684-1 (XMP), ISO 19005-2 section 6.6 (its values repeat the dictionary's).
    """
    made = quoteattr(f"{document.made.isoformat()}T00:00:00+00:00")
    title, id_ = escape(document.title), escape(document.id)
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmp:CreatorTool="{PRODUCER}" xmp:CreateDate={made} xmp:ModifyDate={made}
 xmp:MetadataDate={made} pdf:Producer="{PRODUCER}" pdfaid:part="2" pdfaid:conformance="U">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{id_}</rdf:li></rdf:Alt></dc:description>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
