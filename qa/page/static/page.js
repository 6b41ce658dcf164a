// @ts-check
// What happens in the browser alone. Buttons in the server's HTML carry what they do in data attributes.

/**
 * @typedef {(event: string, data?: object) => void} Trigger
 *   Sends an event and its data from a panel to the server.
 * @typedef {(property: string, callback: () => void) => void} Watch
 *   Calls back when a property of a panel has changed and is on the page.
 */

const verbatim = (() => {
  const COPIED_MS = 1600; // how long a button says that it has copied
  const DOUBLE_CLICK_MS = 1000; // in which the second click on an emptied box is no empty question
  const CONFIRM_AFTER_MS = 500; // a second click that comes sooner is a double click
  const CONFIRM_WITHIN_MS = 4000;

  /** Sends the events of the conversation panel. @type {Trigger} */
  let send = () => {};
  let conversations = 0; // how often the reader has started over; a question from before is dropped
  let askedAt = 0;
  let announcedTurns = 0;
  /** Which folds of the conversation are open, since its HTML is replaced. @type {Set<string>} */
  const openFolds = new Set();
  /** The verdict on each reply, by the number of its turn. @type {Map<number, string>} */
  const verdicts = new Map();
  /** @type {string[]} */
  const announcements = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let announcing;
  /** The deletion that waits for a second click. @type {{name: string, at: number} | undefined} */
  let deletion;
  /** What gets the focus when the document panel has changed. @type {'mark' | 'text' | undefined} */
  let focusNext;
  /** Where the heading begins that is shown when the document panel has changed. @type {string | undefined} */
  let headingNext;

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
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)].map(asHTML);

  /** @param {Element} element */
  const asHTML = (element) => /** @type {HTMLElement} */ (element);

  /** @returns {HTMLTextAreaElement} */
  const questionBox = () => /** @type {any} */ (find('#question textarea'));

  /** @returns {HTMLInputElement} */
  const slider = () => /** @type {any} */ (find('#threshold-range'));

  // Announcements for screen readers

  /**
   * Announces a text. Texts that come at the same time are announced together.
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

  // Questions

  /**
   * Sends a question to be answered.
   * @param {string} question
   * @param {boolean} [alone] - whether it is read without the turns before
   */
  function ask(question, alone = false) {
    const threshold = JSON.parse(slider().dataset.thresholds ?? '')[Number(slider().value)];
    send('ask', {question, threshold, conversation: conversations, alone});
  }

  /** Sends what is in the question box, and empties it: one may type on at once. */
  function submitQuestion() {
    const question = questionBox().value;
    const blank = !question.trim();
    if (blank && Date.now() - askedAt < DOUBLE_CLICK_MS) return;
    if (!blank) {
      askedAt = Date.now();
      fillQuestion('');
    }
    ask(question);
  }

  /** @param {string} text */
  function fillQuestion(text) {
    questionBox().value = text;
    questionBox().dispatchEvent(new Event('input', {bubbles: true}));
  }

  function startOver() {
    conversations += 1;
    send('start_over', {conversation: conversations});
  }

  document.addEventListener('keypress', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.target !== questionBox()) return;
    event.preventDefault();
    submitQuestion();
  }, true);

  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#question .submit-button')) submitQuestion();
    else if (target.closest('#start-over')) startOver();
  }, true);

  // Panels

  /**
   * Handles the clicks on all buttons of a panel.
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {string[]} events - the events that the panel sends to the server
   */
  function buttons(panel, trigger, events) {
    panel.addEventListener('click', (event) => {
      const button = event.target instanceof Element && event.target.closest('button');
      if (!button) return;
      const {ask: question, copy: text, jump, look, rate, remove} = button.dataset;
      if (text !== undefined) {
        copy(button, text);
      } else if (question !== undefined) {
        ask(question, 'alone' in button.dataset);
        if (event.detail === 0) questionBox().focus(); // a key was pressed, and the button is folded away
      } else if (jump !== undefined && showHeading(jump)) {
        button.closest('details')?.removeAttribute('open');
      } else if (look !== undefined && events.includes('look')) {
        headingNext = jump;
        focusNext = panel.closest('#reader') ? 'text' : 'mark';
        trigger('look', JSON.parse(look));
      } else if (rate !== undefined && events.includes('rate')) {
        trigger('rate', JSON.parse(rate));
      } else if (remove !== undefined && events.includes('remove')) {
        if (event.detail > 1 || ('confirm' in button.dataset && !isConfirmed(button, remove))) return;
        find('h2', panel)?.focus(); // the button will be gone, and the next must not get its focus
        trigger('remove', {document: remove, open: find('#reader .text')?.dataset.document ?? ''});
      }
    });
    panel.addEventListener('keydown', (event) => { // a key that is held down removes one document at most
      const {target} = event;
      if (event.repeat && target instanceof Element && target.closest('[data-remove]')) event.preventDefault();
    });
  }

  /**
   * Keeps open what is open in the conversation, marks given verdicts, and announces replies.
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {Watch} watch
   * @param {string[]} events
   */
  function conversation(panel, trigger, watch, events) {
    send = trigger;
    buttons(panel, trigger, events);
    panel.addEventListener('click', ({target}) => {
      const clicked = target instanceof Element && target.closest('summary')?.parentElement;
      for (const [name, fold] of folds(panel)) {
        if (fold === clicked) openFolds[fold.open ? 'delete' : 'add'](name); // it opens or closes after this
      }
    });
    watch('value', () => {
      const turns = findAll('.turn', panel);
      if (!turns.length) {
        openFolds.clear();
        verdicts.clear();
      }
      for (const [name, fold] of folds(panel)) fold.open = openFolds.has(name);
      showVerdicts();
      announcedTurns = Math.min(announcedTurns, turns.length);
      const last = turns[turns.length - 1];
      if (!last) return;
      last.scrollIntoView({block: 'start'});
      if (last.dataset.announce !== undefined && announcedTurns < turns.length) {
        announcedTurns = turns.length;
        announce(last.dataset.announce);
        if ('refused' in last.dataset) giveBack(find('.question', last)?.textContent ?? '');
      }
    });
  }

  /**
   * Puts a refused question back into its box, unless the next is being typed there.
   * @param {string} question
   */
  function giveBack(question) {
    if (!questionBox().value) fillQuestion(question);
  }

  /**
   * All folds of the conversation, each with a name that stays the same.
   * @param {HTMLElement} panel
   * @returns {[string, HTMLDetailsElement][]}
   */
  function folds(panel) {
    return findAll('.turn', panel).flatMap((turn, turnNumber) =>
      [...turn.querySelectorAll('details')].map(
        (fold, position) => /** @type {[string, HTMLDetailsElement]} */ ([`${turnNumber} ${position}`, fold])));
  }

  /**
   * Shows the place in the queue, which Gradio says in a corner among much else.
   * @param {HTMLElement} panel
   */
  function queue(panel) {
    const block = panel.closest('#queue');
    if (!block) return;
    new MutationObserver(() => {
      const place = find('.progress-text', block)?.textContent?.match(/queue: (\d+)\/(\d+)/);
      const words = place ? `Questions are read one at a time: yours is number ${place[1]} of ${place[2]} that wait.` : '';
      if (panel.textContent !== words) panel.textContent = words;
    }).observe(block, {subtree: true, childList: true, characterData: true});
  }

  /**
   * Announces what became of each document that is added or removed.
   * @param {HTMLElement} panel
   * @param {Watch} watch
   */
  function uploads(panel, watch) {
    /** @type {(string | null)[]} */
    let announced = [];
    watch('value', () => {
      const ended = findAll('.done, .failed', panel).map((item) => item.textContent);
      const goesOn = announced.every((words, position) => words === ended[position]);
      for (const words of ended.slice(goesOn ? announced.length : 0)) announce(`${words}.`);
      announced = ended;
    });
  }

  /**
   * Says in words how the slider stands.
   * @param {HTMLElement} panel
   */
  function threshold(panel) {
    const show = () => {
      const words = JSON.parse(slider().dataset.words ?? '')[Number(slider().value)];
      const output = find('output', panel);
      if (output) output.textContent = words;
      slider().setAttribute('aria-valuetext', words);
      slider().style.setProperty('--filled', `${100 * Number(slider().value) / Number(slider().max)}%`);
    };
    slider().addEventListener('input', show);
    show();
  }

  /**
   * On a narrow screen, opens and closes the side column.
   * @param {HTMLElement} panel
   */
  function header(panel) {
    const button = find('#side-toggle', panel);
    button?.addEventListener('click', () => {
      const open = find('#side')?.classList.toggle('open');
      button.setAttribute('aria-expanded', String(open));
    });
  }

  // Answers of the server

  /**
   * Scrolls the document to a heading, and moves the focus there.
   * @param {string} start - the offset at which the heading begins
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
      // The button that led to another part may be gone.
      if (focus === 'text' && document.activeElement === document.body) text.focus({preventScroll: true});
      if (focus !== 'mark') return;
      if (mark) mark.tabIndex = -1;
      const goal = mark ?? text;
      goal.focus({preventScroll: true});
      find('#reader')?.scrollIntoView({block: 'nearest'});
      if (matchMedia('(max-width: 899px)').matches) goal.scrollIntoView({block: 'center'});
    }));
  }

  /**
   * Marks a verdict that was kept.
   * @param {string} json - turn and verdict; empty if it was not kept
   */
  function rated(json) {
    if (!json) return;
    const {turn, verdict} = JSON.parse(json);
    verdicts.set(turn, verdict);
    showVerdicts();
    announce('Noted');
  }

  function showVerdicts() {
    for (const button of findAll('[data-rate]')) {
      const {turn, verdict} = JSON.parse(button.dataset.rate ?? '');
      button.ariaPressed = String(verdicts.get(turn) === verdict);
    }
  }

  /**
   * Saves a file, of which nothing stays on the server.
   * @param {string} json - name, type and text
   */
  function save(json) {
    const {name, type, text} = JSON.parse(json);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // Buttons that say what they did

  /**
   * @param {HTMLButtonElement} button
   * @param {string} text
   */
  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // without https a page may not write there
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      button.focus();
    }
    button.dataset.label ??= button.textContent ?? '';
    button.textContent = 'Copied';
    announce('Copied');
    setTimeout(() => { button.textContent = button.dataset.label ?? ''; }, COPIED_MS);
  }

  /**
   * Whether a click is the second on the same document, neither at once nor late. If not, asks for one.
   * @param {HTMLButtonElement} button
   * @param {string} name - the document
   */
  function isConfirmed(button, name) {
    if (deletion?.name === name) return Date.now() - deletion.at >= CONFIRM_AFTER_MS;
    const asked = deletion = {name, at: Date.now()};
    const words = `Press again to delete ${name}`;
    button.classList.add('sure');
    button.textContent = 'Delete it?';
    button.ariaLabel = words;
    announce(words);
    setTimeout(() => {
      if (deletion === asked) deletion = undefined;
      button.classList.remove('sure');
      button.textContent = '×';
      button.ariaLabel = `${button.title} ${button.dataset.remove}`; // another document's by now, perhaps
    }, CONFIRM_WITHIN_MS);
    return false;
  }

  return {buttons, conversation, header, queue, rated, save, showMark, threshold, uploads};
})();

Object.assign(window, {verbatim});
