// What islands share: libraries that are loaded once, and colours as the style has them now.

const loaded = new Map();

// A script or a style of ours, loaded the first time that somebody needs it.
export function once(url) {
  if (!loaded.has(url)) {
    loaded.set(url, new Promise((done, failed) => {
      const style = url.split("?")[0].endsWith(".css");
      const element = style
        ? Object.assign(document.createElement("link"), { rel: "stylesheet", href: url })
        : Object.assign(document.createElement("script"), { src: url });
      element.addEventListener("load", done);
      element.addEventListener("error", () => failed(new Error(`${url} is not there`)));
      document.head.append(element);
    }));
  }
  return loaded.get(url);
}

// A canvas takes no custom properties: the browser is asked what they come to.
export function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// Calls back whenever another theme is shown.
export function onTheme(run) {
  document.addEventListener("theme-changed", run);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", run);
}
