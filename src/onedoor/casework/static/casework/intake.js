// The intake page of a window: questions appear when an answer asks for them.
// Without it the button "Save" does the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-asked]");
  if (!form) return;

  let asking = null;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.asked, { method: "POST", body, credentials: "same-origin", signal: asking.signal });
      if (!answer.ok) return;
      const asked = new Set((await answer.json()).asked);
      form.querySelectorAll("[data-field]").forEach((part) => { part.hidden = !asked.has(part.dataset.field); });
    } catch {
      // The next change asks again.
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=radio], input[type=checkbox]") && !/^(check|original|norm)-/.test(event.target.name)) ask();
  });
})();
