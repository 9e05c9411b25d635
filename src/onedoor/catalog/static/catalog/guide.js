// The guide of a service: answers narrow it at once, and the nearest place is found on this device. Without it forms are sent.
(() => {
  "use strict";

  const PARTS = "[data-part], .strip";
  const nameOf = (part) => part.dataset.part ?? "strip";
  let asked = null;

  // ---- the situation: the same page is fetched with the answers, and its parts take the places of ours
  const take = (page) => {
    const sprite = document.querySelector("svg.sprite");
    for (const symbol of page.querySelectorAll("svg.sprite symbol")) if (sprite && !document.getElementById(symbol.id)) sprite.append(symbol);
    const fresh = new Map([...page.querySelectorAll(PARTS)].map((part) => [nameOf(part), part]));
    for (const part of document.querySelectorAll(PARTS)) if (fresh.has(nameOf(part))) part.replaceWith(fresh.get(nameOf(part)));
    const told = page.querySelector("[data-told]")?.textContent ?? "";
    const line = document.querySelector("[data-told]");
    if (line && line.textContent !== told) line.textContent = told;
  };
  const narrow = async (address) => {
    asked?.abort();
    const mine = (asked = new AbortController());
    const focused = document.activeElement?.id;
    try {
      const answer = await fetch(address, { signal: mine.signal, credentials: "same-origin" });
      if (!answer.ok) return location.assign(address);
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      history.replaceState(null, "", address);
      const again = focused && document.getElementById(focused);
      if (again) again.focus({ preventScroll: true });
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-situation]");
    if (!form) return;
    const query = new URLSearchParams(new FormData(form)).toString();
    narrow(location.pathname + (query && `?${query}`));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-start-over]")) return;
    event.preventDefault();
    narrow(location.pathname).then(() => document.querySelector("[data-situation] input")?.focus());
  });

  // ---- the nearest place: nothing leaves the device
  const button = document.querySelector("[data-position]");
  if (!button || !navigator.geolocation) return;
  const note = document.querySelector("[data-position-note]");
  const nearest = document.querySelector("[data-nearest]");
  button.hidden = note.hidden = false;
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const kilometres = (here, place) => {
    const north = radians(place.dataset.lat - here.latitude);
    const east = radians(place.dataset.lon - here.longitude);
    const half = Math.sin(north / 2) ** 2 + Math.cos(radians(here.latitude)) * Math.cos(radians(+place.dataset.lat)) * Math.sin(east / 2) ** 2;
    return 12742 * Math.asin(Math.sqrt(half));
  };
  const line = (text) => Object.assign(document.createElement("span"), { className: "sub block-link", textContent: text });
  const shown = ({ place, far }) => {
    const copy = place.cloneNode(true);
    copy.firstElementChild.append(line(button.dataset.nearText.replace("{km}", far < 10 ? far.toFixed(1) : Math.round(far))));
    if (matchMedia("(pointer: coarse)").matches) {
      const where = `${place.dataset.lat},${place.dataset.lon}`;
      const map = line("");
      map.append(Object.assign(document.createElement("a"), { href: `geo:${where}?q=${where}`, textContent: button.dataset.mapText }));
      copy.firstElementChild.append(map);
    }
    return copy;
  };
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const seen = new Set();
        const places = [...document.querySelectorAll("[data-spots] [data-lat]")]
          .map((place) => ({ place, far: kilometres(coords, place) }))
          .sort((one, other) => one.far - other.far)
          .filter(({ place }) => !seen.has(place.querySelector("a").href) && seen.add(place.querySelector("a").href));
        nearest.querySelector("ul").replaceChildren(...places.slice(0, 3).map(shown));
        nearest.hidden = false;
      },
      () => (note.textContent = button.dataset.noText),
      { maximumAge: 600000, timeout: 15000 },
    ),
  );
})();
