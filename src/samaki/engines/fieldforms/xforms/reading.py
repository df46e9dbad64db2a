"""Reading XML of strangers: nothing declared, fetched or expanded, never deeper or larger than libxml2 holds safe."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.kernel.errors import Invalid

JAVAROSA = "http://openrosa.org/javarosa"


def read_xml(content: bytes) -> etree._Element:
    """The root element. Raises Invalid: malformed_xml, entities_refused (any document type declaration)."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise _entities() from error
        raise Invalid("malformed_xml", _("This is not whole XML. Please send it again from the app.")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _entities()
    return root


def _entities() -> Invalid:
    return Invalid("entities_refused", _("XML with a document type or entities is not taken."))


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[:1] == "{" else tag
