/** The parts of lit-html that the pages use, from the one place where they are served. */

export { html, nothing, render, svg } from "/vendor/lit-html/lit-html.js";
export { keyed } from "/vendor/lit-html/directives/keyed.js";
export { live } from "/vendor/lit-html/directives/live.js";
export { ref } from "/vendor/lit-html/directives/ref.js";
export { repeat } from "/vendor/lit-html/directives/repeat.js";

/** @typedef {import("/vendor/lit-html/lit-html.js").TemplateResult | typeof import("/vendor/lit-html/lit-html.js").nothing | string} Fragment */
