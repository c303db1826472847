"""The tables that the jobs write and others read, each written down once and checked when it is opened.

`ocr_images` writes OCR, one row a picture:
    image_id  path of the picture relative to the image folder (or the manifest's id), with forward slashes
    lines     what was read, in reading order: text, box (four points [x, y] in pixels, clockwise from the top left of
              the text), score (0 to 1), height (pixels of the line, across its reading direction), font_ratio (that
              height over the page's body print, the median height of its letters: 1.0 is body, 2.0 a heading)
    text      the lines as one string: a line break between rows, a space between pieces of one row
    width, height   pixels, as displayed (after EXIF rotation); null where the picture could not be opened
    error     null, or why the picture could not be read, as `reason: detail`
    stamp     which state of the picture was read (see `manifest`); null where its store does not say
    digest    SHA-256 of the file's bytes, hexadecimal; null where they could not be had
    note      null, or what was peculiar about a picture that was read, each `reason: detail`, joined by "; ":
              animated, several_pages, cmyk, deep_colour, disguised, bad_exif, very_tall, very_wide

`understand_images` writes UNDERSTOOD, one row for every OCR row:
    topic       one of TOPICS
    confidence  of the topic, 0 to 1; 0.5 where another topic was as likely
    summary     the most telling lines, as they stand there, one a line; empty where the picture says nothing
    statements  what the picture states (see `koubo.catalog.page_facts.Statement`): kind (image_attribute or
                image_claim), label, value, line (index of its first line in OCR's lines), box (four points, pixels),
                score (of the recognition), quote
    method      rules, model, or unreadable
    error       null, or why the picture could not be understood, as `reason: detail`
Its parts have one more column, `made_from`: a hash of the OCR row and of the settings that the row follows from.

`cluster_images` writes CLUSTERS, one row for every OCR row:
    cluster_id  topical neighbourhood, from 0; -1 where the picture could not be read, or not be looked at
    group_id    image_id of the best picture among its near duplicates; its own image_id where it has none
    topic       one of TOPICS
    keep        whether the picture may feed a script
    reason      null where kept, else why not, as `filter: detail` (overlong, tiny_print, redundant, unreadable)
    priority    importance of its topic, from the business table: smaller comes first

`mine_reviews` writes ASPECTS, one row a product, aspect and polarity:
    aspect      what is spoken of, from the aspect table: 材质, 尺码, 物流 ...; 整体 is the product as a whole
    polarity    positive, negative or asked
    count       distinct reviews (or questions) that said or asked it
    reviews     reviews of the product, without fillers and copies
    opinion     the most frequent words (不起球, 手感好); "" for what is asked
    quotes      lines of reviews, the best first, at most five: of praise those that may be read aloud, of complaints
                those that may be shown to whoever answers them
    source      the record that says it best; its text is "" where that may not be shown

`mine_speech` writes EXEMPLARS, one row a sentence that a host said:
    id          the same for the same text
    function    hook, need, selling_point, proof, offer or closing
    confidence  of the function, 0 to 1
    file, place, start   where it was said: file, part of it, seconds (null where the speech has no times)
    reason      null where it may be shown to a writer, else why not, as `reason: detail`

`write_scripts` writes SCRIPTS, one row a product:
    script_id   the same for the same facts of the product and settings of the job
    as_of, at   version of the live values and moment of the rendering
    written, spoken   the script as it read then
    score, safe   the rubric's total, 0 to 1, and whether it may go on air; `scorecard` is all of it, JSON
    sections, by_model, candidates   how many, and in how many sections a model's words stand
    planned     JSON: why sections that a model was to write are planned, with counts
    refusals    JSON: rules that refused candidates, with counts
    script      the script with its brief and slots, JSON (`koubo.script.script.Script`)
    error       null, or why the product has no script, as `reason: detail`
"""

from __future__ import annotations

import fsspec
import polars as pl

from data_jobs.job import JobError

