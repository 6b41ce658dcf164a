// @ts-check
// Files that are chosen or dropped anywhere on the page are passed to Gradio's upload box.

(() => {
  const {find} = verbatim;
  const AGAIN_MS = 200; // delay between retries: the box has no input element while it is uploading

  /** @returns {HTMLInputElement | null} */
  const input = () => find('#drop input[type=file]');

  /** @param {File[]} files */
  function send(files) {
    const box = input();
    if (!box) {
      setTimeout(() => send(files), AGAIN_MS);
      return;
    }
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    box.files = transfer.files;
    box.dispatchEvent(new Event('change', {bubbles: true}));
  }

  /** @param {DragEvent} event */
  const hasFiles = ({dataTransfer}) => dataTransfer?.types.includes('Files') ?? false;

  /** @param {boolean} hovers */
  const frame = (hovers) => document.body.classList.toggle('hovered', hovers);

  for (const name of ['dragenter', 'dragover']) {
    addEventListener(name, (event) => {
      if (!hasFiles(/** @type {DragEvent} */ (event))) return;
      event.preventDefault();
      frame(true);
    }, true);
  }
  addEventListener('dragleave', (event) => { if (!event.relatedTarget) frame(false); }, true);
  addEventListener('drop', (event) => {
    frame(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation(); // or Gradio's box would upload them a second time
    send([...event.dataTransfer?.files ?? []]);
  }, true);

  // The dialog offers only files of readable types.
  addEventListener('click', ({target}) => {
    if (!(target instanceof Element)) return;
    const box = input();
    if (box && target.closest('#drop, [data-choose]')) box.accept = find('#limits [data-types]')?.dataset.types ?? '';
    if (box && target.closest('[data-choose]')) box.click();
  }, true);
})();
