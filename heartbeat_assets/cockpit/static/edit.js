// Changes a metric in place: saves on Enter or blur, Escape cancels, Undo, conflicts shown. One request at a time, each
// with the version it was made against.
"use strict";
(() => {
  const page = document.getElementById("metric");
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";
  const csrf = meta("csrf-token");
  const get = (id) => document.getElementById(id);
  if (!page || !meta("operator") || !csrf) return;

  const address = `/api/metrics/${encodeURIComponent(page.dataset.id)}`;
  const names = {
    owner: "owner", norm_value: "norm", alert_value: "alert", recovery_value: "recovery",
    target_due_date: "target due date", verification_state: "verification",
  };
  const inputs = Object.fromEntries([...page.querySelectorAll("input[data-field]")].map((one) => [one.dataset.field, one]));
  const verify = get("f-verification_state");
  const reason = get("f-reason");
  const undoButton = get("undo");
  const saved = Object.fromEntries(Object.entries(inputs).map(([field, input]) => [field, input.value]));
  saved.verification_state = get("verification").dataset.state;
  let etag = page.dataset.etag;
  let queue = Promise.resolve();
  let waiting = null; // the change a conflict is about
  const done = [];

  const shown = (field, value) => {
    if (value === null || value === undefined || value === "") return "nothing";
    return field === "verification_state" ? value : String(value);
  };
  const text = (value) => (value === null || value === undefined ? "" : String(value));
  const same = (field, a, b) => {
    if (field.endsWith("_value") && a.trim() && b.trim() && !Number.isNaN(Number(a))) return Number(a) === Number(b);
    return a.trim() === b.trim();
  };
  const asked = (field, value) => {
    const written = value.trim();
    if (!written) return null;
    return field.endsWith("_value") && Number.isFinite(Number(written)) ? Number(written) : written;
  };

  function announce(words) { get("saved").textContent = words; }

  function fail(field, words, signIn) {
    const place = get(`e-${field}`);
    place.textContent = words;
    if (signIn) {
      const link = document.createElement("a");
      link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
      link.textContent = "Sign in";
      place.append(" ", link);
    }
    place.hidden = false;
    const control = get(`f-${field}`);
    control.setAttribute("aria-invalid", "true");
    if (field !== "verification_state") control.setAttribute("aria-describedby", `e-${field} d-${field}`);
    announce(`Not saved: ${words}`);
  }

  function clear(field) {
    get(`e-${field}`).hidden = true;
    const control = get(`f-${field}`);
    control.removeAttribute("aria-invalid");
    if (field !== "verification_state") control.setAttribute("aria-describedby", `d-${field}`);
  }

  // Takes over what the server says the metric is now; what is being typed stays.
  function take(metric, except) {
    const changed = [];
    for (const field of Object.keys(saved)) {
      const now = text(metric[field]);
      const unchanged = !inputs[field] || same(field, inputs[field].value, saved[field]);
      if (!same(field, now, saved[field])) changed.push([field, saved[field], now]);
      saved[field] = now;
      if (inputs[field] && (unchanged || field === except)) inputs[field].value = now;
    }
    const verified = metric.verification_state === "verified";
    page.classList.toggle("dashed", !verified);
    get("pill").hidden = verified;
    get("verification").dataset.state = metric.verification_state;
    const until = verified && metric.verified_until ? ` until ${metric.verified_until.slice(0, 16).replace("T", " ")} UTC` : "";
    get("verified-words").textContent = verified
      ? `Verified${until}: the owner stands behind this number.`
      : "Unverified: nobody stands behind this number yet; its checks only warn.";
    verify.textContent = verified ? "Withdraw verification" : "Verify";
    return changed;
  }

  function audit(changed, why) {
    const body = document.querySelector("#audit tbody");
    if (!body) return;
    for (const [field, before, after] of changed) {
      const row = body.insertRow(0);
      const cells = ["just now", meta("operator"), "cockpit", field, shown(field, before), shown(field, after), why];
      for (const cell of cells) row.insertCell().textContent = cell;
    }
  }

  async function patch(change) {
    const body = { [change.field]: change.value };
    if (change.why) body.reason = change.why;
    let answer;
    try {
      answer = await fetch(`${address}/verification`, {
        method: "PATCH",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "If-Match": etag, "X-CSRF-Token": csrf },
        body: JSON.stringify(body),
      });
    } catch {
      return fail(change.field, "The cockpit cannot be reached. What you typed is kept; press Enter here to try again.");
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return succeed(change, said, answer.headers.get("ETag"));
    if (answer.status === 409 || answer.status === 412) return conflict(change, said, answer.headers.get("ETag"));
    if (answer.status === 401) return fail(change.field, "You are signed out, so this is not saved.", true);
    if (answer.status === 403) return fail(change.field, said.detail || "Only signed-in operators change this.", true);
    const field = said.field && get(`e-${said.field}`) ? said.field : change.field;
    if (field !== change.field) clear(change.field);
    // The message stands beside the field, so it need not name it.
    const detail = said.detail?.replace(`${field}: `, "");
    return fail(field, detail || said.title || `The cockpit answered ${answer.status}. What you typed is kept.`);
  }

  function succeed(change, metric, tag) {
    if (tag) etag = page.dataset.etag = tag;
    clear(change.field);
    const before = saved[change.field];
    const changed = take(metric, change.field);
    audit(changed, change.why || "changed in the cockpit, no reason given");
    if (change.why && reason.value.trim() === change.why) reason.value = "";
    if (!change.undoes) done.push({ field: change.field, before });
    undoButton.hidden = !done.length;
    const others = changed.filter(([field]) => field !== change.field).map(([field, , now]) => `${names[field]} is ${shown(field, now)}`);
    const told = `${change.undoes ? "Undone" : "Saved"}: ${names[change.field]} is ${shown(change.field, metric[change.field])}`;
    announce(`${[told, ...others].join("; ")}.`);
    return true;
  }

  async function conflict(change, problem, tag) {
    let { current } = problem;
    if (!tag || !current) {
      const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (!answer || !answer.ok) return fail(change.field, "Somebody else changed this metric. Reload the page to see what they set.");
      [tag, current] = [answer.headers.get("ETag"), await answer.json()];
    }
    waiting = { change, current, tag };
    const list = get("conflict").querySelector("ul");
    list.replaceChildren();
    for (const field of Object.keys(saved)) {
      const theirs = text(current[field]);
      if (same(field, theirs, saved[field])) continue;
      const item = document.createElement("li");
      item.textContent = `${names[field]}: they set ${shown(field, theirs)}; it was ${shown(field, saved[field])}`;
      list.append(item);
    }
    get("conflict-words").textContent =
      `Somebody else changed this metric while you did. Your ${names[change.field]}, ${shown(change.field, change.value)}, is not saved yet.`;
    get("conflict").hidden = false;
    announce("Not saved: somebody else changed this metric.");
    get("conflict-words").focus();
    return true;
  }

  function settle(mine) {
    if (!waiting) return;
    const { change, current, tag } = waiting;
    waiting = null;
    get("conflict").hidden = true;
    etag = page.dataset.etag = tag;
    const input = inputs[change.field];
    if (mine) {
      take(current);
      if (input) input.value = text(change.value);
      send(change);
    } else {
      if (input) input.value = saved[change.field];
      take(current, change.field);
      announce(`Kept theirs: ${names[change.field]} is ${shown(change.field, current[change.field])}.`);
    }
    get(`f-${change.field}`).focus();
  }

  function send(change) {
    queue = queue.then(() => {
      // What changed hands while it waited is decided first.
      if (waiting && !change.undoes && waiting.change !== change) return undefined;
      return patch(change);
    }).catch(() => fail(change.field, "Something went wrong in this page. Reload it; what was saved is saved."));
    return queue;
  }

  function commit(input) {
    const field = input.dataset.field;
    if (input.validity.badInput) return fail(field, "This is not a whole date yet.");
    if (same(field, input.value, saved[field])) {
      input.value = saved[field];
      return clear(field);
    }
    const value = asked(field, input.value);
    if (field.endsWith("_value") && typeof value === "string") return fail(field, "This is not a number; write it as 0.75.");
    if (input.dataset.sending === input.value) return undefined;
    input.dataset.sending = input.value;
    return send({ field, value, why: reason.value.trim() }).finally(() => { delete input.dataset.sending; });
  }

  function undo() {
    const last = done.pop();
    undoButton.hidden = !done.length;
    if (!last) return;
    send({ field: last.field, value: asked(last.field, last.before), why: "undone", undoes: true }).then((settled) => {
      if (settled) return;
      done.push(last);
      undoButton.hidden = false;
    });
    get(`f-${last.field}`).focus();
  }

  for (const input of [...Object.values(inputs), reason]) input.readOnly = false;
  verify.disabled = false;
  for (const input of Object.values(inputs)) {
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        commit(input);
      } else if (event.key === "Escape") {
        input.value = saved[input.dataset.field];
        clear(input.dataset.field);
        announce("Not changed.");
      }
    });
    input.addEventListener("blur", (event) => {
      // On the way to "Why", the change waits for its reason.
      if (event.relatedTarget !== reason) commit(input);
    });
  }
  const pending = () => Object.values(inputs).filter((one) => !same(one.dataset.field, one.value, saved[one.dataset.field]));
  reason.addEventListener("blur", () => { if (!waiting) pending().forEach(commit); });
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      pending().forEach(commit);
    }
  });
  verify.addEventListener("click", () => {
    const value = saved.verification_state === "verified" ? "unverified" : "verified";
    send({ field: "verification_state", value, why: reason.value.trim() });
  });
  get("theirs").addEventListener("click", () => settle(false));
  get("mine").addEventListener("click", () => settle(true));
  undoButton.addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return;
    const input = event.target.closest("input");
    // Within what is being typed, Ctrl+Z is the browser's.
    if (input && (input === reason || !same(input.dataset.field || "", input.value, saved[input.dataset.field] || ""))) return;
    if (!done.length) return;
    event.preventDefault();
    undo();
  });
  window.addEventListener("beforeunload", (event) => { if (pending().length) event.preventDefault(); });
})();
