// @ts-check
// The picture of a page: asked for when its fold is opened. Once opened, so is that of the next evidence.

(() => {
  const {find, read, write} = verbatim;

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

  /** Scrolls the picture to the first frame in it. */
  function showFrame() {
    const paper = find('#document .paper');
    const frame = paper && find('i', paper);
    if (!frame) return;
    paper.scrollTo({
      top: frame.offsetTop - (paper.clientHeight - frame.offsetHeight) / 2,
      left: frame.offsetLeft - (paper.clientWidth - frame.offsetWidth) / 2,
    });
  }

  Object.assign(verbatim, {pictures, askForPicture, showPicture});
})();
