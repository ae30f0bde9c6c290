/**
 * Puts the visitor's own settings on the page before anything is drawn; a plain script that the parser waits for, since
 * a module would come too late. The rest of the page changes them through comfort.js, which speaks to it by an event.
 */
(() => {
  const KEY = "jishi.comfort";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Record<string, unknown>} */
  let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    // Storage is closed, or holds something else: the system's settings will do.
  }

  /** @param {string} name @param {boolean | string} value false takes it away */
  const set = (name, value) => {
    if (value === false) delete root.dataset[name];
    else root.dataset[name] = value === true ? "" : value;
  };
  const apply = () => {
    const isDark = chosen.theme === "dark" || (chosen.theme !== "light" && dark.matches);
    set("theme", isDark ? "dark" : "light");
    set("text", chosen.text === "large" || chosen.text === "largest" ? chosen.text : false);
    set("motion", chosen.motion === "calm" || (chosen.motion !== "full" && still.matches) ? "calm" : false);
    set("elder", chosen.elder === true);
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.setAttribute("content", isDark ? "#17120e" : "#fbf5ea");
    }
  };

  apply();
  dark.addEventListener("change", apply);
  still.addEventListener("change", apply);
  addEventListener("jishi-comfort", (event) => {
    chosen = /** @type {CustomEvent} */ (event).detail;
    apply();
  });
})();
