// One tab stop for a chart or strip instead of hundreds: arrow keys, Home and End move within it. A mark opens its row.
"use strict";
// What does not fit is scrolled to its newest end.
for (const drawn of document.querySelectorAll(".scroll > .beats, .drawn > .chart")) {
  drawn.parentElement.scrollLeft = drawn.parentElement.scrollWidth;
}
for (const group of document.querySelectorAll(".pts, .strip, .trend")) {
  const stops = [...group.querySelectorAll("[tabindex]")];
  stops.forEach((stop, index) => stop.setAttribute("tabindex", index === stops.length - 1 ? "0" : "-1"));
  group.addEventListener("keydown", (event) => {
    const now = stops.indexOf(document.activeElement);
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: stops.length - 1 }[event.key];
    if (now < 0 || to === undefined || !stops[to]) return;
    event.preventDefault();
    stops[now].setAttribute("tabindex", "-1");
    stops[to].setAttribute("tabindex", "0");
    stops[to].focus();
  });
}
const openTarget = () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row instanceof HTMLDetailsElement) row.open = true;
};
window.addEventListener("hashchange", openTarget);
openTarget();
