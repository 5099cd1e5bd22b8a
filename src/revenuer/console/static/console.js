// What every page does: theme, menu, local times, what went wrong. Pages work without any of it.

const THEMES = ["system", "light", "dark"];

function themeNow() {
  return localStorage.getItem("theme") ?? "system";
}

function showTheme() {
  const now = themeNow();
  if (now === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now;
  for (const one of document.querySelectorAll("[data-theme-name]")) one.textContent = now;
  document.dispatchEvent(new CustomEvent("theme-changed"));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const next = THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length];
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
    showTheme();
  }
  const menu = event.target.closest("[data-menu]");
  if (menu) {
    const open = menu.getAttribute("aria-expanded") === "true";
    menu.setAttribute("aria-expanded", String(!open));
  }
  // One list of choices is open at a time, and none after a click elsewhere.
  for (const one of document.querySelectorAll("details.choose[open]")) {
    if (!one.contains(event.target)) one.open = false;
  }
});

// Times stand in UTC; the title adds what a clock here says.
const LOCAL = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time[datetime]:not([data-local])");
  const at = time ? new Date(time.dateTime) : null;
  if (!at || Number.isNaN(at.getTime())) return;
  time.dataset.local = "";
  time.title = `${time.dateTime} (UTC)\n${LOCAL.format(at)} (here)`;
});

// What a part of a page could not be got for is said at the top of it, and not swallowed.
function say(text, more = "") {
  const place = document.querySelector("#said");
  if (!place) return;
  const said = document.createElement("p");
  said.className = "flash failed";
  said.textContent = more ? `${text} ${more}` : text;
  place.replaceChildren(said);
  said.scrollIntoView({ block: "nearest" });
}

function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (answer.status === 401) return toSignIn();
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  const title = page.querySelector("h1")?.textContent.trim();
  say(title || `The server answered ${answer.status}.`, page.querySelector(".lead")?.textContent.trim());
});
document.addEventListener("htmx:sendError", () => say("The server cannot be reached.", "Look whether it runs, and do it again."));
document.addEventListener("htmx:timeout", () => say("The server takes too long.", "Do it again, or ask for less."));
document.addEventListener("htmx:afterSwap", () => document.querySelector("#said")?.replaceChildren());

// After a page of a table was changed, who reads it begins at its top.
document.addEventListener("htmx:afterSettle", (event) => {
  const from = event.detail.requestConfig?.elt;
  if (from?.matches?.(".pager a")) {
    document.getElementById(event.detail.target.id)?.querySelector("tbody a, tbody tr")?.scrollIntoView({ block: "nearest" });
  }
});

// Rows that are marked: all of a page at once, and how many.
function countMarked(table) {
  const boxes = [...table.querySelectorAll("tbody input[form]")];
  const many = boxes.filter((one) => one.checked).length;
  const all = table.querySelector("[data-mark-all]");
  all.checked = many > 0 && many === boxes.length;
  all.indeterminate = many > 0 && many < boxes.length;
  const said = boxes[0]?.form?.querySelector("[data-marked-count]");
  if (said) said.textContent = many ? `${many} marked` : "None is marked";
}

document.addEventListener("change", (event) => {
  const table = event.target.closest?.("table:has([data-mark-all])");
  if (!table) return;
  if (event.target.matches("[data-mark-all]")) {
    for (const one of table.querySelectorAll("tbody input[form]")) one.checked = event.target.checked;
  }
  countMarked(table);
});
const countAll = () => document.querySelectorAll("table:has([data-mark-all])").forEach(countMarked);
document.addEventListener("htmx:afterSettle", countAll);
document.addEventListener("casebook-shown", countAll);
window.addEventListener("pageshow", countAll);

showTheme();
