// Keys. None of them does anything while somebody writes, nor while they are switched off.
// A page gives an element a key by data-key="e"; links are followed, fields and buttons focused.

const WAIT_MS = 1500;
const WRITES = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const help = document.querySelector("#keys");
let before = 0;

const areOn = () => localStorage.getItem("keys") !== "off";

function rows() {
  const tables = [...document.querySelectorAll("table[data-rows]")];
  const here = document.activeElement?.closest?.("table[data-rows]");
  const table = here ?? tables.find((one) => one.getBoundingClientRect().bottom > 0) ?? tables[0];
  return table ? [...table.tBodies].flatMap((body) => [...body.rows]) : [];
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement?.closest?.("tr"));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  const row = all[next];
  const goal = row.querySelector("a[href]") ?? row.querySelector("input, button") ?? row;
  if (goal === row) row.tabIndex = -1;
  goal.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function mark() {
  const box = document.activeElement?.closest?.("tr")?.querySelector("input[type=checkbox]");
  box?.click();
}

function open() {
  const row = document.activeElement?.closest?.("table[data-rows] tbody tr");
  row?.querySelector("a[href]")?.click();
}

function use(element) {
  if (element.matches("a[href]")) element.click();
  else {
    element.focus();
    element.select?.();
    element.scrollIntoView({ block: "nearest" });
  }
}

function named(key) {
  return [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility?.() ?? true);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: open,
  x: mark,
  "?": () => showHelp(),
};

function showHelp() {
  if (!help || help.open) return;
  // What this page and the navigation add to the list.
  const list = help.querySelector("[data-page-keys]");
  list.replaceChildren();
  for (const one of document.querySelectorAll("[data-key]")) {
    const key = one.dataset.key;
    if (list.querySelector(`[data-of="${CSS.escape(key)}"]`)) continue;
    const what = one.dataset.keyWhat ?? one.getAttribute("aria-label") ?? one.textContent.trim();
    const term = document.createElement("dt");
    for (const part of key.split(" ")) {
      const shown = document.createElement("kbd");
      shown.textContent = part;
      term.append(shown, " ");
    }
    term.dataset.of = key;
    const said = document.createElement("dd");
    said.textContent = what;
    list.append(term, said);
  }
  help.querySelector("[data-keys-on]").checked = areOn();
  help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    for (const one of document.querySelectorAll("details.choose[open]")) one.open = false;
    if (document.activeElement?.matches?.(WRITES) || document.activeElement?.closest?.("tr")) document.activeElement.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  if (event.target.closest?.(WRITES) || document.querySelector("dialog[open]")) return;
  const follows = event.timeStamp - before < WAIT_MS && before > 0;
  before = 0;
  const found = follows ? named(`g ${event.key}`) : named(event.key);
  if (found) {
    event.preventDefault();
    use(found);
  } else if (!follows && event.key === "g") {
    before = event.timeStamp;
  } else if (!follows && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) showHelp();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-on]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
});
