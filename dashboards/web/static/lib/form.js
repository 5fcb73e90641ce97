/** Forms: what was typed when one is sent, and the focus of one that is shown. */

/** A form's fields as texts. @param {SubmitEvent} event @returns {(name: string) => string} */
export function fieldsOf(event) {
  event.preventDefault();
  const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
  return (name) => String(fields.get(name) ?? "");
}

/**
 * Gives the focus to what `ref` tells of: lit tells of an element before it stands in the page, where it cannot have it yet.
 *
 * @param {Element | undefined} element
 */
export function focusWhenShown(element) {
  if (element instanceof HTMLElement) queueMicrotask(() => element.focus());
}
