// Small comforts of every page. Without it everything still works: forms are sent, errors are links, nothing is hidden.
(() => {
  "use strict";

  // The error summary takes the focus, as a sighted reader's eye would.
  const focusErrors = () => document.querySelector("[data-focus]")?.focus();

  // A second click within five seconds sends nothing.
  const sentAt = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sentAt.get(form) ?? 0) < 5000) event.preventDefault();
    else sentAt.set(form, Date.now());
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // ---- forms that keep themselves: <form data-autosave="URL"> with <p data-saved aria-live="polite"> inside
  const DAY = 86400000;
  const keyOf = (form) => `onedoor:${form.dataset.autosave}`;
  const textOf = (form) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File || name === "csrfmiddlewaretoken") data.delete(name);
    return new URLSearchParams(data).toString();
  };
  const say = (form, text, late = false) => {
    const line = form.querySelector("[data-saved]");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("saved--late", late);
  };
  const restore = (form) => {
    const kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
    if (!kept || Date.now() - kept.at > DAY) return localStorage.removeItem(keyOf(form));
    if (kept.text === textOf(form)) return localStorage.removeItem(keyOf(form));
    const values = new URLSearchParams(kept.text);
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.type === "hidden" || field.type === "submit") continue;
      const given = values.getAll(field.name);
      if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
      else if (given.length) field.value = given[0];
    }
    say(form, form.dataset.foundText ?? "");
  };
  const keep = (form) => {
    let confirmed = textOf(form);
    let busy = false;
    restore(form);
    const save = async () => {
      const text = textOf(form);
      if (busy || text === confirmed || form.dataset.sending) return;
      busy = true;
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), text }));
      const body = new URLSearchParams(text);
      body.set("autosave", "1");
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value ?? "");
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { "X-Autosave": "1" },
        });
        if (!answer.ok) throw new Error(String(answer.status));
        confirmed = text;
        if (textOf(form) === text) localStorage.removeItem(keyOf(form));
        const now = new Date();
        const clock = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
        say(form, (form.dataset.savedText ?? "{time}").replace("{time}", clock));
      } catch {
        say(form, form.dataset.unsavedText ?? "", true);
      } finally {
        busy = false;
      }
    };
    form.addEventListener("focusout", save);
    form.addEventListener("change", save);
    const timer = setInterval(() => (form.isConnected ? save() : clearInterval(timer)), Number(form.dataset.autosaveEvery ?? 5) * 1000);
    form.addEventListener("input", () => localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), text: textOf(form) })));
    // What is sent is what has to be found again, should the answer be a log-in page.
    form.addEventListener("submit", () => { form.dataset.sending = "1"; localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), text: textOf(form) })); });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  };

  // ---- forms that ask before they are left: <form data-guard>
  const guard = (form) => {
    const before = textOf(form);
    window.addEventListener("beforeunload", (event) => {
      if (form.isConnected && !sentAt.has(form) && textOf(form) !== before) event.preventDefault();
    });
  };

  // ---- uploads show how far they are
  const BIG = 262144;
  // A file that would be refused is not sent at all: <input data-most-mb="20" data-too-large="{name} …">
  const isTooLarge = (group, input, files) => {
    group.querySelector("[data-too-large-said]")?.remove();
    const wrong = files.filter((file) => file.size > Number(input.dataset.mostMb ?? Infinity) * 1000000);
    if (!wrong.length) return false;
    const line = document.createElement("p");
    line.className = "govuk-error-message";
    line.dataset.tooLargeSaid = "";
    line.setAttribute("role", "alert");
    line.textContent = (input.dataset.tooLarge ?? "").replace("{name}", wrong.map((file) => file.name).join("、"));
    group.classList.add("govuk-form-group--error");
    input.before(line);
    input.focus();
    return true;
  };
  const upload = (group) => {
    const input = group.querySelector("input[type=file]");
    const form = input?.form;
    if (!form || form.dataset.uploads) return;
    form.dataset.uploads = "1";
    form.addEventListener("submit", (event) => {
      const files = [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]);
      if (isTooLarge(group, input, files)) return event.preventDefault();
      if (event.defaultPrevented || files.reduce((sum, file) => sum + file.size, 0) < BIG) return;
      event.preventDefault();
      const line = document.createElement("p");
      line.className = "progress";
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", form.dataset.uploadText ?? input.labels?.[0]?.textContent ?? "");
      line.append(bar);
      group.append(line);
      const data = new FormData(form);
      if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = step.loaded / step.total; });
      request.addEventListener("load", () => {
        if (request.status < 400 && request.responseURL && request.responseURL !== new URL(form.action, location.href).href) {
          location.assign(request.responseURL);
          return;
        }
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const main = page.querySelector("main");
        if (!main) return location.reload();
        document.title = page.title;
        document.querySelector("main").replaceWith(main);
        start(main);
      });
      request.addEventListener("error", () => { sentAt.delete(form); line.remove(); form.submit(); });
      request.send(data);
    });
  };

  const start = (root) => {
    focusErrors();
    root.querySelectorAll("form[data-autosave]").forEach(keep);
    root.querySelectorAll("form[data-guard]").forEach(guard);
    root.querySelectorAll("[data-upload]").forEach(upload);
    root.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
    root.querySelectorAll("[data-needs-script]").forEach((one) => { one.hidden = false; });
  };
  start(document);
})();
