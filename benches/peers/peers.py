#!/usr/bin/env python3
"""Runs throughline and its peers over the same narratives and prints one Markdown table.

Called by run.sh, which makes the corpus and exports the lexicon. Loading a lexicon is timed apart:
a narrative a second is counted from the moment the first narrative can be read.
"""
import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

csv.field_size_limit(1 << 30)


def narratives(path, limit=None):
    """Text of each row of a table, in order."""
    with open(path, encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if limit is not None and number >= limit:
                return
            yield row["narrative"]


def terms(path):
    """Rows of the exported terms: term and category."""
    with open(path, encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        next(lines)
        for line in lines:
            term, category, _rule = line.rstrip("\n").split("\t")
            yield term, category


class Result:
    """What one program made of the corpus."""

    def __init__(self, name, n, load, seconds, matches, kept, records, does):
        self.name, self.n, self.load, self.seconds = name, n, load, seconds
        self.matches, self.kept, self.records, self.does = matches, kept, records, does

    @property
    def rate(self):
        """Narratives a second, the load left out."""
        return self.n / self.seconds


def throughline(args, corpus, n, name):
    """The program from a CSV file to all its tables."""
    out = args.work / "out"
    began = time.perf_counter()
    subprocess.run(
        [args.program, "scan", corpus, "--out", out, "--format", "csv", "--force", "--quiet"], check=True
    )
    whole = time.perf_counter() - began
    manifest = json.loads((out / "manifest.json").read_text())
    counts, seconds = manifest["counts"], manifest["time"]["seconds"]
    assert counts["records_read"] == n, counts
    with open(out / "evidence.csv", encoding="utf-8-sig", newline="") as file:
        records = len({row["incident_id"] for row in csv.DictReader(file)})
    return Result(
        name, n, whole - seconds, seconds, counts["matches"], counts["evidence"], records,
        "all: gaps, context, roles, offsets, cases, checks, tables written",
    )


def run_spacy(name, nlp, load, texts, negated, does):
    """A pipeline of spaCy, one narrative after the other."""
    began = time.perf_counter()
    n = matches = kept = records = 0
    for doc in nlp.pipe(texts):
        n += 1
        own = sum(1 for entity in doc.ents if not negated(entity))
        matches += len(doc.ents)
        kept += own
        records += own > 0
    return Result(name, n, load, time.perf_counter() - began, matches, kept, records, does)


def target_rules(path, most=None):
    """One token pattern for each pattern of ours: the first of those that it was written out to. spaCy's
    matcher compares every predicate that is added with all before it, so all of them would take hours to
    load. With `most`, that many, evenly over the lexicon."""
    from medspacy.target_matcher import TargetRule

    first = {}
    for rule in json.loads(path.read_text(encoding="utf-8"))["target_rules"]:
        first.setdefault((rule["metadata"]["rule"], rule["literal"]), rule)
    rules = list(first.values())
    if most is not None:
        rules = rules[:: max(1, len(rules) // most)][:most]
    return [TargetRule.from_dict(rule) for rule in rules]


def medspacy_with_context(args, texts, sentencizer, most=None):
    """medspaCy's target matcher and ConText with the exported rules."""
    import medspacy
    import spacy
    from medspacy.context import ConTextRule

    began = time.perf_counter()
    rules = args.work / "medspacy.json"
    pyrush = sentencizer == "PyRuSH"
    enable = ["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"]
    nlp = spacy.blank("en")
    if not pyrush:
        nlp.add_pipe("sentencizer")
        enable = enable[1:]
    # The tokeniser stays spaCy's English one: the exported rules are split by it.
    nlp = medspacy.load(nlp, medspacy_enable=enable, load_rules=False)
    targets = target_rules(rules, most)
    nlp.get_pipe("medspacy_target_matcher").add(targets)
    context = nlp.get_pipe("medspacy_context")
    context.add(ConTextRule.from_json(str(rules)))
    load = time.perf_counter() - began

    def negated(entity):
        return entity._.is_negated or entity._.is_historical or entity._.is_hypothetical or entity._.is_family

    return run_spacy(
        f"medspaCy {version('medspacy')}, {sentencizer}, ConText, {len(targets):,} patterns", nlp, load, texts, negated,
        "gaps, context (ConText, no clause ends), offsets; no roles, cases, checks; nothing written",
    )


def phrases_with_negex(args, texts):
    """spaCy's phrase matcher over the exported terms, as an entity ruler, and negspaCy behind it."""
    import spacy
    from negspacy.negation import Negex  # noqa: F401  registers the component
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans
    from spacy.tokens import Span

    began = time.perf_counter()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for term, category in terms(args.work / "terms.tsv"):
        matcher.add(category, [nlp.tokenizer(term)])

    @Language.component("own_terms")
    def own_terms(doc):
        spans = [Span(doc, start, end, label=label) for label, start, end in matcher(doc)]
        doc.ents = filter_spans(spans)
        return doc

    nlp.add_pipe("own_terms")
    nlp.add_pipe("negex")
    load = time.perf_counter() - began
    return run_spacy(
        f"spaCy {version('spacy')} PhraseMatcher, negspaCy {version('negspacy')}", nlp, load, texts,
        lambda entity: entity._.negex,
        "literal terms, negation, offsets; no gaps, roles, cases, checks; nothing written",
    )


def flashtext(args, texts):
    """FlashText over the exported terms."""
    from flashtext import KeywordProcessor

    began = time.perf_counter()
    processor = KeywordProcessor(case_sensitive=False)
    for term, category in terms(args.work / "terms.tsv"):
        processor.add_keyword(term, category)
    load = time.perf_counter() - began
    began = time.perf_counter()
    n = matches = records = 0
    for text in texts:
        found = processor.extract_keywords(text, span_info=True)
        n, matches, records = n + 1, matches + len(found), records + bool(found)
    return Result(
        f"FlashText {version('flashtext')}", n, load, time.perf_counter() - began, matches, matches, records,
        "literal terms, offsets; no gaps, context, roles, cases, checks; nothing written",
    )


def ripgrep(args, corpus, n):
    """ripgrep with the terms as fixed words, one narrative a line; its load cannot be told apart but by an
    empty input."""
    listed, lines, empty = args.work / "terms.txt", args.work / "corpus.txt", args.work / "empty.txt"
    listed.write_text("".join(f"{term}\n" for term in sorted({term for term, _ in terms(args.work / "terms.tsv")})))
    with open(lines, "w", encoding="utf-8") as file:
        for text in narratives(corpus):
            # In lower case beforehand: with --ignore-case so many terms take it many minutes to prepare.
            file.write(" ".join(text.lower().split()) + "\n")
    empty.write_text("nothing\n")

    def run(path, *options):
        command = [args.rg, "--no-config", "--fixed-strings", "--word-regexp", "--file", listed,
                   "--regex-size-limit", "4G", "--dfa-size-limit", "1G", *options, path]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode > 1:
            raise RuntimeError(done.stderr.strip()[:300])
        return seconds, int(done.stdout.strip() or 0)

    run(empty, "--count")
    load, _ = run(empty, "--count")
    seconds, matches = run(lines, "--count-matches")
    _, records = run(lines, "--count")
    named = subprocess.run([args.rg, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return Result(
        f"ripgrep {named}, fixed words", n, load, max(seconds - load, 1e-3), matches, matches, records,
        "literal terms on text lowered beforehand, count only; no gaps, context, roles, categories, cases, checks; nothing written",
    )


def version(package):
    """The installed version."""
    return importlib.metadata.version(package)


def processor():
    """The processor's model."""
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def first_rows(corpus, path, limit):
    """The head of a table as a table of its own."""
    with open(corpus, encoding="utf-8", newline="") as source, open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, row in enumerate(csv.reader(source)):
            if number > limit:
                break
            writer.writerow(row)


def main():
    """Runs all, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rg", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--slow", type=int, required=True, help="narratives for spaCy's phrase matcher")
    parser.add_argument("--slowest", type=int, required=True, help="narratives for medspaCy")
    args = parser.parse_args()
    corpus, head = args.work / "corpus.csv", args.work / "head.csv"
    n = sum(1 for _ in narratives(corpus))
    first_rows(corpus, head, args.slowest)

    steps = [
        lambda: throughline(args, corpus, n, "**throughline**"),
        lambda: throughline(args, head, args.slowest, "throughline, the rows that medspaCy had"),
        lambda: ripgrep(args, corpus, n),
        lambda: flashtext(args, narratives(corpus)),
        lambda: phrases_with_negex(args, narratives(corpus, args.slow)),
        lambda: medspacy_with_context(args, narratives(corpus, args.slowest), "plain sentencizer", 300),
        lambda: medspacy_with_context(args, narratives(corpus, args.slowest), "plain sentencizer"),
        lambda: medspacy_with_context(args, narratives(corpus, args.slowest), "PyRuSH"),
    ]
    results = []
    for step in steps:
        result = step()
        results.append(result)
        print(f"{result.name}: {result.rate:.1f}/s, loaded in {result.load:.1f} s", file=sys.stderr, flush=True)

    print(f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n")
    print("| program | n | lexicon loaded in | narratives/s | throughline is faster by | matches | kept | records | does |")
    print("|---|---|---|---|---|---|---|---|---|")
    ours = results[0].rate
    for r in results:
        print(
            f"| {r.name} | {r.n:,} | {r.load:.1f} s | {r.rate:,.1f} | {ours / r.rate:,.1f} × | {r.matches:,} |"
            f" {r.kept:,} | {r.records:,} | {r.does} |"
        )
    print("\nOf the lexicon, `medspacy` holds:\n")
    print((args.work / "medspacy.notes").read_text())
    print("and `terms`:\n")
    print((args.work / "terms.notes").read_text())


if __name__ == "__main__":
    main()
