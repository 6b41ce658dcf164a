// @ts-check
// In a narrow window, documents and evidence are sheets over the conversation.

(() => {
  const {find} = verbatim;
  const NARROW = matchMedia('(max-width: 899px)');

  /** The element that had the focus before a sheet was opened. @type {HTMLElement | null} */
  let opener = null;

  /** @returns {HTMLElement | null} */
  const opened = () => find('#side.open, #reader.open');

  /**
   * Opens a sheet, in place of any other. The browser's back button closes it.
   * @param {'side' | 'reader'} name
   */
  function openSheet(name) {
    const before = opened();
    const sheet = find(`#${name}`);
    if (!sheet || before === sheet) return;
    before?.classList.remove('open');
    sheet.classList.add('open');
    showState();
    if (!NARROW.matches) return;
    if (before) return;
    opener = /** @type {HTMLElement | null} */ (document.activeElement);
    history.pushState({sheet: name}, '');
    find('#chat').inert = true;
    find('[data-back]', sheet)?.focus();
  }

  function closeSheet() {
    if (history.state?.sheet) history.back(); // popstate does the rest
    else hide();
  }

  function hide() {
    if (!opened()) return;
    opened()?.classList.remove('open');
    find('#chat').inert = false;
    showState();
    opener?.focus({preventScroll: true});
  }

  function showState() {
    find('#side-toggle')?.setAttribute('aria-expanded', String(find('#side.open') !== null));
  }

  /** Opens the evidence, if it is a sheet. @returns {boolean} whether it is one */
  function showReader() {
    if (NARROW.matches) openSheet('reader');
    return NARROW.matches;
  }

  addEventListener('popstate', hide);
  NARROW.addEventListener('change', () => { // the window has become wide or narrow
    opened()?.classList.remove('open');
    find('#chat').inert = false;
    showState();
  });

  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#side-toggle')) find('#side.open') ? closeSheet() : openSheet('side');
    else if (target.closest('[data-back]')) closeSheet();
  });

  document.addEventListener('keydown', ({key}) => {
    if (key === 'Escape' && opened()) closeSheet();
  });

  Object.assign(verbatim, {showReader});
})();