TOPICS = (
    "selling_point",
    "specifications",
    "size_chart",
    "promotion",
    "certificate",
    "usage",
    "after_sales",
    "brand_story",
    "other",
)
LINE = pl.Struct(
    {
        "text": pl.String,
        "box": pl.List(pl.List(pl.Int32)),
        "score": pl.Float64,
        "height": pl.Float64,
        "font_ratio": pl.Float64,
    },
)
OCR = pl.Schema(
    {
        "image_id": pl.String(),
        "lines": pl.List(LINE),
        "text": pl.String(),
        "width": pl.Int32(),
        "height": pl.Int32(),
        "error": pl.String(),
        "stamp": pl.String(),
        "digest": pl.String(),
        "note": pl.String(),
    }
)
STATEMENT = pl.Struct(
    {
        "kind": pl.String,
        "label": pl.String,
        "value": pl.String,
        "line": pl.Int32,
        "box": pl.List(pl.List(pl.Float64)),
        "score": pl.Float64,
        "quote": pl.String,
    }
)
UNDERSTOOD = pl.Schema(
    {
        "image_id": pl.String(),
        "topic": pl.String(),
        "confidence": pl.Float64(),
        "summary": pl.String(),
        "statements": pl.List(STATEMENT),
        "method": pl.String(),
        "error": pl.String(),
    }
)
CLUSTERS = pl.Schema(
    {
        "image_id": pl.String(),
        "cluster_id": pl.Int32(),
        "group_id": pl.String(),
        "topic": pl.String(),
        "keep": pl.Boolean(),
        "reason": pl.String(),
        "priority": pl.Int32(),
    }
)
QUOTE = pl.Struct({"text": pl.String, "record_id": pl.String, "place": pl.String, "row": pl.Int64})
ASPECTS = pl.Schema(
    {
        "product_id": pl.String(),
        "aspect": pl.String(),
        "polarity": pl.String(),
        "count": pl.Int32(),
        "reviews": pl.Int32(),
        "opinion": pl.String(),
        "quotes": pl.List(QUOTE),
        "source": QUOTE,
    }
)
EXEMPLARS = pl.Schema(
    {
        **dict.fromkeys(("id", "function", "text", "persona"), pl.String()),
        "confidence": pl.Float64(),
        "file": pl.String(),
        "place": pl.String(),
        "start": pl.Float64(),
        "reason": pl.String(),
    }
)
SCRIPTS = pl.Schema(
    {
        **dict.fromkeys(("product_id", "script_id", "as_of", "at", "written", "spoken"), pl.String()),
        "score": pl.Float64(),
        "safe": pl.Boolean(),
        **dict.fromkeys(("sections", "by_model", "candidates"), pl.Int32()),
        **dict.fromkeys(("planned", "refusals", "script", "scorecard", "error"), pl.String()),
    }
)


def part_paths(folder: str) -> list[str]:
    """Addresses of the Parquet parts directly in `folder`, sorted; empty where the folder is missing."""
    fs, place = fsspec.core.url_to_fs(folder)
    if not fs.isdir(place):
        return []
    names = (str(path) for path in fs.ls(place, detail=False))
    parts = (name for name in names if name.endswith(".parquet") and name.rsplit("/", 1)[-1][0] not in "._")
    return [fs.unstrip_protocol(name) for name in sorted(parts)]


def read_table(folder: str, schema: pl.Schema, made_by: str, columns: list[str] | None = None) -> pl.DataFrame:
    """All parts of a table, sorted by its first column, with the schema's columns (or those named) in its order.

    Of two rows of one image, which a job killed while it wrote can leave, the one in the first part by name counts:
    the same one that the job's next run keeps.

    Raises:
        JobError: no part in the folder, or a part that lacks a column or has another type; names both.
    """
    parts = part_paths(folder)
    if not parts:
        raise JobError(f"{folder}: no Parquet parts here; write them with python -m {made_by}")
    frames = [read_part(part, schema, made_by, columns or list(schema)) for part in parts]
    table, key = pl.concat(frames), next(iter(schema))
    once = table.unique(key, keep="first", maintain_order=True) if key == "image_id" else table
    return once.sort(key, maintain_order=True)


def read_part(part: str, schema: pl.Schema, made_by: str, columns: list[str]) -> pl.DataFrame:
    """The named columns of one part. Raises JobError for a part that lacks one or has another type."""
    with fsspec.open(part, "rb") as file:
        held = pl.read_parquet_schema(file)
        for name in columns:
            if held.get(name) != schema[name]:
                wrong = f"column {name!r} is {held.get(name)}, not {schema[name]}"
                raise JobError(f"{part}: {wrong}; write it again with python -m {made_by}")
        file.seek(0)
        return pl.read_parquet(file, columns=columns).select(columns)
