"use strict";
// The reviewer's decisions: kept in this browser under the run that they belong to, and written as
// the `reviewed.csv` that `throughline review` reads. Nothing here touches the page or a network.
const throughlineDecisions = (function () {
  const COLUMNS = ["run_id", "case_id", "incident_id", "field", "start", "end", "category", "rule_id",
    "decision", "reason", "comment", "reviewer", "reviewed_on"];
  /** The place of a decision on the case as a whole. */
  const WHOLE = "case";

  /** A cell as the program's own tables write it: guarded before formula characters, quoted where needed. */
  function cell(value) {
    let text = String(value);
    if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  const table = (rows) => "\ufeff" + [COLUMNS, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");

  /** Today where the reviewer sits, as `YYYY-MM-DD`. */
  function today() {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  }

  /** The decisions on the run `runId` and the cases that `holds` knows, as far as this browser has them. */
  function open(runId, holds) {
    const prefix = "throughline " + runId + " ";
    // A map by case, in it one by place: references are free text, and no key of an object.
    const cases = new Map();
    const store = { kept: true, reviewer: "" };

    function storage(use) {
      try {
        return use(window.localStorage);
      } catch {
        // Forbidden or full: the decisions live as long as the page.
        store.kept = false;
        return undefined;
      }
    }

    function load() {
      cases.clear();
      storage((local) => {
        store.reviewer = local.getItem(prefix + "reviewer") || "";
        for (let at = 0; at < local.length; at++) {
          const key = local.key(at);
          const caseId = key.slice((prefix + "case ").length);
          // The page of one case shares its run with the page of all.
          if (!key.startsWith(prefix + "case ") || !holds(caseId)) continue;
          try {
            cases.set(caseId, new Map(JSON.parse(local.getItem(key))));
          } catch {
            // Not ours, or damaged.
          }
        }
      });
    }

    const of = (caseId, place) => (cases.get(caseId) && cases.get(caseId).get(place)) || { verdict: "", reason: "", comment: "", on: "" };

    /** Changes what `changes` names of a decision, and keeps it at once. */
    function set(caseId, place, changes) {
      const decision = { ...of(caseId, place), ...changes, on: today() };
      if (decision.verdict !== "dismiss") decision.reason = "";
      const own = cases.get(caseId) || new Map();
      if (decision.verdict || decision.comment) own.set(place, decision);
      else own.delete(place);
      if (own.size) cases.set(caseId, own);
      else cases.delete(caseId);
      const key = prefix + "case " + caseId;
      storage((local) => (own.size ? local.setItem(key, JSON.stringify([...own])) : local.removeItem(key)));
      return decision;
    }

    function name(reviewer) {
      store.reviewer = reviewer.trim();
      storage((local) => local.setItem(prefix + "reviewer", store.reviewer));
    }

    /** The verdict on a case, and how many of its mentions have one. */
    function tally(caseId) {
      let mentions = 0;
      for (const [place, decision] of cases.get(caseId) || []) {
        if (place !== WHOLE && decision.verdict) mentions++;
      }
      return { verdict: of(caseId, WHOLE).verdict, mentions };
    }

    /** Cases and mentions with a verdict. */
    function total() {
      const sum = { cases: 0, mentions: 0 };
      for (const caseId of cases.keys()) {
        const own = tally(caseId);
        sum.cases += own.verdict ? 1 : 0;
        sum.mentions += own.mentions;
      }
      return sum;
    }

    function erase() {
      const keys = [...cases.keys()].map((caseId) => prefix + "case " + caseId);
      cases.clear();
      store.reviewer = "";
      storage((local) => [prefix + "reviewer", ...keys].forEach((key) => local.removeItem(key)));
    }

    /**
     * The text of `reviewed.csv`. `place` turns a case reference and a place into incident, field,
     * start, end, category and rule; start and end count Unicode scalar values, as the tables do.
     */
    function csv(order, place) {
      const rows = [];
      for (const caseId of order) {
        for (const [at, decision] of cases.get(caseId) || []) {
          const where = at === WHOLE ? ["", "", "", "", "", ""] : place(caseId, at);
          if (!where) continue;
          rows.push([runId, caseId, ...where, decision.verdict, decision.reason, decision.comment, store.reviewer, decision.on]);
        }
      }
      return table(rows);
    }

    load();
    return Object.assign(store, { of, set, name, tally, total, erase, csv, load, prefix });
  }

  return { open, WHOLE };
})();
