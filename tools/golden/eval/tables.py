"""Makes tables as pandas writes them, and what pandas reads in them.

    python tables.py FOLDER
"""

import json
import pathlib
import random
import sys

import openpyxl
import pandas as pd
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

PIECES = ["cat", "a dog", "é", "猫", "😀", "\n", "\r\n", "\t", ",", '"', '""', " ", "'", "\\", "5",
          "<b>", "&amp;", "_x", "#", ";", "=1", "NA "]
NUM_ROWS = 150


def text(draw):
    return "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 9)))


def frame(draw, is_workbook):
    """Columns of text with gaps, whole numbers, fractions and truth values."""
    rows = []
    for i in range(NUM_ROWS):
        prediction = None if draw.random() < 0.1 else text(draw)
        question = text(draw)
        if is_workbook:  # "=" would begin a formula; bare CRs become LF in XML
            question = question.replace("\r", "").lstrip("=")
            prediction = prediction and prediction.replace("\r", "").lstrip("=")
        rows.append({"index": i * 1000003, "question": question, "prediction": prediction,
                     "share": draw.random() * 10.0 ** draw.randint(-9, 9), "is_right": draw.random() < 0.5})
    return pd.DataFrame(rows)


def as_text(value):
    """A cell as the tests expect it; nothing for what pandas sees as missing."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def read_back(read):
    """Text columns as they are, the others as numbers and truth values."""
    data = read(keep_default_na=False)
    return {"columns": list(data.columns),
            "rows": [[as_text(v) for v in row] for row in data.itertuples(index=False)]}


def odd_workbook(path):
    """What people's workbooks hold besides text: rich text, formulas, errors, gaps, two sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Answers & more"
    sheet.append(["index", "prediction", "note"])
    sheet.append([1, CellRichText("It is ", TextBlock(InlineFont(b=True), "B"), "."), None])
    sheet.append([2, "#N/A", None])
    sheet["B3"].data_type = "e"
    sheet.append([3, None, "a gap before"])
    sheet["B7"] = "  blanks stay  "
    sheet["A7"] = 4.5
    book.create_sheet("Other").append(["x"])
    book.save(path)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(20230712)
    expected = {}
    text_frame = frame(draw, False)
    for name, options in {"pandas.tsv": {"sep": "\t"}, "pandas.csv": {},
                          "pandas_crlf.csv": {"lineterminator": "\r\n", "encoding": "utf-8-sig"},
                          "quoted.csv": {"quoting": 1}}.items():
        text_frame.to_csv(folder / name, index=False, **options)
        kept = {"sep": options.get("sep", ",")}
        expected[name] = read_back(lambda **o: pd.read_csv(
            folder / name, dtype={"question": str, "prediction": str}, encoding="utf-8-sig",
            **kept, **o))
    frame(draw, True).to_excel(folder / "pandas.xlsx", index=False)
    expected["pandas.xlsx"] = read_back(lambda **o: pd.read_excel(folder / "pandas.xlsx", **o))
    odd_workbook(folder / "odd.xlsx")
    expected["odd.xlsx"] = read_back(lambda **o: pd.read_excel(folder / "odd.xlsx", **o))
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False))


if __name__ == "__main__":
    main()
