// Ticking rows: all at once, a range with Shift, and how many there are. Without this file every box works alone.

const bulk = document.getElementById("bulk");

if (bulk) {
  const boxes = [...document.querySelectorAll("input[form=bulk][type=checkbox]")];
  const all = document.querySelector("[data-all]");
  const count = bulk.querySelector("[data-count]");
  const buttons = [...bulk.querySelectorAll(":scope > button")];
  let last = null;

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = ticked ? `${ticked} selected` : "Select rows to change several at once";
    for (const button of buttons) button.disabled = !ticked;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    for (const box of boxes) box.closest("tr").classList.toggle("selected", box.checked);
  };

  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      const here = boxes.indexOf(box);
      if (event.shiftKey && last !== null) {
        for (const between of boxes.slice(Math.min(here, last), Math.max(here, last) + 1)) between.checked = box.checked;
      }
      last = here;
      show();
    });
  }
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
