// @ts-check
// The picture of a page, requested when its fold is opened. An open fold stays open for the next evidence.

(() => {
  const {find, findAll, read, write} = verbatim;

  /** Sends the events of the document panel. @type {Trigger} */
  let send = () => {};

  /** @returns {HTMLDetailsElement | null} */
  const fold = () => find('#document .page-picture');

  /** @param {HTMLElement} panel - the document panel @param {Trigger} trigger */
  function pictures(panel, trigger) {
    send = trigger;
    panel.addEventListener('click', ({target}) => {
      if (target instanceof Element && target.closest('.enlarge, .sheet-of-paper')) enlarge();
      if (!(target instanceof Element) || !target.closest('.page-picture > summary')) return;
      setTimeout(() => {
        write('pictures', fold()?.open || null);
        ask();
      });
    });
  }

  /** Requests the picture, if its fold is open and has none. */
  function ask() {
    const opened = fold();
    if (opened?.open && !find('.for-fold', opened)) send('picture', verbatim.withPlaces(JSON.parse(opened.dataset.picture ?? '')));
    verbatim.showTicks();
  }

  /** Opens the fold, if the previous one was open. */
  function askForPicture() {
    const closed = fold();
    if (closed && read('pictures')) closed.open = true;
    ask();
  }

  /**
   * Moves the picture out of the hidden panel, so that it is not on the page twice.
   * @returns {string} - the panel's new content
   */
  function takePicture() {
    showPicture();
    return '';
  }

  /** Puts a received picture into its fold, unless other evidence was opened meanwhile. */
  function showPicture() {
    const came = find('#picture .for-fold');
    const opened = fold();
    const place = opened && find('.drawn', opened);
    if (!came || !place || came.dataset.for !== opened.dataset.picture) return;
    place.replaceChildren(came.cloneNode(true));
    showFrame();
    verbatim.showTicks();
    verbatim.showMark(); // the picture has made the text area smaller
  }

  /** Toggles between full size and the width of the box. */
  function enlarge() {
    const isFull = find('#document .paper')?.classList.toggle('full');
    find('#document .enlarge')?.setAttribute('aria-pressed', String(isFull));
    showFrame();
  }

  /** Scrolls to the frames, or to the first one if they do not all fit. */
  function showFrame() {
    const paper = find('#document .paper');
    const boxes = paper ? findAll('i', paper).map((frame) => frame.getBoundingClientRect()) : [];
    if (!boxes.length) return;
    const view = paper.getBoundingClientRect();
    const {top, left, bottom, right} = boxes[0];
    const last = boxes[boxes.length - 1].bottom;
    const end = last - top < view.height ? last : bottom;
    paper.scrollBy((left + right - view.left - view.right) / 2, (top + end - view.top - view.bottom) / 2);
  }

  Object.assign(verbatim, {pictures, askForPicture, takePicture});
})();
