// The palette: Ctrl K, then a few letters of a page, a case, an account, a person.
// A combobox as WAI-ARIA describes it: the focus stays in the field, the list tells what is chosen.

const WAIT_MS = 120;
const dialog = document.querySelector("#palette");
const field = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const count = dialog?.querySelector("[role=status]");
let options = [];
let chosen = -1;
let waiting = 0;
let asked = 0;

// What can be done on this page: it is gone to, never done from here.
function here(words) {
  const all = document.querySelectorAll("main .tabs a[href], main a.button[href], main .button, main summary.button, main [data-palette-item]");
  const seen = new Set();
  return [...all]
    .filter((one) => (one.checkVisibility?.() ?? true) && !one.disabled)
    .map((one) => ({ group: "On this page", label: one.textContent.trim().replace(/\s+/g, " "), hint: "", element: one, url: one.matches("a[href]") ? one.getAttribute("href") : "" }))
    .filter((one) => one.label && !seen.has(one.label) && seen.add(one.label))
    .filter((one) => words.every((word) => one.label.toLowerCase().includes(word)));
}

async function find() {
  const text = field.value.trim();
  const turn = ++asked;
  const own = here(text.toLowerCase().split(/\s+/).filter(Boolean));
  let found = [];
  try {
    const answer = await fetch(`/palette.json?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) count.textContent = "Your session has ended. Sign in again.";
    else if (!answer.ok) count.textContent = `The server answered ${answer.status}.`;
    else found = await answer.json();
  } catch {
    count.textContent = "The server cannot be reached.";
  }
  if (turn !== asked || !dialog.open) return;
  show([...own, ...found], text);
}

function show(all, text) {
  options = all;
  list.replaceChildren();
  let group = null;
  all.forEach((one, at) => {
    if (one.group !== group?.dataset.name) {
      group = document.createElement("div");
      group.dataset.name = one.group;
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", one.group);
      const head = document.createElement("p");
      head.className = "group";
      head.setAttribute("role", "presentation");
      head.textContent = one.group;
      group.append(head);
      list.append(group);
    }
    const option = document.createElement("div");
    option.id = `palette-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = document.createElement("span");
    label.textContent = one.label;
    const hint = document.createElement("span");
    hint.className = "quiet";
    hint.textContent = one.hint;
    option.append(label, hint);
    option.addEventListener("click", () => go(at));
    option.addEventListener("pointermove", () => chosen !== at && choose(at));
    group.append(option);
  });
  if (all.length) count.textContent = all.length === 1 ? "1 found" : `${all.length} found`;
  else if (text && !count.textContent.startsWith("The server")) count.textContent = "Nothing is called that.";
  field.setAttribute("aria-expanded", String(all.length > 0));
  choose(all.length ? 0 : -1);
}

function choose(at) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  chosen = at;
  const option = at < 0 ? null : document.getElementById(`palette-${at}`);
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function go(at) {
  const one = options[at];
  if (!one) return;
  dialog.close();
  if (one.url) location.assign(one.url);
  else {
    one.element.focus();
    one.element.scrollIntoView({ block: "center" });
  }
}

function open() {
  if (!dialog || dialog.open) return;
  document.querySelector("dialog[open]")?.close();
  dialog.showModal();
  field.select();
  find();
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
    if (event.target === dialog) dialog.close();
  });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, WAIT_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options.length - 1;
    const to = { ArrowDown: chosen >= last ? 0 : chosen + 1, ArrowUp: chosen <= 0 ? last : chosen - 1, PageDown: Math.min(chosen + 8, last), PageUp: Math.max(chosen - 8, 0) }[event.key];
    if (to !== undefined && options.length) {
      event.preventDefault();
      choose(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(chosen);
    }
  });
}
