// @ts-check
// The documents: their list, the status of uploads, removing and restoring.

(() => {
  const {find, findAll, announce, read, write} = verbatim;
  const UNDO_MS = 10_000;
  const READY_MS = 5_000; // how long the message that a document is ready is shown
  const CONFIRM_AFTER_MS = 500; // an earlier second click is a double click
  const CONFIRM_WITHIN_MS = 4000;
  const FADED = 36; // the pixels at the end of a longer list that fade out, see side.css

  /** The deletion that waits for a second click. @type {{name: string, at: number} | undefined} */
  let deletion;

  /** The ids of the documents in the list before. @type {(string | undefined)[] | undefined} */
  let listed;
  let listTop = 0; // each change replaces the list, which would scroll it to the top

  /** The ids of the documents that are not selected. @returns {string[]} */
  const unasked = () => read('unasked') ?? [];

  /**
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function documents(panel, trigger, watch, events) {
    verbatim.buttons(panel, trigger, events);
    panel.addEventListener('scroll', showMore, true);
    new ResizeObserver(showMore).observe(panel);
    watch('value', () => {
      showNew();
      write('added', findAll('[data-added]', panel).map((item) => item.dataset.added));
      showAsked();
      verbatim.tellDocuments();
    });
    panel.addEventListener('change', ({target}) => {
      if (!(target instanceof HTMLInputElement)) return;
      const id = target.dataset.asked ?? '';
      write('unasked', [...unasked().filter((one) => one !== id), ...(target.checked ? [] : [id])]);
      showAsked();
    });
  }

  /** Keeps the scroll position of the list, and scrolls a new document into view. */
  function showNew() {
    const list = find('#documents .document-list');
    const rows = findAll('#documents .document-list > li');
    const ids = rows.map((row) => find('[data-asked]', row)?.dataset.asked);
    const row = listed && rows.findLast((_, position) => !listed?.includes(ids[position]));
    listed = ids;
    if (!list) return;
    list.scrollTop = listTop;
    if (row) list.scrollTop = Math.max(row.offsetTop + row.offsetHeight + FADED - list.clientHeight, Math.min(list.scrollTop, row.offsetTop));
    showMore();
  }

  /** Shows whether there is more of the list below. */
  function showMore() {
    const list = find('#documents .document-list');
    if (!list) return;
    listTop = list.scrollTop;
    list.classList.toggle('more', list.scrollHeight - list.scrollTop - list.clientHeight > 1);
  }

  /** Ticks the selected documents, and shows how many there are. */
  function showAsked() {
    const boxes = /** @type {HTMLInputElement[]} */ (findAll('#documents [data-asked]'));
    for (const box of boxes) box.checked = !unasked().includes(box.dataset.asked ?? '');
    const left = boxes.filter((box) => !box.checked).length;
    const told = find('#documents .count')?.textContent ?? '';
    const count = find('#side-toggle .count');
    if (count) count.textContent = told;
    const all = Number(told.replace(/\D/g, ''));
    const line = find('#asking .asked');
    if (line) line.textContent = left ? `Asking ${all - left} of ${all} documents` : '';
  }

  /**
   * Announces the outcome for each document that is added or removed. "Ready" is shown for a while.
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function uploads(panel, trigger, watch, events) {
    verbatim.buttons(panel, trigger, events);
    /** @type {Set<string>} */
    const said = new Set();
    /** @type {Set<string>} */
    const old = new Set();
    watch('value', () => {
      write('adding', findAll('.busy .name', panel).map((name) => name.textContent));
      tellNews(findAll('li', panel).pop());
      const now = new Set();
      for (const item of findAll('.done, .failed', panel)) {
        const told = `${item.dataset.number ?? ''} ${words('.name', item)} ${words('.state', item)}`;
        now.add(told);
        if (!said.has(told)) announce(`${words('.name', item)} ${words('.state', item)}.`);
        said.add(told);
        if (!item.classList.contains('done')) continue;
        const forget = () => {
          old.add(told);
          item.hidden = true;
        };
        item.hidden = old.has(told);
        if (!item.hidden) setTimeout(forget, find('.undo', item) ? UNDO_MS : READY_MS);
      }
      for (const told of said) if (!now.has(told)) [said, old].forEach((set) => set.delete(told));
    });
  }

  /**
   * Shows the status of the latest document beside the question box, in case the list is out of view.
   * @param {Element} [item] - its line
   */
  function tellNews(item) {
    const news = find('#asking .news');
    if (news) news.textContent = item ? `${words('.name', item)} ${words('.state', item)}` : '';
  }

  /** @param {string} selector @param {Element} item */
  const words = (selector, item) => find(selector, item)?.textContent ?? '';

  /**
   * Removes a document, on a second click if its file is deleted.
   * @param {HTMLElement} panel
   * @param {HTMLElement} button
   * @param {MouseEvent} event
   * @param {Trigger} trigger
   */
  function remove(panel, button, event, trigger) {
    const name = button.dataset.remove ?? '';
    if (event.detail > 1 || ('confirm' in button.dataset && !isConfirmed(button, name))) return;
    find('h2', panel)?.focus(); // the button will be gone, and the next one must not get the focus
    trigger('remove', {document: name, open: find('#reader .text')?.dataset.document ?? ''});
  }

  /**
   * Whether this is the second click on the same document, neither too soon nor too late. If not, asks for it.
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
      button.ariaLabel = `${button.title} ${button.dataset.remove}`; // the button may belong to another document by now
    }, CONFIRM_WITHIN_MS);
    return false;
  }

  Object.assign(verbatim, {documents, uploads, remove, unasked, showAsked, tellNews});
})();
