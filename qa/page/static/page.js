// What happens in the browser alone. Gradio runs each component's hook with its element and a trigger.

const verbatim = {
  wish: '', // what the last button asked for; the event that it triggers takes it to the server
  begun: 0, // how often the conversation was begun anew: what was asked before is dropped
  sent: [], // questions that are on their way from their box to the server
  asked: 0, // when that was last so
  unfolded: new Set(), // what is open in the conversation, which is made anew with every question
  verdicts: new Map(), // and what was said of its replies
  words: [], // what is about to be announced
  told: 0, // turns whose end was announced
  sure: null, // the document whose button was pressed once, and when
  follow: false, // whether the reader is to be gone to when it has opened what was asked for
  stay: false, // or not to be left, where the button that asked for it is gone

  /** While others are read: which place in the queue is one's own. Gradio says so in a corner, with much else. */
  queue(element) {
    const block = element.closest('#queue');
    new MutationObserver(() => {
      const place = block.querySelector('.progress-text')?.textContent.match(/queue: (\d+)\/(\d+)/);
      const words = place ? `Questions are read one at a time: yours is number ${place[1]} of ${place[2]} that wait.` : '';
      if (element.textContent !== words) element.textContent = words;
    }).observe(block, {subtree: true, childList: true, characterData: true});
  },

  /** A finished answer, or what a button did, for those who listen; what comes at the same time, together. */
  announce(text) {
    const live = document.getElementById('live');
    live.textContent = '';
    verbatim.words.push(text);
    clearTimeout(verbatim.saying);
    verbatim.saying = setTimeout(() => { live.textContent = verbatim.words.splice(0).join(' '); }, 60);
  },

  /** What became of each document that is added or removed. */
  arrivals(element, watch) {
    let told = [];
    watch('value', () => {
      const ends = [...element.querySelectorAll('.done, .failed')].map((item) => item.textContent);
      const goesOn = told.every((words, place) => words === ends[place]);
      for (const words of ends.slice(goesOn ? told.length : 0)) verbatim.announce(`${words}.`);
      told = ends;
    });
  },

  /** Clicks of all the buttons that stand in texts made by the server. */
  hook(element, trigger) {
    element.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      const {look, copy, verdict, turn, remove, twice, ask} = button.dataset;
      if (look !== undefined) {
        verbatim.follow = !element.closest('#reader');
        verbatim.stay = !verbatim.follow;
        verbatim.send(trigger, 'select', look);
      } else if (copy !== undefined) {
        verbatim.copy(button, copy);
      } else if (verdict !== undefined) {
        verbatim.send(trigger, 'like', JSON.stringify({turn: Number(turn), verdict}));
      } else if (remove !== undefined) {
        if (event.detail > 1 || (twice === '1' && !verbatim.confirmed(button))) return;
        element.querySelector('h2').focus(); // the button is gone soon, and the next would have its focus
        verbatim.send(trigger, 'delete', remove);
      } else if (ask !== undefined) {
        verbatim.send(trigger, 'submit', ask);
        if (event.detail === 0) document.querySelector('#question textarea').focus(); // it was a key's press
      }
    });
    element.addEventListener('keydown', (event) => { // a key that is held down removes one at most
      if (event.repeat && event.target.closest('[data-remove]')) event.preventDefault();
    });
  },

  send(trigger, event, wish) {
    verbatim.wish = wish;
    trigger(event);
  },

  /** A question that is sent, out of its box; null if that is empty because it was sent twice. */
  typed(given) {
    const question = verbatim.sent.shift() ?? given;
    if (!question.trim()) return Date.now() - verbatim.asked < 1000 ? null : question;
    verbatim.asked = Date.now();
    const {value} = document.querySelector('#question textarea');
    if (value.startsWith(question)) verbatim.fill(value.slice(question.length)); // one may type on already
    return question;
  },

  /** A question that cannot be asked goes back into its box, unless the next is being typed there. */
  giveBack(refused) {
    if (refused && !document.querySelector('#question textarea').value) verbatim.fill(refused);
  },

  fill(text) {
    const box = document.querySelector('#question textarea');
    box.value = text;
    box.dispatchEvent(new Event('input', {bubbles: true}));
  },

  conversation(element, trigger, watch) {
    verbatim.hook(element, trigger);
    element.addEventListener('click', (event) => {
      const opened = event.target.closest('summary')?.parentElement;
      for (const [name, fold] of verbatim.folds(element)) {
        if (fold === opened) verbatim.unfolded[fold.open ? 'delete' : 'add'](name);
      }
    });
    watch('value', () => {
      const turns = element.querySelectorAll('.turn');
      if (!turns.length) [verbatim.unfolded, verbatim.verdicts].forEach((kept) => kept.clear());
      for (const [name, fold] of verbatim.folds(element)) fold.open = verbatim.unfolded.has(name);
      verbatim.press();
      verbatim.told = Math.min(verbatim.told, turns.length);
      const last = turns[turns.length - 1];
      if (!last) return;
      last.scrollIntoView({block: 'start'});
      if (last.dataset.announce !== undefined && verbatim.told < turns.length) {
        verbatim.told = turns.length;
        verbatim.announce(last.dataset.announce);
      }
    });
  },

  /** A word on a reply that is kept now. */
  rated(word) {
    if (!word) return;
    const {turn, verdict} = JSON.parse(word);
    verbatim.verdicts.set(String(turn), verdict);
    verbatim.press();
    verbatim.announce('Noted');
  },

  press() {
    for (const button of document.querySelectorAll('[data-verdict]')) {
      button.ariaPressed = String(verbatim.verdicts.get(button.dataset.turn) === button.dataset.verdict);
    }
  },

  /** All that is folded in the conversation, each with a name that stays its own. */
  folds(element) {
    return [...element.querySelectorAll('.turn')].flatMap((turn, number) =>
      [...turn.querySelectorAll('details')].map((fold, place) => [`${number} ${place}`, fold]));
  },

  /** When the reader shows what was asked for: the mark into view and, if a button led there, the focus too. */
  arrive() {
    const {follow, stay} = verbatim;
    verbatim.follow = verbatim.stay = false;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const text = document.querySelector('#reader .text');
      if (!text) return;
      const mark = text.querySelector('mark.answer') ?? text.querySelector('mark');
      const middle = mark
        ? mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop
          - (text.clientHeight - mark.offsetHeight) / 2
        : 0;
      text.scrollTo({top: middle});
      if (stay && document.activeElement === document.body) text.focus({preventScroll: true});
      if (!follow) return;
      const goal = mark ?? text;
      if (mark) mark.tabIndex = -1;
      goal.focus({preventScroll: true});
      document.querySelector('#reader').scrollIntoView({block: 'nearest'});
      if (matchMedia('(max-width: 899px)').matches) goal.scrollIntoView({block: 'center'});
    }));
  },

  /** The document that is open in the reader. */
  read() {
    return document.querySelector('#reader .text')?.dataset.document ?? '';
  },

  async copy(button, text) {
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
    button.dataset.words ??= button.textContent;
    button.textContent = 'Copied';
    verbatim.announce('Copied');
    setTimeout(() => { button.textContent = button.dataset.words; }, 1600);
  },

  /** Whether a press is the second on the same document, neither at once nor late; else it asks for that. */
  confirmed(button) {
    const {remove} = button.dataset;
    const first = verbatim.sure;
    if (first?.remove === remove) return Date.now() - first.at >= 500;
    const asked = verbatim.sure = {remove, at: Date.now()};
    const words = `Press again to delete ${remove} for good`;
    button.classList.add('sure');
    button.textContent = 'Delete for good?';
    button.ariaLabel = words;
    verbatim.announce(words);
    setTimeout(() => {
      if (verbatim.sure === asked) verbatim.sure = null;
      button.classList.remove('sure');
      button.textContent = '×';
      button.ariaLabel = `${button.title} ${button.dataset.remove}`;
    }, 4000);
    return false;
  },

  /** A text as a file of the browser's, so that none is left on the server. */
  save(parcel) {
    const {name, type, text} = JSON.parse(parcel);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  },

  /** How sure an answer must be, as the slider stands. */
  bar() {
    const range = document.getElementById('bar-range');
    return JSON.parse(range.dataset.chances)[Number(range.value)];
  },

  showBar(element) {
    const range = element.querySelector('input');
    const told = () => {
      const words = JSON.parse(range.dataset.words)[Number(range.value)];
      element.querySelector('output').textContent = words;
      range.setAttribute('aria-valuetext', words);
      range.style.setProperty('--filled', `${100 * range.value / range.max}%`);
    };
    range.addEventListener('input', told);
    told();
  },

  /** On a narrow screen the documents stand behind a button. */
  header(element) {
    const button = element.querySelector('#side-toggle');
    button.addEventListener('click', () => {
      const open = document.querySelector('#side').classList.toggle('open');
      button.setAttribute('aria-expanded', String(open));
    });
  },
};

// Gradio takes what stands in the box a moment later, when one may have typed on.
const takeQuestion = () => verbatim.sent.push(document.querySelector('#question textarea').value);
document.addEventListener('keypress', ({target, key, shiftKey}) => {
  if (key === 'Enter' && !shiftKey && target.matches('#question textarea')) takeQuestion();
}, true);
document.addEventListener('click', ({target}) => {
  if (target.closest('#question .submit-button')) takeQuestion();
}, true);

window.verbatim = verbatim;
