"""Workbooks as other programs write them: built part by part, so that each oddity of a writer can be told."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DATES = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(text: object) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escaped(str(text))}</t></is></c>'


def rows_of(lines: list[list[object]]) -> str:
    """Return rows as WPS may write them: texts in place, no references."""
    return "".join(f"<row>{''.join(map(inline, line))}</row>" for line in lines)


def workbook(
    *sheets: tuple[str, str, str],
    before: str = "",
    after: str = "",
    shared: str = "",
    styles: str = DATES,
    namespace: str = MAIN,
    prefix: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a workbook of ``(name, state, rows)``; ``before`` and ``after`` stand around the rows of the first sheet."""
    colon = f"{prefix}:" if prefix else ""
    own = f'xmlns:{prefix}="{namespace}"' if prefix else f'xmlns="{namespace}"'
    listed = "".join(
        f'<{colon}sheet name="{name}" sheetId="{number}" r:id="rId{number}"{f" state={chr(34)}{state}{chr(34)}" if state else ""}/>'
        for number, (name, state, _rows) in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    relations += f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="/xl/styles.xml"/>'
    if shared:
        relations += f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "xl/workbook.xml",
            f'<{colon}workbook {own} xmlns:r="{RELATIONS}"><{colon}sheets>{listed}</{colon}sheets></{colon}workbook>',
        )
        package.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>')
        package.writestr("xl/styles.xml", styles)
        if shared:
            package.writestr("xl/sharedStrings.xml", shared)
        for number, (_name, _state, rows) in enumerate(sheets, start=1):
            around = (before, after) if number == 1 else ("", "")
            body = f"{around[0]}<sheetData>{rows}</sheetData>{around[1]}"
            for name in ("sheetData", "row", "c", "v", "is", "t") if prefix else ():
                body = body.replace(f"<{name}", f"<{colon}{name}").replace(f"</{name}>", f"</{colon}{name}>")
            package.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<?xml version="1.0" encoding="UTF-8"?><{colon}worksheet {own}>{body}</{colon}worksheet>',
            )
    return out.getvalue()
