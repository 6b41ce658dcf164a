// @ts-check
// The picture of a page: asked for when its fold is opened. Once opened, so is that of the next evidence.

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

  /** Asks for the picture, if its fold is open and has none. */
  function ask() {
    const opened = fold();
    if (opened?.open && !find('.for-fold', opened)) send('picture', verbatim.withPlaces(JSON.parse(opened.dataset.picture ?? '')));
    verbatim.showTicks();
  }

  /** Opens the fold, if the reader had one open. */
  function askForPicture() {
    const closed = fold();
    if (closed && read('pictures')) closed.open = true;
    ask();
  }

  /**
   * Takes what came out of the hidden panel: shown once, it need not be there twice.
   * @returns {string} - the panel's new content
   */
  function takePicture() {
    showPicture();
    return '';
  }

  /** Puts the picture that came into its fold, unless another evidence was opened meanwhile. */
  function showPicture() {
    const came = find('#picture .for-fold');
    const opened = fold();
    const place = opened && find('.drawn', opened);
    if (!came || !place || came.dataset.for !== opened.dataset.picture) return;
    place.replaceChildren(came.cloneNode(true));
    showFrame();
    verbatim.showTicks();
    verbatim.showMark(); // the picture took room from the text
  }

  /** Shows the picture in full size, or again as wide as its box. */
  function enlarge() {
    const isFull = find('#document .paper')?.classList.toggle('full');
    find('#document .enlarge')?.setAttribute('aria-pressed', String(isFull));
    showFrame();
  }

  /** Scrolls to the frames, or to the first of them if there is no room for all. */
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
