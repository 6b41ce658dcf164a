// @ts-check
// Another tab of the same visit, if the reader asks for one. The token is never in an address: the browser
// copies a tab's session storage to the tab that it opens. Tabs notify each other through the browser.

(() => {
  const {findAll, read, write} = verbatim;

  /** The channel between the tabs of the visit. @type {BroadcastChannel | undefined} */
  let channel;

  /** Whether the reader has opened another tab of this visit. @returns {boolean} */
  const isShared = () => Boolean(read('token')) && read('shared') === read('token');

  function openTab() {
    write('shared', read('token'));
    listen();
    window.open(location.href);
  }

  /** The ids of the listed documents, as one string. */
  const listed = () => JSON.stringify(findAll('#documents [data-asked]').map((box) => box.dataset.asked));

  /** Connects this tab with the other tabs of the visit. */
  function listen() {
    if (channel || !isShared()) return;
    channel = new BroadcastChannel(`verbatim ${read('token')}`);
    channel.onmessage = ({data}) => {
      if (data.rows && verbatim.isCurrent(data.conversation)) verbatim.merge(data.rows);
      if (data.startedOver) verbatim.followStart(data.startedOver, data.undo);
      // Reload the server's state of this tab, unless a question is in progress.
      if (data.documents && data.documents !== listed() && !read('pending')?.length) location.reload();
    };
  }

  /** Notifies the other tabs, if there are any. @param {object} news */
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
