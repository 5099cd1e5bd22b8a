// Before anything is drawn: the theme that was chosen, and that there is script.
(() => {
  const chosen = localStorage.getItem("theme");
  const root = document.documentElement;
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  root.dataset.script = "";
})();
