/** Forms: the focus of one that is shown. */

/**
 * Gives the focus to what `ref` tells of: lit tells of an element before it stands in the page, where it cannot have it yet.
 *
 * @param {Element | undefined} element
 */
export function focusWhenShown(element) {
  if (element instanceof HTMLElement) queueMicrotask(() => element.focus());
}
