#!/usr/bin/env python3
"""Reads the Parquet tables of a run with pandas and DuckDB and compares them with the same tables as CSV.

    scan DATA --out RUN --format parquet,csv
    python3 scripts/read_parquet.py RUN

Needs pandas, pyarrow and duckdb. Exits with 1 and one line a difference if anything differs.
"""

import csv
import datetime
import pathlib
import sys

import duckdb
import pandas

# Columns whose type must not be text; those of other tables are told by their CSV alone.
TYPES = {
    "cases": {
        "tier": "BIGINT",
        "incidents": "BIGINT",
        "mentions": "BIGINT",
        "first_date": "DATE",
        "last_date": "DATE",
        "reviewed_on": "DATE",
        "reasons": "VARCHAR[]",
        "abuse_categories": "VARCHAR[]",
        "suicide_categories": "VARCHAR[]",
        "gaps": "VARCHAR[]",
        "pattern": "VARCHAR[]",
    },
    "evidence": {
        "incident_date": "DATE",
        "tier": "BIGINT",
        "start": "BIGINT",
        "end": "BIGINT",
        "tags": "VARCHAR[]",
        "cues": "VARCHAR[]",
        "quote": "VARCHAR",
    },
    "rejected": {"record": "BIGINT", "line": "BIGINT", "reason": "VARCHAR"},
}


def cell(value):
    """A value as the CSV writes it."""
    if value is None or value is pandas.NaT:
        return ""
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1:
        return "; ".join(value)
    if isinstance(value, float) and value != value:
        return ""
    return str(value)


def unguarded(text):
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text


def main(folder):
    problems = []
    tables = sorted(folder.glob("*.parquet"))
    if not tables:
        problems.append(f"{folder}: no Parquet table")
    for path in tables:
        name = path.stem
        with open(path.with_suffix(".csv"), encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        frame = pandas.read_parquet(path)
        base = duckdb.connect()
        described = base.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        types = {row[0]: row[1] for row in described}
        found = base.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        for column, wanted in TYPES.get(name, {}).items():
            if types.get(column) != wanted:
                problems.append(f"{name}.{column} is {types.get(column)}, not {wanted}")
        columns = list(frame.columns)
        if columns[: len(header)] != header or list(types) != columns:
            problems.append(f"{name}: other columns than in the CSV: {columns}")
            continue
        if not len(frame) == len(found) == len(rows):
            problems.append(f"{name}: {len(frame)} and {len(found)} rows, {len(rows)} in the CSV")
            continue
        for at, column in enumerate(header):
            is_date = types[column] == "DATE"
            if is_date:
                # The day is a day; what was written stands beside it.
                values = [value for value in frame[column] if value is not None and value is not pandas.NaT]
                if not all(isinstance(value, datetime.date) for value in values):
                    problems.append(f"{name}.{column}: no dates in pandas")
            shown = f"{column}_written" if is_date else column
            by_pandas = [cell(value) for value in frame[shown]]
            by_duckdb = [cell(row[columns.index(shown)]) for row in found]
            by_csv = [unguarded(row[at]) for row in rows]
            for reader, values in [("pandas", by_pandas), ("duckdb", by_duckdb)]:
                differing = sum(a != b for a, b in zip(values, by_csv))
                if differing:
                    problems.append(f"{name}.{column}: {differing} cells differ in {reader}")
        print(f"{name}: {len(rows)} rows, {len(columns)} columns")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
