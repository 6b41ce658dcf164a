// @ts-check
// The question box: what is typed, what is on its way, starting over.

(() => {
  const {find, fill, read, write} = verbatim;
  const DOUBLE_CLICK_MS = 1000; // in which the second click on an emptied box is no empty question

  /** Sends the events of the conversation panel. @type {Trigger} */
  let send = () => {};
  let conversations = 0; // how often the reader has started over; a question from before is dropped
  let askedAt = 0;
  let asked = 0;

  /** @returns {HTMLTextAreaElement} */
  const box = () => find('#question textarea');

  /** @returns {HTMLInputElement} */
  const slider = () => find('#threshold-range');

  /** The questions that are on their way. @returns {{asked: string, question: string}[]} */
  const pending = () => read('pending') ?? [];

  /** @param {Trigger} trigger */
  function sendBy(trigger) {
    send = trigger;
  }

  /**
   * Sends a question to be answered.
   * @param {string} question
   * @param {boolean} [alone] - whether it is read without the turns before
   */
  function ask(question, alone = false) {
    const threshold = JSON.parse(slider().dataset.thresholds ?? '')[Number(slider().value)];
    asked += 1;
    const name = `${Date.now()} ${asked}`;
    if (question.trim()) {
      write('pending', [...pending(), {asked: name, question}]);
      verbatim.keepCleared();
      verbatim.tellNews();
    }
    send('ask', {question, threshold, conversation: conversations, alone, asked: name, unasked: verbatim.unasked()});
  }

  /**
   * Notes that questions came to an end.
   * @param {string[]} names
   */
  function ended(names) {
    write('pending', pending().filter((one) => !names.includes(one.asked)));
  }

  /** Sends what is in the question box, and empties it: one may type on at once. */
  function submit() {
    const question = box().value;
    const blank = !question.trim();
    if (blank && Date.now() - askedAt < DOUBLE_CLICK_MS) return;
    if (!blank) {
      askedAt = Date.now();
      fill(box(), '');
    }
    ask(question);
  }

  /**
   * Puts a question back into the box, unless another is being typed there.
   * @param {string} question
   */
  function giveBack(question) {
    if (!box().value) fill(box(), question);
  }

  /** @param {boolean} [undo] - whether to go back to the conversation before */
  function startOver(undo = false) {
    followStart(conversations + 1, undo);
    send('start_over', {conversation: conversations, undo});
    verbatim.tell({startedOver: conversations, undo});
  }

  /**
   * Starts over in the browser alone.
   * @param {number} number - of the conversation that begins
   * @param {boolean} undo
   */
  function followStart(number, undo) {
    conversations = number;
    write('conversation', conversations);
    write('pending', null);
    if (undo) verbatim.bringBackTurns();
    else verbatim.clearTurns();
  }

  /**
   * Takes up the conversation that the server knows. What was on its way comes back into the box.
   * @param {{known: boolean, conversation: number, finished: string[], turns: object[]}} visit
   */
  function takeUp(visit) {
    const kept = read('conversation') ?? 0;
    conversations = Math.max(kept, visit.conversation);
    if (visit.conversation < kept) send('start_over', {conversation: kept});
    else verbatim.merge(visit.turns);
    ended(visit.finished);
    const words = [...pending().map((one) => one.question), read('draft') ?? '', box().value];
    write('pending', null);
    fill(box(), [...new Set(words.filter((text) => text.trim()))].join('\n'));
  }

  document.addEventListener('input', ({target}) => {
    if (target === box()) write('draft', box().value);
    else if (target instanceof Element && target.closest('#paste')) write(pastedKey(target), /** @type {any} */ (target).value);
  });

  // The fold of pasted text is empty until it is opened.
  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element) || !target.closest('#paste > button')) return; // not the one that adds it
    setTimeout(() => {
      for (const field of verbatim.findAll('#paste :is(textarea, input)')) {
        const kept = read(pastedKey(field));
        if (kept && !field.value) fill(field, kept);
      }
    }, 100);
  });

  /** @param {Element} field */
  const pastedKey = (field) => `pasted ${field.closest('#paste-name') ? 'name' : 'text'}`;

  document.addEventListener('keypress', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.target !== box()) return;
    event.preventDefault();
    submit();
  }, true);

  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#question .submit-button')) submit();
    else if (target.closest('#start-over')) startOver();
    else if (target.closest('[data-undo]')) startOver(true);
  }, true);

  Object.assign(verbatim, {sendBy, ask, ended, followStart, giveBack, takeUp, questionBox: box, isCurrent: (/** @type {number} */ number) => number === conversations});
})();
