// @ts-check
// Shared by all scripts: finding elements, and announcements to screen readers.

/**
 * @typedef {(event: string, data?: object) => void} Trigger
 *   Sends an event and its data from a panel to the server.
 * @typedef {(property: string, callback: () => void) => void} Watch
 *   Calls back when a property of a panel has changed and the page shows it.
 */

/** The functions that the page's HTML and its server call. @type {any} */
const verbatim = {};
Object.assign(window, {verbatim});

(() => {
  /** @type {string[]} */
  const announcements = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let announcing;

  /**
   * @param {string} selector
   * @param {ParentNode} [root]
   * @returns {HTMLElement | null}
   */
  const find = (selector, root = document) => root.querySelector(selector);

  /**
   * @param {string} selector
   * @param {ParentNode} [root]
   * @returns {HTMLElement[]}
   */
  const findAll = (selector, root = document) => /** @type {any} */ ([...root.querySelectorAll(selector)]);

  /**
   * Announces a text to screen readers. Simultaneous texts are announced together.
   * @param {string} text
   */
  function announce(text) {
    const live = find('#live');
    if (!live) return;
    live.textContent = '';
    announcements.push(text);
    clearTimeout(announcing);
    announcing = setTimeout(() => { live.textContent = announcements.splice(0).join(' '); }, 60);
  }

  /**
   * Fills a Gradio text box as if the text had been typed.
   * @param {HTMLInputElement | HTMLTextAreaElement} box
   * @param {string} text
   */
  function fill(box, text) {
    box.value = text;
    box.dispatchEvent(new Event('input', {bubbles: true}));
  }

  Object.assign(verbatim, {find, findAll, announce, fill});
})();
