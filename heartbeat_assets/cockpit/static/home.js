// Filters the tiles without a reload, `/` to search, arrow keys from tile to tile. Without it the form asks the server.
"use strict";
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  document.documentElement.classList.add("js");
  const field = (name) => form.elements.namedItem(name);
  const names = ["q", "status", "verified", "owner", "service"];
  const sections = [...document.querySelectorAll(".service")].map((section) => ({
    section,
    name: section.querySelector("h2").firstChild.textContent.trim(),
    tiles: [...section.querySelectorAll(".tiles > li")].map((li) => ({
      li,
      text: [
        li.querySelector(".code").textContent, li.querySelector("h3").textContent, li.dataset.q, li.dataset.o,
        section.querySelector("h2").firstChild.textContent,
      ].join(" ").toLowerCase(),
    })),
  }));
  const all = sections.reduce((sum, one) => sum + one.tiles.length, 0);
  const shown = document.getElementById("shown");

  // views/home.py HomeFilters.keeps decides the same on the server: change both.
  function keeps({ li, text }, service, wanted, words) {
    const { s, o } = li.dataset;
    if (wanted.status && wanted.status !== s && !(wanted.status === "wrong" && s !== "green")) return false;
    if (wanted.verified && (wanted.verified === "yes") !== ("v" in li.dataset)) return false;
    if (wanted.owner && wanted.owner !== (o || "none")) return false;
    if (wanted.service && wanted.service !== service) return false;
    return words.every((word) => text.includes(word));
  }

  function filter() {
    const wanted = Object.fromEntries(names.map((name) => [name, field(name).value.trim()]));
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { section, name, tiles } of sections) {
      let here = 0;
      for (const tile of tiles) {
        const kept = keeps(tile, name, wanted, words);
        if (tile.li.hidden === kept) tile.li.hidden = !kept;
        here += kept;
      }
      section.hidden = !here && tiles.length > 0;
      count += here;
    }
    const active = names.filter((name) => wanted[name]);
    document.getElementById("nothing").hidden = count > 0;
    document.getElementById("clear").hidden = !active.length;
    shown.textContent = `${count.toLocaleString("en")} of ${all.toLocaleString("en")} metrics shown`;
    const query = new URLSearchParams(active.map((name) => [name, wanted[name]])).toString();
    history.replaceState(null, "", query ? `/?${query}` : "/");
    for (const link of document.querySelectorAll(".count")) {
      const current = active.length === 1 && new URL(link.href).search === `?${query}`;
      if (current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });

  // The links that filter: counts, clear, "show all", "n more below".
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href='/'], a[href^='/?']");
    if (!link || link.closest(".bar") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const wanted = new URL(link.href).searchParams;
    for (const name of names) field(name).value = wanted.get(name) || "";
    filter();
  });

  const links = () => [...document.querySelectorAll(".service:not([hidden]) .tiles > li:not([hidden]) h3 a")];

  function beside(from, key) {
    const list = links();
    const index = list.indexOf(from);
    if (key === "ArrowRight") return list[index + 1];
    if (key === "ArrowLeft") return list[index - 1];
    if (key === "Home") return list[0];
    if (key === "End") return list[list.length - 1];
    const place = from.closest("li").getBoundingClientRect();
    const down = key === "ArrowDown";
    const rest = down ? list.slice(index + 1) : list.slice(0, index).reverse();
    let row = null, best = null, distance = Infinity;
    for (const link of rest) {
      const box = link.closest("li").getBoundingClientRect();
      if (Math.abs(box.top - place.top) < 8) continue;
      if (row === null) row = box.top;
      if (Math.abs(box.top - row) > 8) break;
      if (Math.abs(box.left - place.left) < distance) [best, distance] = [link, Math.abs(box.left - place.left)];
    }
    return best;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const search = field("q");
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    } else if (event.key === "ArrowDown" && event.target === search) {
      event.preventDefault();
      links()[0]?.focus();
    } else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key) && event.target.matches(".tile h3 a")) {
      const next = beside(event.target, event.key);
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  // Coming back with the back button, the browser restores what was typed.
  window.addEventListener("pageshow", (event) => { if (event.persisted) filter(); });
})();
