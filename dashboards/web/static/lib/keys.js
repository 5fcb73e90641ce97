/** One key for each decision. Keys are dead while somebody types, and with a modifier they belong to the browser. */

/**
 * @param {() => Record<string, () => void>} keys The keys that count at this moment, lower case, by `event.key`.
 */
export function listenForKeys(keys) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const target = event.target instanceof Element ? event.target : null;
    if (event.key !== "Escape" && target?.closest("input:not([type=range]), textarea, select")) return;
    const action = keys()[event.key.toLowerCase()];
    if (action === undefined || (event.key === "Enter" && target?.closest("button, a"))) return;
    event.preventDefault();
    action();
  });
}
