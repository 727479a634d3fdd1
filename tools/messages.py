"""Extract, merge and compile the Chinese catalogue of each area (a folder of templates and views).

python tools/messages.py                 update and compile every area, list what has no Chinese yet
python tools/messages.py faces/consumer  only that area
python tools/messages.py --compile       only compile (setup, tests)
python tools/messages.py --check         exit 1 when a sentence has no Chinese or a catalogue is stale
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent / "src" / "guomen"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "gettext_lazy": None}


def areas() -> list[Path]:
    """Folders that carry their own catalogue: each face, and the shared templates."""
    faces = [p for p in sorted((ROOT / "faces").iterdir()) if p.is_dir() and p.name not in {"static", "__pycache__"}]
    return [ROOT / "faces" / "templates", *[f for f in faces if f.name != "templates"]]


def po_path(area: Path) -> Path:
    base = ROOT if area.name == "templates" else area
    return base / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def update(area: Path) -> Catalog:
    template = Catalog(charset="utf-8")
    for file, _line, message, comments, context in extract_from_dir(str(area), METHODS, OPTIONS, KEYWORDS):
        template.add(message, None, [(str(file), 0)], auto_comments=comments, context=context)
    path = po_path(area)
    found = read_po(BytesIO(path.read_bytes()), locale="zh_Hans_CN") if path.exists() else Catalog(locale="zh_Hans_CN")
    found.update(template, no_fuzzy_matching=True)
    found.obsolete.clear()
    found.header_comment, found.fuzzy = "# Sentences of this area in simplified Chinese.", False
    found.project, found.msgid_bugs_address = "Guomen", ""
    return found


def as_bytes(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, omit_header=False, sort_output=True, no_location=True, ignore_obsolete=True, width=1000)
    lines = out.getvalue().decode().splitlines(keepends=True)
    volatile = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Language-Team')
    return "".join(line for line in lines if not line.startswith(volatile)).encode()


def missing(catalogue: Catalog) -> list[str]:
    def empty(text: object) -> bool:
        return not all(text) if isinstance(text, (tuple, list)) else not text

    return [str(m.id) for m in catalogue if m.id and empty(m.string)]


def compile_area(area: Path) -> None:
    path = po_path(area)
    if path.exists():
        catalogue = read_po(BytesIO(path.read_bytes()), locale="zh_Hans_CN")
        out = BytesIO()
        write_mo(out, catalogue)
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != out.getvalue():
            target.write_bytes(out.getvalue())


def main(arguments: list[str]) -> int:
    chosen = [a for a in areas() if not arguments or arguments[0].startswith("--") or str(a).endswith(arguments[0])]
    wrong = 0
    for area in chosen:
        if "--compile" not in arguments:
            catalogue = update(area)
            path = po_path(area)
            fresh = as_bytes(catalogue)
            if "--check" in arguments:
                stale = not path.exists() or path.read_bytes() != fresh
                wrong += stale and any(m.id for m in catalogue)
                print(
                    f"{area.name}: catalogue is stale" if stale and any(m.id for m in catalogue) else f"{area.name}: ok"
                )
            elif any(m.id for m in catalogue):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(fresh)
            for text in missing(catalogue):
                wrong += 1
                print(f"{area.name}: no Chinese for {text!r}")
        compile_area(area)
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
