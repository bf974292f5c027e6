// Says times in relative words, with the UTC instant in the title. Without it, pages show the instant.
"use strict";
(() => {
  const say = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

  function relative(seconds) {
    for (const [unit, size] of units) {
      if (Math.abs(seconds) >= size * (unit === "day" ? 2 : 1)) return say.format(Math.trunc(seconds / size), unit);
    }
    return "just now";
  }

  function tell(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      const words = relative((at - Date.now()) / 1000);
      if (time.classList.contains("abs")) {
        time.title = words;
      } else {
        time.title = at.toISOString().slice(0, 16).replace("T", " ") + " UTC";
        time.textContent = words;
      }
    }
  }

  // Paper does not know when it is read.
  window.addEventListener("beforeprint", () => {
    for (const time of document.querySelectorAll("time:not(.abs)[title]")) time.textContent = time.title;
  });
  window.addEventListener("afterprint", () => tell(document));
  tell(document);
  setInterval(() => tell(document), 60000);
})();
