// @ts-check
// Another tab of the same visit, if the reader asks for one. Its token is in no address: the browser gives
// what a tab keeps to the tab that it opens. What happens in one tab is told to the others by the browser.

(() => {
  const {findAll, read, write} = verbatim;

  /** How the tabs of the visit speak to each other. @type {BroadcastChannel | undefined} */
  let channel;

  /** Whether the visit that this tab keeps is one of several tabs. @returns {boolean} */
  const isShared = () => Boolean(read('token')) && read('shared') === read('token');

  function openTab() {
    write('shared', read('token'));
    listen();
    window.open(location.href);
  }

  /** The ids of the documents that are listed, as one text. */
  const listed = () => JSON.stringify(findAll('#documents [data-asked]').map((box) => box.dataset.asked));

  /** Speaks to the other tabs of the visit, and hears them. */
  function listen() {
    if (channel || !isShared()) return;
    channel = new BroadcastChannel(`verbatim ${read('token')}`);
    channel.onmessage = ({data}) => {
      if (data.rows && verbatim.isCurrent(data.conversation)) verbatim.merge(data.rows);
      if (data.startedOver) verbatim.followStart(data.startedOver, data.undo);
      // What the server has for this tab is loaded anew, unless a question is on its way.
      if (data.documents && data.documents !== listed() && !read('pending')?.length) location.reload();
    };
  }

  /** Tells the other tabs, if there are any. @param {object} news */
  function tell(news) {
    channel?.postMessage(news);
  }

  function tellDocuments() {
    if (document.body.dataset.arrived !== undefined) tell({documents: listed()});
  }

  document.addEventListener('click', ({target}) => {
    if (target instanceof Element && target.closest('#another-tab')) openTab();
  }, true);

  Object.assign(verbatim, {isShared, listen, tell, tellDocuments});
})();
