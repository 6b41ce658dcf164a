// @ts-check
// The conversation: its turns, verdicts on them, and saving it to files.

(() => {
  const {find, findAll, announce, read, write} = verbatim;
  const UNDO_MS = 10_000;

  /**
   * @typedef {{number: number, asked: string, html: string, announce: string | null, refused: string | null,
   *   saved: {markdown: string, json: string} | null}} Row - a turn, see `row_of`
   */

  /** The turns of a cleared conversation, as long as that can be undone. @type {[number, any][] | undefined} */
  let cleared;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clearing;

  /** @returns {HTMLElement} */
  const log = () => find('#conversation .turns');

  /** @param {string} html @returns {HTMLElement} */
  function section(html) {
    const template = document.createElement('template');
    template.innerHTML = html;
    return /** @type {HTMLElement} */ (template.content.firstElementChild);
  }

  /**
   * @param {HTMLElement} panel
   * @param {Trigger} trigger
   * @param {string[]} events
   */
  function conversation(panel, trigger, events) {
    verbatim.sendBy(trigger);
    verbatim.buttons(panel, trigger, events);
  }

  /**
   * Shows the turns that the server sends.
   * @param {HTMLElement} panel
   * @param {Watch} watch
   */
  function latest(panel, watch) {
    watch('value', () => {
      const {turns, conversation} = find('.latest', panel)?.dataset ?? {};
      if (!turns || !verbatim.isCurrent(Number(conversation))) return;
      const rows = /** @type {Row[]} */ (JSON.parse(turns));
      merge(rows);
      const finished = rows.filter((row) => row.saved).map((row) => ({...row, announce: null, refused: null}));
      verbatim.tell({rows: finished, conversation: Number(conversation)});
    });
  }

  /**
   * Puts turns into their places. Finished turns are stored, and never replaced.
   * @param {Row[]} rows
   */
  function merge(rows) {
    for (const row of rows) {
      const before = find(`.turn[data-turn="${row.number}"]`, log());
      if (before && 'finished' in before.dataset) continue;
      const turn = section(row.html);
      if (before) before.replaceWith(turn);
      else log().append(turn);
      turn.scrollIntoView({block: 'start'});
      if (row.saved) {
        turn.dataset.finished = '';
        write(`turn ${row.number}`, {html: row.html, saved: row.saved});
        verbatim.ended([row.asked]);
        if (row.announce) announce(row.announce);
        if (row.refused !== null) verbatim.giveBack(row.refused);
      }
    }
    showWelcome();
  }

  /**
   * Shows turns that were stored in the browser.
   * @param {[number, {html: string}][]} turns
   */
  function restoreTurns(turns) {
    log().replaceChildren(...turns.map(([, kept]) => section(kept.html)));
    for (const turn of findAll('.turn', log())) turn.dataset.finished = '';
    showVerdicts();
    showWelcome();
    log().lastElementChild?.scrollIntoView({block: 'start'});
  }

  function showWelcome() {
    document.body.classList.toggle('begun', log().childElementCount > 0);
  }

  /** Clears the conversation, which can be undone for a while. */
  function clearTurns() {
    const turns = verbatim.turnNumbers().map((/** @type {number} */ number) => [number, read(`turn ${number}`)]);
    for (const [number] of turns) write(`turn ${number}`, null);
    restoreTurns([]);
    keepCleared();
    if (!turns.length) return;
    cleared = turns;
    find('#conversation .cleared').hidden = false;
    announce('The conversation was cleared.');
    clearing = setTimeout(keepCleared, UNDO_MS);
  }

  /** Makes clearing the conversation permanent. */
  function keepCleared() {
    clearTimeout(clearing);
    if (cleared) write('verdicts', null);
    cleared = undefined;
    find('#conversation .cleared').hidden = true;
  }

  function bringBackTurns() {
    const turns = cleared ?? [];
    for (const [number, kept] of turns) write(`turn ${number}`, kept);
    restoreTurns(turns);
    cleared = undefined;
    keepCleared();
    verbatim.questionBox().focus();
  }

  /**
   * Marks a verdict that was stored.
   * @param {string} json - turn and verdict; empty if it was not stored
   */
  function rated(json) {
    if (!json) return;
    const {turn, verdict} = JSON.parse(json);
    write('verdicts', {...read('verdicts'), [turn]: verdict});
    showVerdicts();
    announce('Noted');
  }

  function showVerdicts() {
    const verdicts = read('verdicts') ?? {};
    for (const button of findAll('[data-rate]')) {
      const {turn, verdict} = JSON.parse(button.dataset.rate ?? '');
      button.ariaPressed = String(verdicts[turn] === verdict);
    }
    for (const more of findAll('.more-verdicts')) {
      const turn = more.closest('.turn')?.dataset.turn;
      more.hidden = [undefined, 'right'].includes(verdicts[turn]);
    }
  }

  // Files, which are made in the browser alone

  /** @param {string} name @param {string} type @param {string} text */
  function save(name, type, text) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** The saved form of each turn, as `to_markdown` and `to_json` write it. */
  const saved = () => verbatim.turnNumbers().map((/** @type {number} */ number) => read(`turn ${number}`).saved);

  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#save-markdown')) {
      const words = ['# Questions and answers', ...saved().map((/** @type {any} */ one) => one.markdown)];
      save('conversation.md', 'text/markdown', `${words.join('\n')}\n`);
    } else if (target.closest('#save-json')) {
      const rows = saved().map((/** @type {any} */ one) => JSON.parse(one.json));
      save('conversation.json', 'application/json', `${JSON.stringify(rows, null, 2)}\n`);
    }
  }, true);

  Object.assign(verbatim, {conversation, latest, merge, restoreTurns, clearTurns, keepCleared, bringBackTurns, rated});
})();
