// The check list of the guidance norm. One key answers all that is open, as the norm asks; 1, 2 and 3 answer the point with the focus.
// Without it the radios do the same, and the button sends the page.
(() => {
  "use strict";
  const points = [...document.querySelectorAll("[data-point]")];
  const atOnce = document.querySelector("input[name=at-once]");
  if (!points.length || !atOnce) return;
  const keys = new Set(atOnce.value.split(" ").filter(Boolean));
  const keep = () => { atOnce.value = [...keys].join(" "); };
  const inputs = (point) => [...point.querySelectorAll("input[type=radio]")];
  const isOpen = (point) => !point.closest("[hidden]") && !inputs(point).some((one) => one.checked);
  const tell = (input) => { for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true })); };

  // A paper that must be there and was not looked at yet is fine; one that need not be there is left to the clerk.
  const verdicts = (paper) => [...document.getElementsByName("check-" + paper)];
  const isFine = (point) => {
    const radios = point.dataset.paper ? verdicts(point.dataset.paper) : [];
    return radios.length ? radios.some((one) => one.checked && one.value === "ok") : "due" in point.dataset;
  };
  document.querySelector("[data-all-met]")?.addEventListener("click", (event) => {
    event.preventDefault();
    let last = null;
    document.querySelectorAll("fieldset.verdict[data-required]").forEach((one) => {
      const radios = [...one.querySelectorAll("input[type=radio]")];
      if (one.closest("[hidden]") || radios.some((each) => each.checked)) return;
      last = radios.find((each) => each.value === "ok");
      last.checked = true;
    });
    points.filter((point) => isOpen(point) && isFine(point)).forEach((point) => {
      last = inputs(point)[0];
      last.checked = true;
      keys.add(point.dataset.point);
    });
    keep();
    if (last) tell(last);
  });
  // Answered one by one: no longer at once with the others; a paper of which a point is not met is wanted.
  const answered = (point, input) => {
    keys.delete(point.dataset.point);
    keep();
    const wanted = point.dataset.paper && input.value === "no" && verdicts(point.dataset.paper).find((one) => one.value === "bad");
    if (wanted) wanted.checked = true;
  };
  document.addEventListener("change", (event) => {
    const point = event.isTrusted && event.target.name?.startsWith("norm-") && event.target.closest("[data-point]");
    if (point) answered(point, event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["1", "2", "3"].includes(event.key)) return;
    const point = event.target.matches("input[type=radio]") && event.target.closest("[data-point]");
    if (!point) return;
    event.preventDefault();
    const chosen = inputs(point)[Number(event.key) - 1];
    chosen.checked = true;
    answered(point, chosen);
    tell(chosen);
    const next = points.slice(points.indexOf(point) + 1).find(isOpen);
    if (event.key === "2") point.querySelector(".norm__why input").focus();
    else if (next) inputs(next)[0].focus();
    else chosen.focus();
  });
})();
