// @ts-check
// The state of this tab that survives a reload: the token of the visit, the turns, unsent text.

(() => {
  const PREFIX = 'verbatim ';
  const LOCK_MS = 700; // a page that is being closed releases its lock within this time
  const HISTORY = 20;

  /** The values, if session storage cannot be used. @type {Map<string, string>} */
  const memory = new Map();

  /** @param {string} key @returns {any} */
  function read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null');
    } catch {
      return JSON.parse(memory.get(key) ?? 'null');
    }
  }

  /**
   * Stores a value. If there is no room, the oldest turns are forgotten.
   * @param {string} key
   * @param {any} value - null to forget it
   */
  function write(key, value) {
    const json = JSON.stringify(value);
    for (;;) {
      try {
        if (value === null) sessionStorage.removeItem(PREFIX + key);
        else sessionStorage.setItem(PREFIX + key, json);
        return;
      } catch {
        const oldest = turnNumbers()[0];
        if (oldest === undefined || key === `turn ${oldest}`) break;
        write(`turn ${oldest}`, null);
      }
    }
    memory.set(key, json);
  }

  /** @returns {string[]} */
  function keys() {
    try {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    } catch {
      return [...memory.keys()];
    }
  }

  /** The numbers of the stored turns, in order. @returns {number[]} */
  function turnNumbers() {
    return keys().filter((key) => key.startsWith('turn ')).map((key) => Number(key.slice(5))).sort((a, b) => a - b);
  }

  function forget() {
    for (const key of keys()) write(key, null);
  }

  /**
   * Whether this tab may show the visit that it stored: no other tab does, or the reader asked for another tab
   * of it. A duplicated tab has a copy of what the first one stored.
   * @returns {Promise<boolean>}
   */
  async function isMine() {
    const token = read('token');
    if (!token || !navigator.locks || verbatim.isShared()) return true;
    return hold(token);
  }

  /**
   * Holds a visit until the page is closed.
   * @param {string} token
   * @returns {Promise<boolean>} whether no other tab holds it
   */
  function hold(token) {
    return new Promise((resolve) => {
      navigator.locks.request(PREFIX + token, {signal: AbortSignal.timeout(LOCK_MS)}, () => {
        resolve(true);
        return new Promise(() => {});
      }).catch(() => resolve(false));
    });
  }

  /** Returns the state that this tab stored, before the server fills the page. @returns {Promise<string>} */
  async function arriving() {
    if (!(await isMine())) forget();
    const numbers = turnNumbers();
    verbatim.restoreTurns(numbers.map((number) => [number, read(`turn ${number}`)]));
    return JSON.stringify({
      token: read('token'),
      next: numbers.length ? numbers[numbers.length - 1] + 1 : 0,
      conversation: read('conversation') ?? 0,
      history: numbers.slice(-HISTORY).map((number) => JSON.parse(read(`turn ${number}`).saved.json)),
      added: read('added') ?? [],
      adding: read('adding') ?? [],
    });
  }

  /**
   * Continues the visit that the server knows.
   * @param {string} json - see `Handlers.arrive`
   */
  function arrived(json) {
    const visit = JSON.parse(json);
    if (visit.token !== read('token')) {
      write('token', visit.token);
      if (navigator.locks) hold(visit.token);
    }
    verbatim.listen();
    verbatim.takeUp(visit);
    verbatim.showAsked();
    document.body.dataset.arrived = '';
  }

  /**
   * Adds the stored places to a button's event data, since a restarted server does not know the turn.
   * @param {{turn?: number, track?: string}} target
   */
  const withPlaces = (target) => target.track === undefined ? target
    : {...target, kept: read(`turn ${target.turn}`)?.saved.places?.[target.track]};

  Object.assign(verbatim, {withPlaces, read, write, turnNumbers, arriving, arrived});
})();
