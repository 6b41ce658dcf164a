// @ts-check
// The document panel: scrolling and focus.

(() => {
  const {find} = verbatim;

  /** The element to focus after the next change of the document panel. @type {'mark' | 'text' | undefined} */
  let focusNext;
  /** The offset of the heading to scroll to after the next change of the document panel. @type {string | undefined} */
  let headingNext;

  /**
   * Sets what to show after the next change of the document panel.
   * @param {'mark' | 'text'} focus
   * @param {string} [heading]
   */
  function showNext(focus, heading) {
    focusNext = focus;
    headingNext = heading;
  }

  /**
   * Scrolls the document to a heading, and moves the focus there.
   * @param {string} start - the offset of the heading
   * @returns {boolean} whether it is in the part that is shown
   */
  function showHeading(start) {
    const text = find('#reader .text');
    const heading = find(`#reader [data-heading="${start}"]`);
    if (!text || !heading) return false;
    text.scrollTo({top: heading.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop - 12});
    heading.tabIndex = -1;
    heading.focus({preventScroll: true});
    return true;
  }

  /** Scrolls the document to its mark and, if a button led there, moves the focus. */
  function showMark() {
    const focus = focusNext;
    if (focus && verbatim.showReader()) find('#reader').scrollTop = 0;
    const heading = headingNext;
    focusNext = headingNext = undefined;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const text = find('#reader .text');
      if (!text || (heading !== undefined && showHeading(heading))) return;
      const mark = find('mark.answer', text) ?? find('mark', text);
      const top = mark
        ? mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop
          - (text.clientHeight - mark.offsetHeight) / 2
        : 0;
      text.scrollTo({top});
      showAcross(mark);
      // The button that opened this part may be gone.
      if (focus === 'text' && document.activeElement === document.body) text.focus({preventScroll: true});
      if (focus !== 'mark') return;
      if (mark) mark.tabIndex = -1;
      const goal = mark ?? text;
      goal.focus({preventScroll: true});
    }));
  }

  /** Scrolls a wide table sideways to a mark in it. @param {HTMLElement | null} mark */
  function showAcross(mark) {
    const cell = /** @type {HTMLElement | null | undefined} */ (mark?.closest('td, th'));
    const box = cell?.closest('.table');
    if (!cell || !box) return;
    box.scrollTo({left: cell.offsetLeft - (box.clientWidth - cell.offsetWidth) / 2});
  }

  Object.assign(verbatim, {showHeading, showMark, showNext});
})();
