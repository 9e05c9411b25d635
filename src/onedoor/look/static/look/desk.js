// Keys of the desk. Every key has a visible button or link: data-key="F2" on it is all that a page declares.
// Letters work outside fields only; everything can be switched off on the sheet that ? opens.
(() => {
  "use strict";
  const OFF = "onedoor:keys-off";
  const isOff = () => localStorage.getItem(OFF) === "1";
  const show = () => {
    document.documentElement.classList.toggle("keys-off", isOff());
    const box = document.querySelector("[data-keys-switch]");
    if (box) box.checked = !isOff();
  };
  const inField = (node) => node.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row][aria-current]");
  const visible = (node) => node.offsetParent !== null || node.getClientRects().length > 0;

  const go = (row) => {
    if (!row) return;
    current()?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    // hx-trigger="select-row" on a row loads its preview.
    row.dispatchEvent(new CustomEvent("select-row", { bubbles: true }));
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  const press = (key) => {
    const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(key) && visible(one) && !one.disabled);
    if (!target) return false;
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    return true;
  };
  const sheet = () => document.querySelector("dialog.keysheet");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const typing = inField(event.target);
    if (isOff() || document.querySelector("dialog[open]")) return;
    const done = () => event.preventDefault();
    if (typing) {
      if (key === "Escape") { event.target.blur(); done(); }
      else if (/^F\d+$/.test(key) && press(key)) done();
      return;
    }
    if (key === "J" || key === "K") { step(key === "J" ? 1 : -1); done(); }
    else if (key === "Enter" && current() && (event.target === document.body || event.target === current())) { current().querySelector("a[href]")?.click(); done(); }
    else if (key === "X" && current()) { current().querySelector("input[type=checkbox]")?.click(); done(); }
    else if (key === "/" && document.querySelector("[data-search]")) { document.querySelector("[data-search]").focus(); done(); }
    else if (key === "?" && sheet()) { sheet().showModal(); done(); }
    else if (press(key)) done();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) sheet()?.showModal();
    if (event.target.closest("[data-keys-close]")) sheet()?.close();
    const row = event.target.closest("[data-row]");
    if (row && !event.target.closest("a, button, input, label")) go(row);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
})();
