// Suggestions while typing, for <form data-suggest="/items/suggest" data-said="{n} suggestions" data-none="No suggestion" data-also="{text}">.
// The field becomes a combobox with a list box as in the ARIA Authoring Practices; without this file the form is simply sent.
(() => {
  "use strict";
  const PAUSE = 120;
  let made = 0;

  const begin = (form) => {
    const field = form.querySelector("input[type=search], input[data-suggested]");
    const list = document.createElement("ul");
    const status = document.createElement("p");
    const fills = form.dataset.fill === "code";
    let timer, asking, asked = "", at = -1;

    list.id = `suggestions-${++made}`;
    list.className = "suggest";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.dataset.label);
    list.hidden = true;
    status.className = "vh";
    status.setAttribute("role", "status");
    const around = field.closest(".suggest-in") ?? form;
    around.classList.add("suggest-in");
    around.append(list, status);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);

    const options = () => [...list.children];
    const close = () => {
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const open = () => {
      at = options().length;
      list.hidden = at === 0;
      field.setAttribute("aria-expanded", String(at > 0));
      return at > 0;
    };
    const move = (to) => {
      const all = options();
      if (!all.length) return;
      at = to; // all.length, one step beyond the last, is the field itself
      all.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
      if (at === all.length) return field.removeAttribute("aria-activedescendant");
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => {
      close();
      if (!fills) return location.assign(option.dataset.url);
      field.value = option.dataset.code;
      field.focus();
    };
    const show = (items) => {
      list.replaceChildren(...items.map((item, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = item.url;
        option.dataset.code = item.code;
        option.textContent = item.name;
        if (item.also) {
          const also = document.createElement("span");
          also.className = "sub";
          also.textContent = item.also;
          option.append(" ", also);
        }
        return option;
      }));
      field.removeAttribute("aria-activedescendant");
      open();
      status.textContent = items.length ? form.dataset.said.replace("{n}", items.length) : form.dataset.none;
    };
    const ask = async () => {
      const text = field.value.trim();
      if (text === asked) return;
      asked = text;
      asking?.abort();
      if (!text) return show([]);
      asking = new AbortController();
      try {
        const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
        if (answer.ok && document.activeElement === field) show((await answer.json()).items);
      } catch (error) {
        if (error.name !== "AbortError") close(); // without a network the form still says so when it is sent
      }
    };

    let composing = false; // pinyin that is still being turned into characters is no question yet
    field.addEventListener("compositionstart", () => { composing = true; });
    field.addEventListener("compositionend", () => { composing = false; timer = setTimeout(ask, PAUSE); });
    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (!composing) timer = setTimeout(ask, PAUSE);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); return; }
      if (list.hidden && (event.key !== "ArrowDown" || !open())) return;
      if (event.key === "ArrowDown") { event.preventDefault(); move(at === options().length ? 0 : at + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); move(at === 0 ? options().length : at - 1); }
      else if (event.key === "Enter" && at >= 0 && at < options().length) { event.preventDefault(); choose(options()[at]); }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    field.addEventListener("blur", close);
  };

  for (const form of document.querySelectorAll("form[data-suggest]")) begin(form);
})();
