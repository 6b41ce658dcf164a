// @ts-check
// The documents: their list, what becomes of files, removing and bringing back.

(() => {
  const {find, findAll, announce, write} = verbatim;
  const UNDO_MS = 10_000;
  const CONFIRM_AFTER_MS = 500; // a second click that comes sooner is a double click
  const CONFIRM_WITHIN_MS = 4000;

  /** The deletion that waits for a second click. @type {{name: string, at: number} | undefined} */
  let deletion;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let undoing;

  /**
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function documents(panel, trigger, watch, events) {
    verbatim.buttons(panel, trigger, events);
    watch('value', () => {
      write('added', findAll('[data-added]', panel).map((item) => item.dataset.added));
      const count = find('#side-toggle .count');
      if (count) count.textContent = find('.count', panel)?.textContent ?? '';
    });
  }

  /**
   * Announces what became of each document that is added or removed.
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function uploads(panel, trigger, watch, events) {
    verbatim.buttons(panel, trigger, events);
    /** @type {(string | null)[]} */
    let announced = [];
    watch('value', () => {
      write('adding', findAll('.busy .name', panel).map((name) => name.textContent));
      const ended = findAll('.done, .failed', panel).map((item) => `${words('.name', item)} ${words('.state', item)}`);
      const goesOn = announced.every((told, position) => told === ended[position]);
      for (const told of ended.slice(goesOn ? announced.length : 0)) announce(`${told}.`);
      announced = ended;
      clearTimeout(undoing);
      if (find('.undo', panel)) undoing = setTimeout(() => find('.undo', panel)?.remove(), UNDO_MS);
    });
  }

  /** @param {string} selector @param {Element} item */
  const words = (selector, item) => find(selector, item)?.textContent ?? '';

  /**
   * Removes a document, on a second click if it is deleted for good.
   * @param {HTMLElement} panel
   * @param {HTMLElement} button
   * @param {MouseEvent} event
   * @param {Trigger} trigger
   */
  function remove(panel, button, event, trigger) {
    const name = button.dataset.remove ?? '';
    if (event.detail > 1 || ('confirm' in button.dataset && !isConfirmed(button, name))) return;
    find('h2', panel)?.focus(); // the button will be gone, and the next must not get its focus
    trigger('remove', {document: name, open: find('#reader .text')?.dataset.document ?? ''});
  }

  /**
   * Whether a click is the second on the same document, neither at once nor late. If not, asks for one.
   * @param {HTMLElement} button
   * @param {string} name - the document
   */
  function isConfirmed(button, name) {
    if (deletion?.name === name) return Date.now() - deletion.at >= CONFIRM_AFTER_MS;
    const asked = deletion = {name, at: Date.now()};
    const told = `Press again to delete ${name}`;
    button.classList.add('sure');
    button.textContent = 'Delete it?';
    button.ariaLabel = told;
    announce(told);
    setTimeout(() => {
      if (deletion === asked) deletion = undefined;
      button.classList.remove('sure');
      button.textContent = '×';
      button.ariaLabel = `${button.title} ${button.dataset.remove}`; // another document's by now, perhaps
    }, CONFIRM_WITHIN_MS);
    return false;
  }

  Object.assign(verbatim, {documents, uploads, remove});
})();
