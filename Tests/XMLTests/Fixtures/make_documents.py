#!/usr/bin/env python3
"""Writes documents.json to its own folder: XML documents and the trees that Python's expat reads.

A document that expat rejects has the tree null. So has a document with a construct that Numgate refuses: a document
type, a processing instruction, more than 32 levels, or a comment between two parts of a text. Most documents are
random changes of a valid one, from a fixed seed.
"""

import json
import random
from pathlib import Path
from xml.parsers import expat

SPACE = " \t\r\n"


class Refused(Exception):
    pass


def tree(text):
    root, stack = [], []

    def refuse(*_):
        raise Refused

    def start(name, attributes):
        if len(stack) >= 32:
            raise Refused
        pairs = [list(pair) for pair in zip(attributes[::2], attributes[1::2])]
        stack.append({"name": name, "attributes": pairs, "children": [], "parts": [""]})

    def end(_):
        each = stack.pop()
        if sum(1 for part in each.pop("parts2") if part.strip(SPACE)) > 1:
            raise Refused
        (stack[-1]["children"] if stack else root).append(each)

    def finish(name):
        each = stack[-1]
        parts = each.pop("parts")
        each["text"] = None if each["children"] else "".join(parts).strip(SPACE)
        each["parts2"] = parts
        end(name)

    def data(text):
        stack[-1]["parts"][-1] += text

    def comment(_):
        if stack:
            stack[-1]["parts"].append("")

    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = data
    parser.CommentHandler = comment
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, Refused):
        return None
    return root[0]


VALID = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response version="1.0"><Code>0000</Code><Msg>成功</Msg></Response>',
    "<a/>",
    "<a b='1' c=\"2\"/>",
    "<a>\r\n x \r y\n</a>",
    '<a b="x\r\ny\tz&#10;&#9;&#xD;"/>',
    "<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>",
    "<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x7532;&#x1F600;</a>",
    "<soap:Envelope xmlns:soap=\"urn:x\"><soap:Body><甲 é='1'>乙</甲></soap:Body></soap:Envelope>",
    "<!-- a --><a><!-- b -->1<!-- c --></a><!-- d -->\n",
    "<a>12<!-- x -->34</a>",
    "<a>12<!-- x --><b/>34</a>",
    "<a><b>1</b><b>2</b> <c/> </a>",
    "\ufeff<a>1</a>",
    "<?xml version='1.0' standalone='yes'?><a>1</a>",
    "<?xml version='1.0' encoding='UTF-8' standalone='no' ?><a>1</a>",
    "<a>" * 32 + "</a>" * 32,
    "<a>" + "<b>1</b>" * 200 + "</a>",
]
INVALID = [
    "", " ", "x", "<", "<a", "<a>", "<a/", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a b/>", "<a b=1/>",
    "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a b='&'/>", "<a>&</a>", "<a>&nbsp;</a>", "<a>&#0;</a>",
    "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#+65;</a>",
    "<a>&#-1;</a>", "<a>&#X41;</a>", "<a>&lt</a>", "<a>]]></a>", "<a><![CDATA[x</a>", "<a><![CDATA[x]]</a>",
    "<a><!-- x -- y --></a>", "<a><!-- x --->1</a>", "<a><!-></a>", "<a><!-- x", "<![CDATA[x]]><a/>",
    "<a/><![CDATA[x]]>", "<1/>", "<-a/>", "<a.b-c_1:d/>", "< a/>", "<a / >", "</>", "<>", "<a></a ><b>",
    "<a>\x00</a>", "<a>\x01</a>", "<a>\x0b</a>", "<a>\x7f</a>", "<a>\ufffe</a>", "<a>\uffff</a>", "<a b='\x1f'/>",
    "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "<?php x?><a/>", "<a><?x y?></a>", "<a/><?x?>",
    " <?xml version='1.0'?><a/>", "<?xml?><a/>", "<?xml version=1.0?><a/>", "<?xml version='1.0'>", "<?xml version=''?>",
    "<?xml encoding='UTF-8'?><a/>", "<?xml version='1.0' standalone='maybe'?><a/>",
    "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", "<?xml version='1.0' x='y'?><a/>",
    "<?xml version='1.0'encoding='UTF-8'?><a/>", "<?xml version='1.0' version='1.0'?><a/>", "<?xmlx version='1.0'?><a/>",
    "<a><?xml version='1.0'?></a>", "<a>" * 33 + "</a>" * 33, "<a><b></a></b>", "<a b = '1'\n/>", "<a\n>1</a\n>",
    "<a><!DOCTYPE b></a>", "<a><!ELEMENT b></a>", "<a>&#65</a>", "<a>&#x41</a>", "<a>&amp amp;</a>", "<a>& amp;</a>",
]
PIECES = [
    "<", ">", "/", "</", "/>", "<a>", "</a>", "<b/>", "&", ";", "&amp;", "&#65;", "&#", "&x;", "'", '"', "=", " ", "\n",
    "\r\n", "\t", "<!--", "-->", "--", "<![CDATA[", "]]>", "]]", "<?", "?>", "<?x?>", "<!DOCTYPE a>", "甲", "é", "1", "a",
    ":", ".", "-", "\x00", "\x01", "\ufffe", "x='1'", " y=\"2\"", "!", "[", "]", "<!",
]


HARMLESS = [
    " ", "\n", "\r\n", "1", "甲", "<b/>", "<b x='1'>2</b>", "&amp;", "&#65;", "&#x7532;", "<!-- c -->", "<![CDATA[<]]>",
    "<c>\r</c>", "<d>é<e> 1 </e></d>", "\t", "\"", "'", ">", "]", "]]",
]


def changed(text, source):
    if source.random() < 0.5:
        for _ in range(source.randint(1, 4)):
            at = source.choice([at + 1 for at, byte in enumerate(text) if byte == ">"] or [0])
            text = text[:at] + source.choice(HARMLESS) + text[at:]
        return text
    for _ in range(source.randint(1, 3)):
        at = source.randint(0, len(text))
        kind = source.randint(0, 3)
        if kind == 0:
            text = text[:at] + text[at + source.randint(1, 4):]
        elif kind == 1:
            other = source.randint(0, len(text))
            text = text[:at] + text[min(at, other):max(at, other)][:30] + text[at:]
        else:
            text = text[:at] + source.choice(PIECES) + text[at:]
    return text


def main():
    source = random.Random(20240102)
    texts = VALID + INVALID + [changed(source.choice(VALID[:-2]), source) for _ in range(3000)]
    documents = [{"xml": text, "tree": tree(text)} for text in dict.fromkeys(texts)]
    # Expat ignores the name of the encoding here, and Numgate accepts only some.
    documents = [each for each in documents if each["tree"] is None or "encoding=" not in each["xml"][:40]
                 or "UTF-8" in each["xml"][:40]]
    path = Path(__file__).parent / "documents.json"
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in documents)
    path.write_text("[\n" + lines + "\n]\n")
    print(len(documents), sum(each["tree"] is not None for each in documents))


main()
