// @ts-check
// Search in the shown text, and ticks beside its scroll bar at marks and matches.

(() => {
  const {find, findAll} = verbatim;
  const MOST = 1000; // matches that are counted

  /** @type {Range[]} */
  let found = [];
  let current = 0;

  /** @returns {HTMLInputElement} */
  const field = () => find('#search input');

  /** The shown text in lower case, and its text nodes with their offsets. */
  function letters() {
    const root = find('#reader .letters');
    /** @type {{node: Text, start: number}[]} */
    const nodes = [];
    let text = '';
    const walker = root && document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker?.nextNode()) {
      const node = /** @type {Text} */ (walker.currentNode);
      nodes.push({node, start: text.length});
      text += lower(node.data);
    }
    return {text, nodes};
  }

  /** Lower case that keeps all offsets: characters with a longer lower case stay unchanged. @param {string} text */
  const lower = (text) => [...text].map((one) => {
    const small = one.toLowerCase();
    return small.length === one.length ? small : one;
  }).join('');

  /** @param {{node: Text, start: number}[]} nodes @param {number} offset */
  function place(nodes, offset) {
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (nodes[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return {node: nodes[low].node, offset: offset - nodes[low].start};
  }

  function search() {
    const words = lower(field().value.trim());
    const {text, nodes} = letters();
    found = [];
    for (let at = words ? text.indexOf(words) : -1; at >= 0 && found.length < MOST; at = text.indexOf(words, at + words.length)) {
      const range = new Range();
      const [start, last] = [place(nodes, at), place(nodes, at + words.length - 1)];
      range.setStart(start.node, start.offset);
      range.setEnd(last.node, last.offset + 1);
      found.push(range);
    }
    current = 0;
  }

  function show() {
    const words = field().value.trim();
    const output = find('#search output');
    const part = find('#reader .other-part') ? ' in this part' : '';
    const count = found.length === MOST ? `${MOST} or more` : String(found.length);
    output.textContent = !words ? '' : found.length ? `${current + 1} of ${count}${part}` : `None${part}`;
    for (const step of findAll('#search button')) /** @type {any} */ (step).disabled = found.length < 2;
    if (typeof Highlight === 'undefined') return;
    CSS.highlights.set('found', new Highlight(...found));
    CSS.highlights.set('found-now', new Highlight(...found.slice(current, current + 1)));
    showTicks();
  }

  function scroll() {
    const text = find('#reader .text');
    const range = found[current];
    if (!text || !range) return;
    text.scrollTo({top: range.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop - text.clientHeight / 3});
  }

  /** @param {number} by */
  function step(by) {
    if (!found.length) return;
    current = (current + by + found.length) % found.length;
    show();
    scroll();
  }

  /** Shows beside the scroll bar where marks and matches are. */
  function showTicks() {
    const panel = find('#document');
    const text = find('#reader .text');
    find('.ticks', panel ?? undefined)?.remove();
    if (!panel || !text || text.scrollHeight <= text.clientHeight) return;
    const ticks = document.createElement('div');
    ticks.className = 'ticks';
    ticks.style.top = `${text.offsetTop}px`;
    ticks.style.height = `${text.clientHeight}px`;
    const top = text.getBoundingClientRect().top - text.scrollTop;
    /** @param {DOMRect} box @param {string} kind */
    const tick = (box, kind) => {
      const one = document.createElement('i');
      one.className = kind;
      one.style.top = `${100 * (box.top - top) / text.scrollHeight}%`;
      ticks.append(one);
    };
    for (const mark of findAll('mark.answer, mark.sentence', text)) tick(mark.getBoundingClientRect(), 'marked');
    for (const range of found) tick(range.getBoundingClientRect(), 'found');
    panel.append(ticks);
  }

  /** @param {HTMLElement} panel - the search field */
  function searching(panel) {
    field().addEventListener('input', () => {
      search();
      show();
      scroll();
    });
    field().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    });
    panel.addEventListener('click', ({target}) => {
      const way = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest('[data-step]'))?.dataset.step;
      if (way) step(Number(way));
    });
  }

  /**
   * @param {HTMLElement} panel - the document panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function reader(panel, trigger, watch, events) {
    verbatim.buttons(panel, trigger, events);
    verbatim.pictures(panel, trigger);
    watch('value', () => {
      search();
      show();
      showTicks();
      verbatim.askForPicture();
    });
    new ResizeObserver(showTicks).observe(panel);
  }

  Object.assign(verbatim, {searching, reader, showTicks});
})();
