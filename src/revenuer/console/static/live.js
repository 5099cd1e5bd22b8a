// Pages that are open follow the casebook. The server says that something changed, never what: the
// page asks for itself, and what is marked data-live is made like it, node by node. Where somebody
// writes, and what they have opened, stays as it is.

const RETRY_MS = [1000, 3000, 10000, 30000];
const GATHER_MS = 250;
const body = document.body;
const note = document.querySelector("#live");
const casesAtFirst = Number(body.dataset.cases ?? 0);
let known = Number(body.dataset.changed ?? 0);
let beside = body.dataset.beside ?? "";
let isBusy = false;
let isStale = false;
let isOver = false;
let gathering = 0;

function tell(text, link, where) {
  if (!note) return;
  const said = document.createElement("span");
  said.textContent = text;
  const parts = [said];
  if (link) {
    const to = document.createElement("a");
    to.href = where;
    to.textContent = link;
    parts.push(" ", to);
  }
  const off = document.createElement("button");
  off.type = "button";
  off.className = "plain";
  off.textContent = "Hide";
  off.addEventListener("click", () => note.replaceChildren());
  note.replaceChildren(...parts, " ", off);
}

function over() {
  isOver = true;
  const next = encodeURIComponent(location.pathname + location.search);
  tell("Your session has ended.", "Sign in", `/sign-in?next=${next}`);
}

// A form somebody has begun to fill in, or is in, is theirs: its version fields too.
function isInUse(form) {
  return form.dataset.touched !== undefined || (form.matches(":focus-within") && !form.matches(".filters"));
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form) form.dataset.touched = "";
});
document.addEventListener("reset", (event) => delete event.target.dataset.touched);

function follow(old, fresh) {
  Idiomorph.morph(old, fresh, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (node) => !(node instanceof HTMLFormElement && isInUse(node)) && !node.dataset?.keep,
      beforeAttributeUpdated: (name, node) => {
        if (name === "open" && node.matches("details")) return false;
        if (name.startsWith("data-local") || name === "tabindex") return false;
        return !(name === "aria-expanded" || (name === "title" && node.matches("time[data-local]")));
      },
    },
  });
}

async function refresh() {
  if (isBusy || document.hidden) {
    isStale = true;
    return;
  }
  const parts = [...document.querySelectorAll("[data-live]")];
  if (!parts.length) return;
  isBusy = true;
  isStale = false;
  try {
    const answer = await fetch(location.href, { headers: { "X-Live": "1", Accept: "text/html" }, redirect: "manual" });
    if (answer.status === 401 || answer.type === "opaqueredirect") return over();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-live]")];
    let isHeld = false;
    if (parts.some((one, at) => !(one.id ? page.getElementById(one.id) : fresh[at]))) {
      // The page is another than it was, such as that of a casebook that was empty.
      if (![...document.querySelectorAll("main form")].some(isInUse)) return location.reload();
      isHeld = true;
    }
    parts.forEach((old, at) => {
      const its = old.id ? page.getElementById(old.id) : fresh[at];
      if (!its || !old.isConnected) return;
      // A part of a form in use waits, and rows of which somebody has marked some.
      const form = old.closest("form");
      if ((form && isInUse(form)) || old.querySelector("input[form]:checked")) isHeld = true;
      else {
        follow(old, its);
        const now = (old.id && document.getElementById(old.id)) || old;
        if (now.isConnected) htmx.process(now);
      }
    });
    if (isHeld) tell("This changed meanwhile. It waits for what you have begun.", "Load anew", location.href);
    document.dispatchEvent(new CustomEvent("casebook-shown"));
  } catch {
    isStale = true;
  } finally {
    isBusy = false;
    if (isStale && !document.hidden && !isOver) setTimeout(refresh, 1000);
  }
}

function heard(said) {
  if (isOver) return;
  if (said.over) return over();
  // Decisions and bundles have logs of their own, beside the casebook's.
  if (said.changed <= known && said.beside === beside) return;
  known = Math.max(known, said.changed);
  beside = said.beside;
  clearTimeout(gathering);
  gathering = setTimeout(async () => {
    body.dispatchEvent(new CustomEvent("casebook-changed", { bubbles: true }));
    await refresh();
    const more = said.cases - casesAtFirst;
    if (more > 0 && !isOver) tell(more === 1 ? "1 new case." : `${more} new cases.`, "Show", "/cases?sort=-seen");
  }, GATHER_MS);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && isStale) refresh();
});

// One page of a browser listens for all of them: browsers hold few connections to a server.
function listen(share) {
  let tries = 0;
  const begin = () => {
    const source = new EventSource("/events");
    source.addEventListener("open", () => (tries = 0));
    source.addEventListener("casebook", (event) => share(JSON.parse(event.data)));
    source.addEventListener("over", () => {
      source.close();
      share({ over: true });
    });
    source.addEventListener("error", () => {
      // A browser tries again by itself, unless the server answered with a refusal.
      if (source.readyState !== EventSource.CLOSED || isOver) return;
      setTimeout(begin, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
    });
  };
  begin();
}

if (body.dataset.changed !== undefined && "EventSource" in window) {
  if (navigator.locks && "BroadcastChannel" in window) {
    const channel = new BroadcastChannel("revenuer-live");
    let last = null;
    const share = (said) => {
      last = said;
      heard(said);
      channel.postMessage(said);
    };
    channel.onmessage = (event) => {
      if (event.data.ask) {
        if (last) channel.postMessage(last);
      } else heard(event.data);
    };
    channel.postMessage({ ask: true });
    navigator.locks.request("revenuer-live", () => {
      listen(share);
      return new Promise(() => {});
    });
  } else listen(heard);
}

// A part that says how something goes on asks again by itself, as long as it says so.
function again(part) {
  const every = Number(part.dataset.liveEvery);
  if (!every || !part.isConnected || isOver) return;
  setTimeout(() => refresh().finally(() => again(part)), every);
}
for (const part of document.querySelectorAll("[data-live-every]")) again(part);
