// @ts-check
// Panels: their buttons, whose data attributes say what they do, and behaviour that needs no server.

(() => {
  const {find, announce} = verbatim;
  const COPIED_MS = 1600; // how long a button shows "Copied"

  /** The former look of each button that shows it. @type {Map<HTMLElement, {look: Node[], name: string | null, timer: number}>} */
  const copied = new Map();

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
      const {ask: question, copy: text, jump, look, rate, remove, restore, stop} = button.dataset;
      if (text !== undefined) {
        copy(button, text);
      } else if (question !== undefined) {
        verbatim.ask(question, 'alone' in button.dataset);
        if (event.detail === 0) verbatim.questionBox().focus(); // the button was pressed by keyboard, and is now hidden
      } else if (jump !== undefined && verbatim.showHeading(jump)) {
        button.closest('details')?.removeAttribute('open');
      } else if (look !== undefined && events.includes('look')) {
        verbatim.showNext(panel.closest('#reader') ? 'text' : 'mark', jump);
        trigger('look', verbatim.withPlaces(JSON.parse(look)));
      } else if (rate !== undefined && events.includes('rate')) {
        trigger('rate', JSON.parse(rate));
      } else if (remove !== undefined && events.includes('remove')) {
        verbatim.remove(panel, button, event, trigger);
      } else if (restore !== undefined && events.includes('restore')) {
        find('#documents h2')?.focus();
        trigger('restore', {document: restore});
      } else if (stop !== undefined && events.includes('stop')) {
        find('#documents h2')?.focus();
        trigger('stop', {number: Number(stop)});
      }
    });
    panel.addEventListener('keydown', (event) => { // a key that is held down must remove only one document
      const {target} = event;
      if (event.repeat && target instanceof Element && target.closest('[data-remove]')) event.preventDefault();
    });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} text
   */
  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // without HTTPS a page may not write to the clipboard
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      button.focus();
    }
    const before = copied.get(button);
    clearTimeout(before?.timer);
    const look = before?.look ?? [...button.childNodes];
    const name = before?.name ?? button.ariaLabel;
    button.replaceChildren('Copied');
    button.ariaLabel = 'Copied';
    announce('Copied');
    const timer = setTimeout(() => {
      button.replaceChildren(...look);
      button.ariaLabel = name;
      copied.delete(button);
    }, COPIED_MS);
    copied.set(button, {look, name, timer});
  }

  /**
   * Shows the position in the queue, which Gradio shows only inconspicuously.
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
   * Shows the meaning of the slider's value in words, and stores the value.
   * @param {HTMLElement} panel
   */
  function threshold(panel) {
    const slider = /** @type {HTMLInputElement} */ (find('#threshold-range'));
    const show = () => {
      const words = JSON.parse(slider.dataset.words ?? '')[Number(slider.value)];
      const output = find('output', panel);
      if (output) output.textContent = words;
      slider.setAttribute('aria-valuetext', words);
      slider.style.setProperty('--filled', `${100 * Number(slider.value) / Number(slider.max)}%`);
    };
    slider.addEventListener('input', () => {
      verbatim.write('threshold', slider.value);
      show();
    });
    slider.value = verbatim.read('threshold') ?? slider.value;
    show();
  }

  // Folds under a reply

  document.addEventListener('click', ({target}) => {
    const button = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest('[data-fold]'));
    const fold = button && document.getElementById(button.dataset.fold ?? '');
    if (!fold) return;
    fold.hidden = !fold.hidden;
    button.ariaExpanded = String(!fold.hidden);
    if (!fold.hidden) fold.scrollIntoView({block: 'nearest'}); // see document.css for smooth scrolling
  });

  document.addEventListener('toggle', ({target}) => { // "In numbers" and the confidence
    if (target instanceof HTMLDetailsElement && target.open && target.closest('#conversation')) {
      target.scrollIntoView({block: 'nearest'});
    }
  }, true);

  // Gradio's own texts

  const WORDS = new Map([
    ['Info', 'Note'],
    ['Warning', 'Please note'],
    ['Error', 'That did not work'],
  ]);
  const LOST = 'I try again every two seconds. Nothing is lost: the page goes on by itself.';

  /** @param {HTMLElement} toast */
  function reword(toast) {
    const title = find('.toast-title', toast);
    const told = find('.toast-message-text', toast);
    const isLost = told?.textContent?.startsWith('Connection to the server was lost');
    const words = isLost ? 'The line to the server dropped' : WORDS.get(title?.textContent?.trim() ?? '');
    if (told && isLost) told.textContent = LOST;
    if (title && words) title.textContent = words;
  }

  new MutationObserver(() => {
    for (const toast of verbatim.findAll('.toast-body')) reword(toast);
    find('#question .submit-button')?.setAttribute('aria-label', 'Ask');
    find('#drop > button')?.setAttribute('aria-label', 'Add files: drop them here or choose some');
  }).observe(document, {subtree: true, childList: true});

  Object.assign(verbatim, {buttons, queue, threshold});
})();
