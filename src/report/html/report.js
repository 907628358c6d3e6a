// The page's script, after `decisions.js`. It reads the data blocks of this page and builds the case list and the
// case pages. It asks nothing of any network, and keeps nothing but the reviewer's decisions.
//
// Rule of the house: text from the data reaches the page through `shown` (or `plain`, in an
// attribute) and nothing else. No markup is ever parsed.
(function () {
  const byId = (id) => document.getElementById(id);
  const run = JSON.parse(byId("run").textContent);
  const dictionary = JSON.parse(byId("words").textContent);
  const categories = new Map(run.categories.map((category) => [category.id, category]));
  const numbers = new Map(run.cases.map((row, number) => [row.id, number]));
  const decisions = throughlineDecisions.open(run.run_id, (caseId) => numbers.has(caseId));
  const WHOLE = throughlineDecisions.WHOLE;
  const GROUPS = ["abuse", "suicide", "context"];
  const GROUP_TITLES = { abuse: "Abuse", suicide: "Suicide and self-harm", context: "Context" };
  const TIER_NAMES = { 1: "read first", 2: "read next", 3: "then read" };
  const AXES = ["Asserted", "Certainty", "Time", "Happened to", "Done by", "Said by"];
  const USUAL = ["affirmed", "stated", "current"];
  /** Rows added to the list at a time. */
  const CHUNK = 40;
  /** Texts longer than this are folded, with the marked passages left in view. */
  const LONG = 1400;
  /** Texts without a mark are folded sooner. */
  const LONG_UNMARKED = 300;
  /** Characters kept on each side of a mention in a folded text. */
  const MARGIN = 180;

  // ---------------------------------------------------------------- building blocks

  /** Makes an element. Strings among `children` must be ours; data goes through `shown`. */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    return fill(node, children);
  }

  /** Puts `children` in place of what `node` holds; `null`, `false` and empty text are left out. */
  function fill(node, children) {
    node.replaceChildren(...children.flat(3).filter(Boolean));
    return node;
  }

  // Control, directional and zero-width characters. U+200D stays: emoji are joined with it.
  const HIDDEN =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
  const codePoint = (c) => "U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");

  /** Appends `text[from..to]` to `node`; hidden characters become labelled boxes. */
  function appendText(node, text, from = 0, to = text.length) {
    HIDDEN.lastIndex = from;
    let done = from;
    for (let hit; (hit = HIDDEN.exec(text)) && hit.index < to; ) {
      if (hit.index > done) node.append(text.slice(done, hit.index));
      if (hit[0] === "\r") {
        // A line end of two characters shows as one; a lone carriage return is a line end too.
        if (text[hit.index + 1] !== "\n") node.append("\n");
      } else {
        node.append(el("span", { class: "ctl", title: "Hidden character " + codePoint(hit[0]) }, codePoint(hit[0])));
      }
      done = hit.index + 1;
    }
    if (done < to) node.append(text.slice(done, to));
    return node;
  }

  /** Data as an isolated piece of text. */
  const shown = (text) => appendText(el("bdi"), text);
  /** Data for an attribute or the title. */
  const plain = (text) => text.replace(HIDDEN, (c) => "[" + codePoint(c) + "]");

  const count = (number, one, many) => number.toLocaleString("en-GB") + " " + (number === 1 ? one : many || one + "s");
  const titleOf = (id) => (categories.has(id) ? categories.get(id).title : id);
  const groupOf = (id) => (categories.has(id) ? categories.get(id).group : "context");
  const dates = (first, last) =>
    !first && !last ? ["no date"] : first === last || !last ? [shown(first)] : [shown(first || "?"), " to ", shown(last)];
  const tierBadge = (tier) => el("span", { class: "tier t" + Number(tier) }, "Tier " + Number(tier));
  const caseHref = (id) => "#case=" + encodeURIComponent(id);
  const words = (axis) => axis.replace(/_/g, " ");
  const spokenCategory = (id) => plain(titleOf(id));

  /** Category ids with counts, abuse first, then suicide, then context. */
  function byGroup(found) {
    return GROUPS.flatMap((group) => found.filter(([id]) => groupOf(id) === group));
  }

  function chip([id, number]) {
    return el("li", { class: "chip " + groupOf(id) }, shown(titleOf(id)), number > 1 && el("span", { class: "n" }, "×" + number));
  }

  const chips = (found) => el("ul", { class: "chips" }, byGroup(found).map(chip));

  /** A case as the program had it: what repeats from case to case comes by number (`packed.rs`). */
  function unpacked(data) {
    const word = (number) => dictionary[number];
    for (const check of data.checks) {
      for (const name of ["check", "title", "status", "why"]) check[name] = word(check[name]);
      check.legal = check.legal.map(word);
    }
    for (const part of data.conduct) {
      for (const name of ["element", "title", "part"]) part[name] = word(part[name]);
      part.quotes = part.quotes.map(([incident, what, quote, named]) => {
        const [incident_id, incident_date] = named || [data.incidents[incident].id, data.incidents[incident].date];
        return { incident, incident_id, incident_date, what: word(what), quote };
      });
    }
    for (const field of data.incidents.flatMap((incident) => incident.fields)) {
      field.mentions = field.mentions.map(([start, end, place, category, rule, tier, heavy, axes, cues, suppressed]) => ({
        start, end, place, category: word(category), rule: word(rule), tier, heavy: heavy === 1, axes: word(axes).split(" "), cues, suppressed,
      }));
    }
    return data;
  }

  const parsed = new Map();
  /** The data of case `number`; the last few stay parsed. */
  function caseData(number) {
    if (!parsed.has(number)) {
      if (parsed.size > 8) parsed.delete(parsed.keys().next().value);
      parsed.set(number, unpacked(JSON.parse(byId("case-" + number).textContent)));
    }
    return parsed.get(number);
  }

  // ---------------------------------------------------------------- address

  /** The part of the address after `#`, as a map. `+` is a plus sign here. */
  function address() {
    const values = new Map();
    for (const part of location.hash.slice(1).split("&")) {
      const at = part.indexOf("=");
      if (at < 1) continue;
      try {
        values.set(part.slice(0, at), decodeURIComponent(part.slice(at + 1)));
      } catch {
        // A broken escape: ignore that part.
      }
    }
    return values;
  }

  // ---------------------------------------------------------------- case list

  /** By the name that each has in the address; the control of each is `by-` and the name. */
  const filters = { tier: "", category: "", area: "", also: "", check: "", from: "", to: "", decided: "", search: "", sort: "" };
  const NAMES = Object.keys(filters);
  const mentionsOf = (row) => row.found.reduce((sum, [, n]) => sum + n, 0);
  /** Orders of the list other than that of reading. */
  const ORDERS = {
    latest: (a, b) => (b.days[b.days.length - 1] || "").localeCompare(a.days[a.days.length - 1] || ""),
    mentions: (a, b) => mentionsOf(b) - mentionsOf(a),
    reference: (a, b) => a.id.localeCompare(b.id, "en-GB", { numeric: true }),
  };
  const control = (name) => byId(name === "search" ? "search" : "by-" + name);
  let listed = run.cases.map((_, number) => number);
  let drawn = 0;
  let lastTier = null;
  let lastList = null;

  const listHash = () => {
    const parts = NAMES.filter((name) => filters[name]).map((name) => name + "=" + encodeURIComponent(filters[name]));
    return "#" + parts.join("&");
  };

  /** Whether a case has `category`, which may stand for a whole group. */
  const has = (row, category) => row.found.some(([id]) => id === category || "any-" + groupOf(id) === category);

  /** Whether a case passes every filter but the search. */
  function passes(row) {
    if (filters.tier && String(row.tier) !== filters.tier) return false;
    if (filters.category && !has(row, filters.category)) return false;
    if (filters.also && !has(row, filters.also)) return false;
    if (filters.area && !row.areas.includes(filters.area)) return false;
    if (filters.check && !row.checks.some((check) => check === filters.check || check.startsWith(filters.check + ":"))) return false;
    if ((filters.from || filters.to) &&
      !row.days.some((day) => (!filters.from || day >= filters.from) && (!filters.to || day <= filters.to))) return false;
    if (filters.decided) {
      const { verdict, mentions } = decisions.tally(row.id);
      if (filters.decided === "open" ? verdict : filters.decided === "begun" ? verdict || !mentions : verdict !== filters.decided) return false;
    }
    return true;
  }

  /** Areas with commas between; the control of long lists is the case page. */
  const listedAreas = (areas) => [areas.slice(0, 3).map((area, at) => [at > 0 && ", ", shown(area)]), areas.length > 3 && " and " + (areas.length - 3) + " more"];

  function caseRow(number) {
    const row = run.cases[number];
    const mentions = mentionsOf(row);
    return el("li", { "data-number": number },
      el("div", {},
        el("a", { href: caseHref(row.id) }, shown(row.id)), filters.sort && [" ", tierBadge(row.tier)],
        el("span", { class: "meta" }, dates(row.first, row.last)),
        el("span", { class: "meta" }, count(row.incidents, "incident") + ", " + count(mentions, "mention")),
        row.areas.length > 0 && el("span", { class: "meta" }, listedAreas(row.areas)),
        el("span", { class: "meta decision" }, decidedOn(row))),
      el("div", {},
        row.quote && covered(row.heavy, "Quote covered: show it", () => el("p", { class: "key-quote" }, "“", shown(row.quote.replace(/[ \t\r\n]+/g, " ")), "”")),
        chips(row.found)));
  }

  /** Adds the next rows to the list. */
  function drawMore(limit = CHUNK) {
    const end = Math.min(drawn + limit, listed.length);
    for (; drawn < end; drawn++) {
      const tier = filters.sort ? 0 : run.cases[listed[drawn]].tier;
      if (tier !== lastTier || !lastList) {
        const total = listed.reduce((sum, number) => sum + (run.cases[number].tier === tier ? 1 : 0), 0);
        lastList = el("ol", { class: "cases" });
        byId("cases").append(
          el("h3", { class: "tier-head" }, filters.sort
            ? count(listed.length, "case")
            : [tierBadge(tier), (TIER_NAMES[tier] || "") + " · " + count(total, "case")]), lastList);
        lastTier = tier;
      }
      lastList.append(caseRow(listed[drawn]));
    }
    byId("more").hidden = drawn >= listed.length;
  }

  // Words of each case for the search, made once when first needed.
  const haystacks = [];
  const folded = (text) => text.toLowerCase().replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"').replace(/\s+/g, " ");

  function haystack(number) {
    if (haystacks[number] === undefined) {
      const data = JSON.parse(byId("case-" + number).textContent);
      const parts = [data.id, data.first_date, data.last_date, data.key_quote, ...data.reasons, ...data.prompts];
      parts.push(...run.cases[number].areas);
      parts.push(...run.cases[number].found.flatMap(([id]) => [id, titleOf(id)]));
      for (const incident of data.incidents) {
        parts.push(incident.id, incident.date, incident.origin, ...incident.fields.map((field) => field.text));
      }
      haystacks[number] = folded(parts.join("\n"));
      // Engines put a joined text together when it is first read: now, not at the reader's first stroke.
      haystacks[number].includes("\n");
    }
    return haystacks[number];
  }

  const pause = () => new Promise((resolve) => setTimeout(resolve));
  let query = 0;

  /** Puts the first rows of `kept` in place of the list. */
  function redraw(kept) {
    listed = kept;
    drawn = 0;
    lastTier = lastList = null;
    byId("cases").replaceChildren();
    drawMore();
  }

  /**
   * Works out which cases pass the filters. A search before the texts were read yields often, so that typing stays
   * smooth, and shows what it has found as soon as there is something.
   */
  async function applyFilters() {
    const mine = ++query;
    const needles = [...folded(filters.search).matchAll(/"([^"]+)"|(\S+)/g)].map((match) => match[1] || match[2]);
    const order = ORDERS[filters.sort];
    const kept = [];
    let slice = performance.now();
    let begun = false;
    for (let number = 0; number < run.cases.length; number++) {
      const row = run.cases[number];
      if (!passes(row)) continue;
      if (needles.length) {
        if (performance.now() - slice > 30) {
          byId("showing").textContent = "Searching…";
          // Not where the rows have an order of their own: the first found need not be the first in it.
          if (!begun && kept.length && !order) {
            begun = true;
            redraw([...kept]);
          }
          await pause();
          if (mine !== query) return;
          slice = performance.now();
        }
        const text = haystack(number);
        if (!needles.every((needle) => text.includes(needle))) continue;
      }
      kept.push(number);
    }
    if (order) kept.sort((a, b) => order(run.cases[a], run.cases[b]) || a - b);
    redraw(kept);
    const all = run.cases.length.toLocaleString("en-GB");
    const narrowed = NAMES.some((name) => name !== "sort" && filters[name]);
    byId("showing").textContent = narrowed
      ? "Showing " + kept.length.toLocaleString("en-GB") + " of " + all + " cases"
      : "Showing all " + count(run.cases.length, "case");
    byId("clear").hidden = !narrowed;
    if (!kept.length) byId("cases").append(el("p", { class: "aside" }, "No case on this page matches these filters."));
  }

  function setUpList() {
    for (const select of [byId("by-category"), byId("by-also")]) {
      for (const group of GROUPS) {
        const found = run.categories.filter((category) => category.group === group && category.cases > 0);
        if (!found.length) continue;
        select.append(el("optgroup", { label: GROUP_TITLES[group] },
          el("option", { value: "any-" + group }, "Any of: " + GROUP_TITLES[group].toLowerCase()),
          found.map((category) => el("option", { value: category.id }, plain(category.title) + " (" + category.cases.toLocaleString("en-GB") + ")"))));
      }
    }
    for (const [id, title] of run.checks) {
      byId("by-check").append(el("optgroup", { label: plain(title) },
        el("option", { value: id }, plain(title)),
        Object.entries(statusWords).map(([status, words]) => el("option", { value: id + ":" + status }, plain(title) + ": " + words.toLowerCase()))));
    }
    const areas = new Map();
    for (const row of run.cases) for (const area of row.areas) areas.set(area, (areas.get(area) || 0) + 1);
    const compare = new Intl.Collator("en-GB", { numeric: true }).compare;
    for (const [area, cases] of [...areas].sort(([a], [b]) => compare(a, b))) {
      byId("by-area").append(el("option", { value: area }, plain(area) + " (" + cases.toLocaleString("en-GB") + ")"));
    }
    byId("area-control").hidden = areas.size === 0;
    byId("list").append(el("button", { type: "button", id: "more" }, "Show more cases"));
    byId("more").addEventListener("click", () => drawMore());
    if ("IntersectionObserver" in window) {
      new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) drawMore();
      }, { rootMargin: "1200px" }).observe(byId("more"));
    }

    let timer = 0;
    // Strokes that wait for the page are answered together.
    const changed = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const name of NAMES) filters[name] = control(name).value.trim();
        try {
          history.replaceState(null, "", listHash() === "#" ? location.pathname + location.search : listHash());
        } catch {
          // Some viewers forbid it for local files; the filter works all the same.
        }
        applyFilters();
      });
    };
    byId("search").addEventListener("input", changed);
    for (const name of NAMES.filter((name) => name !== "search")) control(name).addEventListener("change", changed);
    byId("cover").checked = covering;
    byId("cover").addEventListener("change", () => {
      cover(byId("cover").checked);
      applyFilters();
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => {
      setTimeout(() => (byId("cover").checked = covering));
      changed();
    });
    // A chart's parts lead where the links of its table lead.
    byId("overview").addEventListener("click", (event) => {
      const part = event.target.closest("[data-href]");
      if (part) location.hash = part.getAttribute("data-href");
    });
    byId("filters").hidden = false;
    // On a narrow screen the names of the matrix leave no room for its cells; they stand in a list below it.
    const matrix = document.querySelector(".matrix");
    const frame = matrix && matrix.parentElement;
    if (frame && frame.scrollWidth > frame.clientWidth) frame.scrollLeft = Number(matrix.dataset.names) - 28;
  }

  /** Reads the texts for the search while nothing else is to be done. */
  function prepareSearch(number = 0) {
    if (!("requestIdleCallback" in window)) return;
    requestIdleCallback((deadline) => {
      for (; number < run.cases.length && deadline.timeRemaining() > 4; number++) haystack(number);
      if (number < run.cases.length) prepareSearch(number);
    });
  }

  // ---------------------------------------------------------------- covered words

  const COVER = "throughline cover";
  let covering = true;
  try {
    covering = localStorage.getItem(COVER) !== "no";
  } catch {
    // The choice then lasts as long as the page.
  }

  function cover(wanted) {
    covering = wanted;
    try {
      if (wanted) localStorage.removeItem(COVER);
      else localStorage.setItem(COVER, "no");
    } catch {
      // As above.
    }
  }

  /** What `build` makes, behind a button if it is heavy to read and nobody asked for it yet. */
  function covered(heavy, label, build, asked) {
    if (!heavy || !covering) return build();
    const button = el("button", { type: "button", class: "covered" }, label);
    button.addEventListener("click", () => {
      if (asked) asked();
      const built = build();
      button.replaceWith(built);
      const target = built.querySelector(".ref") || built;
      if (target === built) built.setAttribute("tabindex", "-1");
      target.focus({ preventScroll: true });
    });
    return button;
  }

  // ---------------------------------------------------------------- decisions

  const VERDICTS = [["accept", "Accept", "a", "accepted"], ["dismiss", "Dismiss", "d", "dismissed"], ["unsure", "Unsure", "u", "unsure"]];
  const REASONS = [["", "Reason…"], ["negated", "Denied or negated"], ["hypothetical", "Only possible, feared or asked"],
    ["other_person", "About somebody else"], ["other_meaning", "The words mean something else"],
    ["form_text", "Form text or standard words"], ["other", "Other: see the comment"]];
  const pastTense = (verdict) => VERDICTS.find(([name]) => name === verdict)[3];
  /** What brings a box of decisions up to date, by place in the open case. */
  let boxes = new Map();

  /** Buttons, reason and comment for one mention or for the case as a whole. */
  function decisionBox(caseId, place, about) {
    const buttons = VERDICTS.map(([verdict, title, key]) => {
      const button = el("button", { type: "button", "aria-keyshortcuts": key }, title);
      button.addEventListener("click", () => decide(caseId, place, verdict, about));
      return button;
    });
    const reason = el("select", { "aria-label": "Reason for dismissing: " + about }, REASONS.map(([value, title]) => el("option", { value }, title)));
    const comment = el("input", { type: "text", "aria-label": "Comment on: " + about, placeholder: "Comment", autocomplete: "off" });
    const sync = () => {
      const decision = decisions.of(caseId, place);
      buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(VERDICTS[at][0] === decision.verdict)));
      reason.value = decision.reason;
      reason.hidden = decision.verdict !== "dismiss";
      comment.value = decision.comment;
      comment.hidden = place !== WHOLE && !decision.verdict && !decision.comment;
    };
    reason.addEventListener("change", () => keep(caseId, place, { reason: reason.value }));
    comment.addEventListener("change", () => keep(caseId, place, { comment: comment.value.trim() }));
    const box = el("div", { class: "decide", role: "group", "aria-label": "Decision on: " + about }, buttons, reason, comment);
    boxes.set(place, { sync, more: () => (reason.hidden ? comment : reason) });
    sync();
    return box;
  }

  function keep(caseId, place, changes) {
    decisions.set(caseId, place, changes);
    if (boxes.has(place)) boxes.get(place).sync();
    countDecisions(caseId);
  }

  /** Decides, or takes back what was decided the same way. */
  function decide(caseId, place, verdict, about) {
    const again = decisions.of(caseId, place).verdict === verdict;
    keep(caseId, place, { verdict: again ? "" : verdict });
    byId("said").textContent = (again ? "Taken back: " : VERDICTS.find(([name]) => name === verdict)[1] + ": ") + about;
  }

  /** What was decided on a case, in words; nothing if nothing was. */
  function decidedOn(row) {
    const { verdict, mentions } = decisions.tally(row.id);
    return [
      verdict && el("span", { class: "verdict" }, pastTense(verdict)),
      mentions > 0 && (verdict ? " " : "") + mentions.toLocaleString("en-GB") + " of " + count(mentionsOf(row), "mention") + " decided",
    ];
  }

  /** Brings every count of decisions up to date; `caseId` is the case that changed. */
  function countDecisions(caseId) {
    const sum = decisions.total();
    const mentions = run.cases.reduce((sum, row) => sum + mentionsOf(row), 0);
    byId("decided").textContent = sum.cases.toLocaleString("en-GB") + " of " + count(run.cases.length, "case") + " and " +
      sum.mentions.toLocaleString("en-GB") + " of " + count(mentions, "mention") + " decided";
    byId("not-kept").hidden = decisions.kept;
    const number = numbers.get(caseId);
    if (number === undefined) return;
    const badge = document.querySelector('#cases [data-number="' + number + '"] .decision');
    if (badge) fill(badge, [decidedOn(run.cases[number])]);
    const own = byId("case-decided");
    if (own && view.number === number) fill(own, [decidedOn(run.cases[number])]);
  }

  /** Incident, field, start, end, category and rule of a mention. */
  function placeOf(caseId, place) {
    const number = numbers.get(caseId);
    if (number === undefined) return null;
    const [i, f, m] = place.split("/").map(Number);
    const incident = caseData(number).incidents[i];
    const field = incident && incident.fields[f];
    const mention = field && field.mentions[m];
    return mention ? [incident.id, field.name, ...mention.place, mention.category, mention.rule] : null;
  }

  function exportDecisions() {
    const text = decisions.csv(run.cases.map((row) => row.id), placeOf);
    const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })), download: run.part > 0 ? "reviewed-" + (run.part + 1) + ".csv" : "reviewed.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    const sum = decisions.total();
    byId("said").textContent = "Exported " + count(sum.cases + sum.mentions, "decision") + (run.elsewhere.length ? " on the cases of this page" : "");
    if (!decisions.reviewer) byId("reviewer").focus();
  }

  function setUpReview() {
    byId("review").hidden = false;
    byId("reviewer").value = decisions.reviewer;
    byId("reviewer").addEventListener("input", () => decisions.name(byId("reviewer").value));
    byId("export").addEventListener("click", exportDecisions);
    byId("erase").addEventListener("click", () => {
      const sum = decisions.total();
      if (!window.confirm("Erase " + count(sum.cases + sum.mentions, "decision") + " on this run from this browser? What was exported stays.")) return;
      decisions.erase();
      byId("reviewer").value = "";
      refreshDecisions();
    });
    // Another window on the same report.
    window.addEventListener("storage", (event) => {
      if (event.key !== null && !event.key.startsWith(decisions.prefix)) return;
      decisions.load();
      byId("reviewer").value = decisions.reviewer;
      refreshDecisions();
    });
    window.addEventListener("beforeunload", (event) => {
      const sum = decisions.total();
      if (!decisions.kept && sum.cases + sum.mentions > 0) event.preventDefault();
    });
    countDecisions();
  }

  function refreshDecisions() {
    for (const box of boxes.values()) box.sync();
    for (const item of document.querySelectorAll("#cases [data-number]")) {
      fill(item.querySelector(".decision"), [decidedOn(run.cases[Number(item.dataset.number)])]);
    }
    countDecisions(view.number >= 0 ? run.cases[view.number].id : undefined);
  }

  /** Decides by key on what is in focus: a mention, else the open case, else a case of the list. */
  function decideByKey(verdict) {
    const focus = document.activeElement;
    if (byId("case").hidden) {
      const item = focus && focus.closest("#cases [data-number]");
      if (!item) return false;
      const { id } = run.cases[Number(item.dataset.number)];
      decide(id, WHOLE, verdict, "case " + plain(id));
      return true;
    }
    if (view.number < 0) return false;
    const { id } = run.cases[view.number];
    const noted = focus && focus.closest("[data-note]");
    const mark = noted && view.marks.get(noted.dataset.note);
    if (focus && focus.classList.contains("covered")) byId("said").textContent = "Show the text first.";
    else if (mark && mark.aside) byId("said").textContent = "Set aside already: nothing to decide.";
    else if (mark) decide(id, mark.place, verdict, mark.about);
    else decide(id, WHOLE, verdict, "case " + plain(id));
    return true;
  }

  /** Moves the focus to reason or comment of what is in focus, or back from there. */
  function toReason() {
    const focus = document.activeElement;
    const noted = focus && focus.closest("[data-note]");
    const mark = noted && view.marks.get(noted.dataset.note);
    const box = boxes.get(mark ? mark.place : WHOLE);
    if (!box) return false;
    const more = box.more();
    more.hidden = false;
    more.focus();
    return true;
  }

  function backFromReason(focus) {
    const noted = focus.closest("[data-note]");
    const ref = noted && byId("incidents").querySelector('.ref[data-note="' + noted.dataset.note + '"]');
    (ref || byId("case-title")).focus();
  }

  // ---------------------------------------------------------------- marked text

  /**
   * Gives every mention of a field its level of underline, so that overlapping ones stack and each
   * keeps its height along its whole length. Levels past the third share it.
   */
  function layOut(marks) {
    const ends = [];
    marks.sort((a, b) => a.start - b.start || b.end - a.end);
    for (const mark of marks) {
      let level = ends.findIndex((end) => end <= mark.start);
      if (level < 0) level = ends.length;
      ends[level] = mark.end;
      mark.level = Math.min(level, 3);
    }
    return marks;
  }

  /** Appends `text[from..to]` to `node` with its marks, cut wherever one begins or ends. */
  function appendMarked(node, text, marks, from, to) {
    const cuts = new Set([from, to]);
    const inside = marks.filter((mark) => mark.start < to && mark.end > from);
    for (const mark of inside) {
      if (mark.start > from) cuts.add(mark.start);
      if (mark.end < to) cuts.add(mark.end);
    }
    const places = [...cuts].sort((a, b) => a - b);
    for (let i = 0; i + 1 < places.length; i++) {
      const [start, end] = [places[i], places[i + 1]];
      const over = inside.filter((mark) => mark.start <= start && mark.end >= end);
      if (!over.length) {
        appendText(node, text, start, end);
        continue;
      }
      over.sort((a, b) => b.level - a.level);
      let piece = null;
      let inner = null;
      for (const mark of over) {
        const layer = el("mark", {
          class: (mark.aside ? "set-aside" : mark.group) + " l" + mark.level + (mark.aside && over.length === 1 ? " only" : ""),
          "data-note": mark.key,
        });
        if (inner) inner.append(layer);
        else piece = layer;
        inner = layer;
        mark.innermost = layer;
      }
      appendText(inner, text, start, end);
      for (const mark of over) {
        if (mark.end === end) mark.innermost.append(reference(mark));
      }
      node.append(piece);
    }
    return node;
  }

  function reference(mark) {
    return el("span", {
      class: "ref", role: "button", tabindex: 0, "data-note": mark.key,
      "aria-label": (mark.aside ? "Set aside, note " : "Note ") + mark.label + ": " + spokenCategory(mark.mention.category),
    }, mark.label);
  }

  /** Stretches of a long text around its marks, cut at white space. */
  function passages(text, marks) {
    const stretches = [];
    for (const mark of marks) {
      let from = Math.max(0, mark.start - MARGIN);
      let to = Math.min(text.length, mark.end + MARGIN);
      while (from > 0 && mark.start - from < MARGIN + 40 && /\S/.test(text[from - 1])) from--;
      while (to < text.length && to - mark.end < MARGIN + 40 && /\S/.test(text[to])) to++;
      const last = stretches[stretches.length - 1];
      if (last && from <= last.to + 80) last.to = Math.max(last.to, to);
      else stretches.push({ from, to });
    }
    return stretches;
  }

  /** What differs from the plain case (affirmed, stated, current), and who. */
  function brief(axes) {
    const parts = axes.slice(0, 3).filter((value, at) => value !== USUAL[at]).map(words);
    if (axes[3] !== "unknown") parts.push("to " + words(axes[3]));
    if (axes[4] !== "unknown") parts.push("by " + words(axes[4]));
    if (axes[5] !== "unknown") parts.push("said by " + words(axes[5]));
    return parts.join(" · ");
  }

  function note(mark) {
    const { mention } = mark;
    return el("li", { class: mark.aside ? "set-aside" : mark.group, "data-note": mark.key },
      el("span", { class: "num" }, mark.label), " ",
      el("span", { class: "name" }, shown(titleOf(mention.category))),
      mark.aside ? [" set aside: ", shown(mention.suppressed)] : brief(mention.axes) && " " + brief(mention.axes),
      el("span", { class: "rule" }, shown(mention.rule)),
      !mark.aside && decisionBox(run.cases[view.number].id, mark.place, mark.about));
  }

  // ---------------------------------------------------------------- case page

  const view = { number: -1, only: new Set(), aside: false, mono: false, opened: new Set(), asked: new Set(), heavy: new Set(), marks: new Map() };
  const builders = new WeakMap();
  const letters = (n) => (n >= 26 ? letters(Math.floor(n / 26) - 1) : "") + String.fromCharCode(97 + (n % 26));

  function foundIn(incident) {
    const counts = new Map();
    for (const field of incident.fields) {
      for (const mention of field.mentions) {
        if (mention.suppressed === null) counts.set(mention.category, (counts.get(mention.category) || 0) + 1);
      }
    }
    return run.categories.map(({ id }) => id).filter((id) => counts.has(id))
      .concat([...counts.keys()].filter((id) => !categories.has(id)))
      .map((id) => [id, counts.get(id)]);
  }

  const when = (incident) =>
    incident.date || incident.iso_date
      ? el("time", { datetime: incident.iso_date || null }, shown(incident.date || incident.iso_date))
      : el("span", {}, "no date");
  const incidentHref = (data, at) => caseHref(data.id) + "&incident=" + (at + 1);

  /** Opens a case, at one of its incidents or parts if asked. */
  function openCase(number, incident, part) {
    const data = caseData(number);
    if (view.number !== number) {
      Object.assign(view, { number, only: new Set(), aside: false, opened: new Set(), asked: new Set() });
      drawCase(data);
    }
    byId("overview").hidden = true;
    byId("case").hidden = false;
    document.title = plain(data.id) + " – throughline report";
    if (incident >= 1 && incident <= data.incidents.length) {
      const section = byId("incident-" + incident);
      section.scrollIntoView();
      section.querySelector("h3").focus({ preventScroll: true });
    } else if (PARTS.some(([name]) => name === part) && byId(part + "-title")) {
      byId(part + "-title").scrollIntoView();
      byId(part + "-title").focus({ preventScroll: true });
    } else {
      window.scrollTo(0, 0);
      byId("case-title").focus({ preventScroll: true });
    }
  }

  function drawCase(data) {
    const row = run.cases[view.number];
    const mentions = row.found.reduce((sum, [, n]) => sum + n, 0);
    const article = byId("case");
    const found = data.incidents.map(foundIn);
    view.heavy = heavyWords(data);
    boxes = new Map();
    fill(article, [
      caseBar(),
      el("div", { class: "case-title" }, el("h1", { id: "case-title", tabindex: -1 }, "Case ", shown(data.id)), tierBadge(data.tier)),
      el("p", { class: "facts" }, dates(data.first_date, data.last_date), " · ", data.areas.length > 0 && [data.areas.map((area, at) => [at > 0 && ", ", shown(area)]), " · "], count(data.incidents.length, "incident"), " · ",
        count(mentions, "mention"), " · text only; other systems not checked"),
      contentNote(data),
      el("div", { class: "two" },
        listPanel("Why it is here", data.reasons, "panel"),
        listPanel("Prompts to consider", data.prompts, "panel prompts")),
      el("section", { class: "panel mine", "aria-labelledby": "mine-title" },
        el("h2", { id: "mine-title" }, "Your decision on this case"),
        decisionBox(data.id, WHOLE, "case " + plain(data.id)),
        el("p", { class: "aside" }, "Is this case rightly put before a reader? Each marked passage has a decision of its own below. ", el("span", { id: "case-decided", role: "status" }, decidedOn(row)))),
      (data.incidents.length > 1 || data.pattern.length > 0) && el("section", { "aria-labelledby": "pattern-title" },
        el("h2", { id: "pattern-title", tabindex: -1 }, "Across the incidents"),
        facts(data),
        data.incidents.length > 1 && el("p", { class: "aside" }, "How often each category was found, from its first incident to its latest. What is reported and written down changes over time, so a gap is not an absence."),
        data.incidents.length > 1 && pattern(data, row.found, found)),
      el("section", { "aria-labelledby": "chronology-title" },
        el("h2", { id: "chronology-title", tabindex: -1 }, "Chronology"),
        chronology(data, found)),
      el("section", { "aria-labelledby": "texts-title" },
        el("h2", { id: "texts-title", tabindex: -1 }, "What the texts say"),
        options(data, row.found),
        legend(row.found),
        el("div", { id: "incidents" })),
      inconsistencies(data),
      conduct(data),
      responseChecks(data),
    ]);
    article.querySelector(".parts-of-case").replaceChildren(...partLinks(data));
    drawIncidents(data);
  }

  function caseBar() {
    const at = listed.indexOf(view.number);
    const neighbour = (step, words) => {
      const number = at < 0 ? undefined : listed[at + step];
      return number === undefined ? null : el("a", { href: caseHref(run.cases[number].id), "data-step": step }, words);
    };
    return el("div", { class: "casebar" },
      el("nav", { "aria-label": "Cases" },
        el("a", { href: listHash(), id: "back" }, "← All cases"),
        neighbour(-1, "Previous case"), neighbour(1, "Next case"),
        at >= 0 && el("span", { class: "where" }, (at + 1).toLocaleString("en-GB") + " of " + listed.length.toLocaleString("en-GB") + (filters.sort ? " as listed" : " in reading order"))),
      el("nav", { class: "parts-of-case", "aria-label": "On this page" }));
  }

  /** The parts of a case page by their place in the address: name of their heading's id, and a short title. */
  const PARTS = [["pattern", "Across the incidents"], ["chronology", "Chronology"], ["texts", "Texts"], ["inconsistent", "Inconsistencies"],
    ["conduct", "Course of conduct"], ["checks", "Response checks"]];

  /** Links to those parts that the open case has. */
  const partLinks = (data) => PARTS.filter(([part]) => byId(part + "-title"))
    .map(([part, title]) => el("a", { href: caseHref(data.id) + "&part=" + part }, title));

  const listPanel = (title, items, name) =>
    items.length
      ? el("section", { class: name }, el("h2", {}, title), el("ul", {}, items.map((item) => el("li", {}, sentence(item)))))
      : null;

  const statusWords = { stated_not_done: "Stated as not done", no_mention_found: "Not mentioned: a prompt", done: "Stated as done" };

  function responseChecks(data) {
    if (!data.checks.length) return null;
    const incident = (number) => number === 0
      ? "whole case"
      : ["incident ", shown(data.incidents[number - 1].id), data.incidents[number - 1].date ? [", ", shown(data.incidents[number - 1].date)] : null];
    const told = (check) => [
      el("span", { class: "aside" }, "(", incident(check.incident), ")"),
      check.quote && [" ", el("q", {}, shown(check.quote))],
      !check.quote && check.trigger && [" raised by ", view.heavy.has(unspaced(check.trigger)) ? hushed(true, "“" + check.trigger + "”") : el("q", {}, shown(check.trigger))]];
    // A check that several incidents raise is explained once.
    const item = (same) => {
      const legal = [...new Set(same.flatMap((check) => check.legal))];
      return el("li", { class: "check" },
        el("b", {}, shown(same[0].title)), " ",
        same.length === 1 ? told(same[0]) : el("ul", {}, same.map((check) => el("li", {}, told(check)))),
        el("p", { class: "aside" }, shown(same[0].why)),
        legal.length > 0 && el("details", { class: "legal" }, el("summary", {}, legal.length === 1 ? "Legal test" : "Legal tests (" + legal.length + ")"),
          legal.map((line) => el("p", { class: "aside" }, shown(line)))));
    };
    const alike = (checks) => {
      const same = new Map();
      for (const check of checks) {
        const key = check.title + "\n" + check.why;
        same.set(key, [...(same.get(key) || []), check]);
      }
      return [...same.values()];
    };
    return el("section", { class: "panel checks", "aria-labelledby": "checks-title" },
      el("h2", { id: "checks-title", tabindex: -1 }, "Response checks"),
      el("p", { class: "aside" }, "What the text says was done, says was not done, or does not mention although something in it raises the question. A record is partial and actions may stand in another system: silence is a prompt, never a failure."),
      Object.keys(statusWords).map((status) => {
        const own = data.checks.filter((check) => check.status === status);
        return own.length
          ? el("details", { open: status !== "done" }, el("summary", {}, statusWords[status] + " (" + own.length + ")"), el("ul", {}, alike(own).map(item)))
          : null;
      }));
  }

  const isHeavy = (mention) => mention.suppressed === null && mention.heavy;

  /** What the case speaks of that may be hard to read, and the way to uncover all of it. */
  function contentNote(data) {
    const mentions = data.incidents.flatMap((incident) => incident.fields).flatMap((field) => field.mentions);
    const about = [...new Set(mentions.filter(isHeavy).map((mention) => mention.category))];
    if (!about.length) return null;
    const all = el("button", { type: "button", id: "uncover" }, "Show every text of this case");
    all.addEventListener("click", () => {
      view.asked.add("all");
      drawCase(data);
      byId("texts-title").focus();
    });
    return el("div", { class: "content-note" },
      el("p", {}, "The texts of this case speak of: ", about.flatMap((id, at) => [at ? "; " : "", shown(titleOf(id))]), ". Support lines for readers are at the foot of the page."),
      covering && !view.asked.has("all") && el("p", {}, "Those texts and quotes are covered until you ask for them. ", all));
  }

  function pattern(data, total, found) {
    const counts = found.map((list) => new Map(list));
    const head = el("tr", {}, el("th", { scope: "col" }, el("i", { class: "sr" }, "Category")),
      data.incidents.map((incident, at) => el("th", { scope: "col" },
        el("span", { title: plain(incident.id) }, incident.iso_date || (incident.date ? shown(incident.date) : "undated")))));
    let group = null;
    const rows = byGroup(total).map(([id]) => {
      const has = counts.map((map) => map.has(id));
      const [first, last] = [has.indexOf(true), has.lastIndexOf(true)];
      const starts = group !== null && group !== groupOf(id);
      group = groupOf(id);
      return el("tr", { class: starts ? "group-start" : null },
        el("th", { scope: "row" }, el("span", { class: "key " + group }), shown(titleOf(id))),
        data.incidents.map((incident, at) => {
          const cell = el("td", {
            class: [first < last && at >= first && at <= last && "on", at === first && "first", at === last && "last"].filter(Boolean).join(" ") || null,
          });
          if (has[at]) {
            cell.append(el("a", {
              class: "dot " + group, href: incidentHref(data, at),
              "aria-label": spokenCategory(id) + ": " + count(counts[at].get(id), "mention") + ", incident " + plain(incident.id),
            }, el("i"), el("b", {}, String(counts[at].get(id)))));
          }
          return cell;
        }));
    });
    return el("div", { class: "scroller", role: "region", tabindex: 0, "aria-label": "Table of categories by incident" },
      el("table", { class: "thread" }, el("thead", {}, head), el("tbody", {}, rows)));
  }

  /** A quote, covered if `heavy`. */
  const hushed = (heavy, quote) => covered(heavy && !view.asked.has("all"), "Show the quote", () => el("span", {}, shown(quote)));

  const unspaced = (text) => text.trim().replace(/\s+/g, " ");
  /** The heavy words of a case, to know them where they are quoted. */
  function heavyWords(data) {
    const fields = data.incidents.flatMap((incident) => incident.fields);
    return new Set(fields.flatMap((field) => field.mentions.filter(isHeavy).map((m) => unspaced(field.text.slice(m.start, m.end)))));
  }

  /** A sentence of ours with quotes in it; the heavy ones covered. */
  const sentence = (text) =>
    text.split(/("[^"]*")/).map((piece, at) => !piece ? null : at % 2 ? hushed(view.heavy.has(unspaced(piece.replace(/^"|"$/g, ""))), piece) : dated(piece));

  /** Words with their dates kept whole: a line may break behind any hyphen. */
  const dated = (text) =>
    text.split(/(\d{4}-\d{2}-\d{2})/).map((piece, at) => !piece ? null : at % 2 ? el("span", { class: "number" }, piece) : shown(piece));

  function chronology(data, found) {
    const titles = ["Date", "Incident", "Reported by", "Categories found", "Children, grade, outcome", "Key quote"];
    const head = titles.map((title) => el("th", { scope: "col" }, title));
    const list = (items) => (items.length ? el("ul", { class: "plain" }, items.map((item) => el("li", {}, shown(item)))) : null);
    return el("div", { class: "scroller" }, el("table", { class: "rows chronology" },
      el("thead", {}, el("tr", {}, head)),
      el("tbody", {}, data.incidents.map((incident, at) => {
        const row = data.chronology[at] || {};
        const some = (name) => row[name] && row[name].length > 0;
        return el("tr", {},
          el("td", { class: "date" }, when(incident),
            some("placed_on") && row.placed_on.includes(" ") && el("small", {}, "placed ", shown(row.placed_on)),
            some("reported_on") && row.reported_on !== incident.date && el("small", {}, "reported ", shown(row.reported_on)),
            some("happened") && el("small", {}, "text says: ", row.happened.flatMap((words, nth) => [nth ? "; " : "", shown("“" + words + "”")])),
            some("happened_guess") && el("small", {}, row.happened_guess.flatMap((words, nth) => [nth ? "; " : "", shown(words)]))),
          el("th", { scope: "row" }, el("a", { href: incidentHref(data, at) }, shown(incident.id)), el("small", { class: "origin", title: plain(incident.origin) }, shown(incident.origin.replace(/^.*[/\\]/, "")))),
          el("td", { "data-title": titles[2] }, some("reporter") ? shown(row.reporter) : el("span", { class: "none" }, "no text found")),
          el("td", { "data-title": titles[3] }, found[at].length ? chips(found[at]) : el("span", { class: "none" }, "no indicators matched in the text supplied")),
          el("td", { "data-title": titles[4] }, list([...(some("children") ? ["Children " + row.children] : []), ...(row.grade || []).map((g) => "Grade " + g), ...(row.outcome || [])]) || el("span", { class: "none" }, "no text found")),
          el("td", { class: "quote", "data-title": titles[5] }, some("key_quote") ? hushed(view.heavy.has(unspaced(row.key_quote)), "“" + row.key_quote + "”") : ""));
      }))));
  }

  /** What the incidents show over time, in sentences. */
  const facts = (data) =>
    data.pattern.length ? el("ul", { class: "facts-list" }, data.pattern.map((fact) => el("li", {}, sentence(fact)))) : null;

  function inconsistencies(data) {
    if (!data.inconsistencies.length) return null;
    return el("section", { "aria-labelledby": "inconsistent-title" },
      el("h2", { id: "inconsistent-title", tabindex: -1 }, "What does not go together"),
      el("p", { class: "aside" }, "Two things that the record says, side by side. Neither is called wrong here."),
      el("ul", { class: "findings" }, data.inconsistencies.map((item) => el("li", {},
        el("a", { href: incidentHref(data, item.incident) }, shown(item.incident_id)), item.incident_date ? [" · ", shown(item.incident_date)] : null, ": ", sentence(item.finding)))));
  }

  /** The elements of a course of conduct; the parts of one share its heading. */
  function conduct(data) {
    if (!data.conduct.length) return null;
    let element = null;
    const rows = data.conduct.map((part) => {
      const starts = part.element !== element;
      element = part.element;
      const rowspan = data.conduct.filter((other) => other.element === element).length;
      const quotes = part.quotes.map((quote) => el("li", {}, hushed(view.heavy.has(unspaced(quote.quote)), "“" + quote.quote + "”"), " ",
        el("a", { href: incidentHref(data, quote.incident) }, shown(quote.incident_date || quote.incident_id))));
      return el("tr", { class: starts ? "starts" : null },
        starts && el("th", { scope: "rowgroup", rowspan }, shown(part.title)),
        el("td", { class: "part" }, part.part ? shown(part.part) : ""),
        el("td", {}, el("p", { class: quotes.length ? "count" : "none" }, shown(part.finding)), quotes.length > 0 && quoteList(quotes)));
    });
    return el("section", { "aria-labelledby": "conduct-title" },
      el("h2", { id: "conduct-title", tabindex: -1 }, "Course of conduct"),
      el("p", { class: "aside" }, "Words that may bear on each element. A cell proves nothing, and an empty one rules nothing out. ", shown(run.conduct_law)),
      el("div", { class: "scroller" }, el("table", { class: "rows conduct" },
        el("thead", {}, el("tr", {}, ["Element", "Part", "What was found"].map((title) => el("th", { scope: "col" }, title)))),
        el("tbody", {}, rows))));
  }

  /** Quotes, those after the first few folded. */
  function quoteList(quotes) {
    const FEW = 4;
    if (quotes.length <= FEW + 1) return el("ul", { class: "plain quotes" }, quotes);
    return [
      el("ul", { class: "plain quotes" }, quotes.slice(0, FEW)),
      el("details", { class: "more" }, el("summary", {}, count(quotes.length - FEW, "more quote")), el("ul", { class: "plain quotes" }, quotes.slice(FEW))),
    ];
  }

  function options(data, found) {
    const narrowed = el("p", { class: "narrowed", role: "status", hidden: !view.only.size }, "Only the chosen categories are marked below.");
    const toggles = byGroup(found).map(([id, number]) => {
      const button = el("button", { type: "button", class: "chip " + groupOf(id), "aria-pressed": String(view.only.has(id)) },
        shown(titleOf(id)), el("span", { class: "n" }, String(number)));
      button.addEventListener("click", () => {
        if (!view.only.delete(id)) view.only.add(id);
        button.setAttribute("aria-pressed", String(view.only.has(id)));
        narrowed.hidden = !view.only.size;
        drawIncidents(data);
      });
      return button;
    });
    const asides = data.incidents.flatMap((incident) => incident.fields).flatMap((field) => field.mentions).filter((m) => m.suppressed !== null).length;
    const box = (name, text) => {
      const input = el("input", { type: "checkbox", id: "show-" + name });
      input.checked = view[name];
      input.addEventListener("change", () => {
        view[name] = input.checked;
        drawIncidents(data);
      });
      return el("label", {}, input, text);
    };
    return [
      el("div", { class: "chips", role: "group", "aria-label": "Mark only these categories" }, toggles),
      narrowed,
      el("div", { class: "options" },
        asides ? box("aside", "Show what was set aside (" + asides + ")") : el("span", { class: "aside" }, "Nothing was set aside."),
        box("mono", "Fixed-width text")),
    ];
  }

  function legend(found) {
    const used = GROUPS.filter((group) => found.some(([id]) => groupOf(id) === group));
    return el("ul", { class: "legend", "aria-label": "Key to the underlines" },
      used.map((group) => el("li", {}, el("mark", { class: group }, "like this"), " " + GROUP_TITLES[group].toLowerCase())),
      el("li", {}, el("mark", { class: "set-aside only" }, "like this"), " set aside"));
  }

  function drawIncidents(data) {
    hideTip();
    view.marks.clear();
    byId("incidents").classList.toggle("mono", view.mono);
    byId("incidents").replaceChildren(...data.incidents.map((incident, at) => incidentSection(incident, at)));
  }

  function incidentSection(incident, at) {
    let evidence = 0;
    let aside = 0;
    const fields = incident.fields.map((field, nth) => {
      const marks = [];
      for (const [index, mention] of field.mentions.entries()) {
        const isAside = mention.suppressed !== null;
        if (isAside ? !view.aside : view.only.size && !view.only.has(mention.category)) continue;
        const start = Math.max(0, Math.min(mention.start, field.text.length));
        const end = Math.max(start, Math.min(mention.end, field.text.length));
        const mark = {
          mention, start, end, aside: isAside, group: groupOf(mention.category),
          label: isAside ? letters(aside++) : String(++evidence),
          place: [at, nth, index].join("/"),
        };
        mark.about = "note " + mark.label + ", " + spokenCategory(mention.category);
        mark.key = (at + 1) + "-" + mark.label;
        view.marks.set(mark.key, mark);
        if (start < end) marks.push(mark);
      }
      return { field, marks: layOut(marks) };
    });
    const found = foundIn(incident);
    const some = evidence + aside > 0;
    const section = el("section", { class: "incident" + (some ? "" : " quiet"), id: "incident-" + (at + 1), "aria-labelledby": "incident-title-" + (at + 1) },
      el("header", {},
        el("h3", { id: "incident-title-" + (at + 1), tabindex: -1 }, when(incident), " · ", shown(incident.id)),
        el("span", { class: "origin" }, shown(incident.origin))));
    if (!found.length) section.append(el("p", { class: "none" }, "No indicators matched in the text supplied."));
    else if (!evidence && view.only.size) section.append(el("p", { class: "none" }, "None of the chosen categories here."));
    if (!fields.length) section.append(el("p", { class: "none" }, "The text is not on this page; find it by the reference above."));
    fields.forEach(({ field, marks }, nth) => {
      if (fields.length > 1) section.append(appendText(el("h4", { class: "field-name" }), field.name));
      const key = (at + 1) + "/" + nth;
      const heavy = field.mentions.some(isHeavy) && !view.asked.has("all") && !view.asked.has(key);
      section.append(covered(heavy, "Text covered: show it", () => fieldBlock(field.text, marks, key), () => view.asked.add(key)));
    });
    return section;
  }

  function fieldBlock(text, marks, key) {
    if (!text) return el("p", { class: "none" }, "Empty.");
    const narrative = (from, to, name) => appendMarked(el("div", { class: "narrative" + (name || ""), dir: "auto" }), text, marks, from, to);
    const body = el("div");
    if (text.length <= (marks.length ? LONG : LONG_UNMARKED)) {
      body.append(narrative(0, text.length));
    } else {
      const parts = passages(text, marks);
      const excerpts = parts.map(({ from, to }) => {
        const node = narrative(from, to, " excerpt");
        if (from > 0) node.prepend("… ");
        if (to < text.length) node.append(" …");
        return node;
      });
      body.append(...excerpts, foldedText(text, key, excerpts, () => narrative(0, text.length)));
    }
    const notes = el("ol", { class: "notes", "aria-label": "Notes to the marked words" }, [...marks].sort((a, b) => a.aside - b.aside || a.label.length - b.label.length || (a.label < b.label ? -1 : 1)).map(note));
    return el("div", { class: marks.length ? "field" : "field plain" }, body, marks.length > 0 && notes);
  }

  /** A fold whose content is built when it is first opened. */
  function foldedText(text, key, excerpts, build) {
    const fold = el("details", { class: "full" }, el("summary", {}, "Full text, " + count(text.length, "character")));
    const sync = () => {
      if (fold.open && fold.children.length === 1) fold.append(build());
      for (const excerpt of excerpts) {
        excerpt.hidden = fold.open;
      }
      if (fold.open) view.opened.add(key);
      else view.opened.delete(key);
    };
    builders.set(fold, sync);
    fold.addEventListener("toggle", sync);
    if (view.opened.has(key)) {
      fold.open = true;
      sync();
    }
    return fold;
  }

  // ---------------------------------------------------------------- details of a mention

  const tip = byId("tip");
  let lit = [];

  function tipSection(mark) {
    const { mention } = mark;
    const category = categories.get(mention.category);
    return el("section", {},
      el("h4", {}, el("span", { class: "key " + mark.group }), shown(titleOf(mention.category))),
      category && category.definition ? el("p", {}, shown(category.definition)) : null,
      el("dl", {},
        mark.aside ? [el("dt", {}, "Set aside"), el("dd", {}, shown(mention.suppressed))] : null,
        AXES.map((name, at) => [el("dt", {}, name), el("dd", {}, words(mention.axes[at]))]),
        mention.cues.length ? [el("dt", {}, "Cues"), el("dd", {}, mention.cues.flatMap((cue, at) => [at ? "; " : "", shown(cue)]))] : null,
        el("dt", {}, "Rule"), el("dd", {}, el("span", { class: "rule" }, shown(mention.rule)), " · tier " + Number(mention.tier))));
  }

  function showTip(anchor, keys) {
    const marks = keys.map((key) => view.marks.get(key)).filter(Boolean);
    hideTip();
    if (!marks.length) return;
    tip.replaceChildren(...marks.map(tipSection));
    tip.hidden = false;
    // The first box of a mark that wraps, so that the details stand by its beginning.
    const box = anchor.getClientRects()[0] || anchor.getBoundingClientRect();
    const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 16);
    const below = box.bottom + 8 + tip.offsetHeight <= window.innerHeight || box.top < tip.offsetHeight + 8;
    tip.style.left = Math.max(16, left) + window.scrollX + "px";
    tip.style.top = (below ? box.bottom + 8 : box.top - tip.offsetHeight - 8) + window.scrollY + "px";
    const marked = marks.map((mark) => '[data-note="' + mark.key + '"]').join(",");
    lit = [...byId("incidents").querySelectorAll(marked)].filter((node) => !node.classList.contains("ref"));
    for (const node of lit) node.classList.add("lit");
  }

  function hideTip() {
    tip.hidden = true;
    for (const node of lit) node.classList.remove("lit");
    lit = [];
  }

  /** The mentions under a node: its own mark and those around it. */
  function keysAt(node) {
    const keys = [];
    for (let at = node; at && at.id !== "incidents"; at = at.parentElement) {
      if (at.dataset && at.dataset.note && !keys.includes(at.dataset.note)) keys.push(at.dataset.note);
      if (at.classList && at.classList.contains("ref")) break;
    }
    return keys;
  }

  let leaving = 0;
  function setUpTip() {
    const article = byId("case");
    article.addEventListener("mouseover", (event) => {
      const target = event.target.closest("mark[data-note], .ref, .notes li");
      if (!target) return;
      clearTimeout(leaving);
      if (target.matches(".notes li")) {
        hideTip();
        lit = [...byId("incidents").querySelectorAll('mark[data-note="' + target.dataset.note + '"]')];
        for (const node of lit) node.classList.add("lit");
      } else {
        showTip(target, keysAt(target));
      }
    });
    const leave = () => {
      clearTimeout(leaving);
      leaving = setTimeout(hideTip, 250);
    };
    article.addEventListener("mouseout", leave);
    tip.addEventListener("mouseleave", leave);
    tip.addEventListener("mouseenter", () => clearTimeout(leaving));
    article.addEventListener("focusin", (event) => {
      if (event.target.classList.contains("ref")) {
        clearTimeout(leaving);
        showTip(event.target, [event.target.dataset.note]);
        event.target.setAttribute("aria-describedby", "tip");
      }
    });
    article.addEventListener("focusout", (event) => {
      event.target.removeAttribute("aria-describedby");
      if (event.target.classList.contains("ref")) hideTip();
    });
    article.addEventListener("click", (event) => {
      const target = event.target.closest(".ref");
      if (target) showTip(target, [target.dataset.note]);
    });
  }

  // ---------------------------------------------------------------- keyboard

  /** Moves the focus by `step` among `nodes`, which are in page order. */
  function step(nodes, by) {
    if (!nodes.length) return false;
    let at = nodes.indexOf(document.activeElement);
    if (at < 0) {
      // Nothing chosen yet: begin with what is in view.
      const next = nodes.findIndex((node) => node.getBoundingClientRect().top > 90);
      at = by > 0 ? (next < 0 ? nodes.length : next) - 1 : next < 0 ? nodes.length : next;
    }
    const node = nodes[Math.max(0, Math.min(nodes.length - 1, at + by))];
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "center" });
    if (node.classList.contains("ref")) showTip(node, [node.dataset.note]);
    return true;
  }

  function focusOn(input) {
    input.focus();
    input.select();
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const inCase = !byId("case").hidden;
    const typing = event.target.closest && event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape") {
      if (typing && event.target.closest(".decide")) backFromReason(event.target);
      else if (!tip.hidden) hideTip();
      else if (inCase) location.hash = listHash();
      else if (typing && event.target.id === "search") event.target.blur();
      else return;
      event.preventDefault();
      return;
    }
    if (typing) {
      if (event.key === "ArrowDown" && event.target.id === "search") {
        const first = document.querySelector("#cases a");
        if (first) first.focus();
        event.preventDefault();
      }
      return;
    }
    if (event.key === "Enter" && event.target.classList && event.target.classList.contains("ref")) {
      showTip(event.target, [event.target.dataset.note]);
      return;
    }
    const single = byId("shortcuts").checked;
    const arrows = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const by = arrows || (single && { j: 1, k: -1 }[event.key]);
    let done = false;
    if (by && !inCase) {
      const inList = document.activeElement && document.activeElement.closest("#cases");
      // Arrows scroll the page as ever until a case is chosen.
      if (inList || !arrows) {
        if (inList && by > 0 && document.activeElement === [...document.querySelectorAll("#cases a")].pop()) drawMore();
        done = step([...document.querySelectorAll("#cases a")], by);
      }
    } else if (by && inCase) {
      const onMark = document.activeElement && document.activeElement.matches(".ref, .covered");
      if (onMark || !arrows) done = step([...document.querySelectorAll("#incidents .ref, #incidents .covered")].filter((node) => node.getClientRects().length), by);
    } else if (single && event.key === "/") {
      const search = byId("search");
      if (search && inCase) {
        // After `route`, which listens first, has brought the list back.
        window.addEventListener("hashchange", () => focusOn(search), { once: true });
        location.hash = listHash();
      } else if (search) {
        focusOn(search);
      }
      done = Boolean(search);
    } else if (single && byId("review") && ["a", "d", "u"].includes(event.key)) {
      done = decideByKey({ a: "accept", d: "dismiss", u: "unsure" }[event.key]);
    } else if (single && inCase && event.key === "r") {
      done = toReason();
    } else if (single && inCase && (event.key === "n" || event.key === "p")) {
      const link = document.querySelector('.casebar [data-step="' + (event.key === "n" ? 1 : -1) + '"]');
      if (link) location.hash = link.getAttribute("href");
      done = true;
    }
    if (done) event.preventDefault();
  }

  // ---------------------------------------------------------------- pages

  let listScroll = null;
  let applied = null;

  function route() {
    hideTip();
    const wanted = address();
    if (wanted.has("case")) {
      if (!byId("overview").hidden) listScroll = window.scrollY;
      if (applied === null && byId("filters")) {
        applied = "";
        applyFilters();
      }
      const number = numbers.get(wanted.get("case"));
      if (number !== undefined) openCase(number, Number(wanted.get("incident")) || 0, wanted.get("part"));
      else missingCase(wanted.get("case"));
      return;
    }
    const left = view.number;
    const wasCase = byId("overview").hidden;
    byId("case").hidden = true;
    byId("overview").hidden = false;
    document.title = "throughline report";
    if (!byId("filters")) return;
    const asked = NAMES.some((name) => wanted.has(name));
    if (applied === null || NAMES.some((name) => (wanted.get(name) || "") !== filters[name])) {
      for (const name of NAMES) control(name).value = filters[name] = wanted.get(name) || "";
      if (["also", "check", "from", "to", "sort"].some((name) => filters[name])) byId("more-filters").open = true;
      const first = applied === null;
      applied = "";
      view.number = -1;
      applyFilters();
      if (asked) byId("list").scrollIntoView();
      else if (!first) window.scrollTo(0, 0);
      return;
    }
    if (!wasCase) {
      if (asked) byId("list").scrollIntoView();
    } else {
      while (drawn < listed.length && left >= 0 && listed.indexOf(left) >= drawn) drawMore();
      const link = document.querySelector('#cases [data-number="' + left + '"] a');
      if (listScroll !== null) window.scrollTo(0, listScroll);
      if (link) {
        link.focus({ preventScroll: true });
        const box = link.getBoundingClientRect();
        if (box.top < 120 || box.bottom > window.innerHeight) link.scrollIntoView({ block: "center" });
      }
      // The list may change before the case is opened again, and with it the way onwards.
      view.number = -1;
    }
  }

  function missingCase(id) {
    const page = run.elsewhere.find(([, cases]) => cases.includes(id));
    if (page) {
      location.replace(page[0] + caseHref(id));
      return;
    }
    view.number = -1;
    byId("overview").hidden = true;
    byId("case").hidden = false;
    byId("case").replaceChildren(
      el("nav", { class: "casebar", "aria-label": "Cases" }, el("a", { href: listHash(), id: "back" }, "← All cases")),
      el("h1", { id: "case-title", tabindex: -1 }, "Case ", shown(id)),
      el("p", {}, run.elsewhere.length ? "This case is not on this page. Look on the others, or in the table of cases beside this file; it may have had no evidence." : "This case is not on this page: it had no evidence. The tables beside this file hold every case with evidence."));
    window.scrollTo(0, 0);
  }

  /** On paper everything is open. */
  function openForPrint() {
    if (!byId("case").hidden) {
      for (const fold of byId("case").querySelectorAll("details")) {
        fold.open = true;
        if (builders.has(fold)) builders.get(fold)();
      }
    } else {
      // The matrix holds every figure of its table.
      for (const fold of document.querySelectorAll("#overview details:not(.drawn)")) fold.open = true;
      if (byId("filters")) drawMore(listed.length);
    }
  }

  if (byId("filters")) {
    setUpList();
    setUpReview();
  }
  setUpTip();
  byId("keys").hidden = !byId("filters");
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  window.addEventListener("hashchange", route);
  // The address does not change where it is the same already, and the reader may have scrolled away.
  byId("case").addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && link.getAttribute("href") === location.hash) route();
  });
  window.addEventListener("beforeprint", openForPrint);
  document.addEventListener("keydown", onKey);
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  route();
  if (byId("filters")) prepareSearch();
})();
