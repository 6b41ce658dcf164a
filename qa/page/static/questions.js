// @ts-check
// The question box: the text in it, questions in progress, starting over.

(() => {
  const {find, fill, read, write} = verbatim;
  const DOUBLE_CLICK_MS = 1000; // a second click this soon after sending is not an empty question

  /** Sends the events of the conversation panel. @type {Trigger} */
  let send = () => {};
  let conversations = 0; // how often the reader has started over; questions from earlier conversations are dropped
  let askedAt = 0;
  let asked = 0;

  /** @returns {HTMLTextAreaElement} */
  const box = () => find('#question textarea');

  /** @returns {HTMLInputElement} */
  const slider = () => find('#threshold-range');

  /** The questions in progress. @returns {{asked: string, question: string}[]} */
  const pending = () => read('pending') ?? [];

  /** @param {Trigger} trigger */
  function sendBy(trigger) {
    send = trigger;
  }

  /**
   * Sends a question to be answered.
   * @param {string} question
   * @param {boolean} [alone] - whether it is read without the previous turns
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
   * Notes that questions are finished.
   * @param {string[]} names
   */
  function ended(names) {
    write('pending', pending().filter((one) => !names.includes(one.asked)));
  }

  /** Sends the text in the question box and empties it, so that the next question can be typed at once. */
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

  /** @param {boolean} [undo] - whether to go back to the previous conversation */
  function startOver(undo = false) {
    followStart(conversations + 1, undo);
    send('start_over', {conversation: conversations, undo});
    verbatim.tell({startedOver: conversations, undo});
  }

  /**
   * Starts over in the browser alone.
   * @param {number} number - the number of the new conversation
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
   * Continues the conversation that the server knows. An unanswered question goes back into the box.
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

  // The boxes for pasted text do not exist until their fold is opened.
  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element) || !target.closest('#paste > button')) return; // not the "Add text" button
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
