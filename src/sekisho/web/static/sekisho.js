"use strict";
// What the pages do beyond forms: sliders of days, today's date, dropping a file.

const DAY = 86400000;
const dayOf = (text) => Date.parse(text + "T00:00:00Z") / DAY;
const textOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

function changed(input) {
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// A slider moves the date field that it names; past its end it may leave the field open.
function slide(slider) {
  const input = document.getElementById(slider.dataset.slides);
  if (!input) return;
  const first = dayOf(slider.dataset.first);
  const last = dayOf(slider.dataset.last);
  const open = slider.dataset.open;
  slider.min = 0;
  slider.max = last - first + (open ? 1 : 0);
  slider.step = 1;
  const show = () => {
    const day = input.value ? dayOf(input.value) : open ? last + 1 : last;
    slider.value = Math.min(Math.max(day - first, 0), Number(slider.max));
    slider.setAttribute("aria-valuetext", input.value || open || textOf(last));
  };
  let timer;
  slider.addEventListener("input", () => {
    const day = first + Number(slider.value);
    input.value = open && day > last ? "" : textOf(day);
    slider.setAttribute("aria-valuetext", input.value || open || "");
    clearTimeout(timer);
    timer = setTimeout(() => changed(input), 120);
  });
  slider.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("input", show);
  input.addEventListener("change", show);
  show();
  slider.hidden = false;
}

// The browser may propose today; the server never reads the clock.
function offerToday(button) {
  const input = document.getElementById(button.dataset.today);
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    input.value = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    changed(input);
  });
}

function offerClear(button) {
  const input = document.getElementById(button.dataset.clear);
  button.hidden = false;
  button.addEventListener("click", () => {
    input.value = "";
    changed(input);
  });
}

// A file that is dropped on a form becomes its file.
function takeDrop(form) {
  const input = form.querySelector("input[type=file]");
  const over = (event) => {
    event.preventDefault();
    form.classList.add("over");
  };
  form.addEventListener("dragover", over);
  form.addEventListener("dragenter", over);
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      changed(input);
    }
  });
}

// "none" excludes the others, and the others exclude "none".
function exclude(fieldset) {
  const boxes = [...fieldset.querySelectorAll("input[type=checkbox]")];
  const none = boxes.find((box) => box.value === "none");
  if (!none) return;
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (!box.checked) return;
      if (box === none) boxes.filter((other) => other !== none).forEach((other) => (other.checked = false));
      else none.checked = false;
    });
  }
}

function begin(root) {
  root.querySelectorAll("input.slider").forEach(slide);
  root.querySelectorAll("button[data-today]").forEach(offerToday);
  root.querySelectorAll("button[data-clear]").forEach(offerClear);
  root.querySelectorAll("form.drop").forEach(takeDrop);
  root.querySelectorAll("fieldset").forEach(exclude);
}

document.addEventListener("DOMContentLoaded", () => begin(document));

// Long work that goes on: its page is asked again until it has finished.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "event" && event.detail.target.textContent.trim()) {
    event.detail.target.scrollIntoView({ block: "nearest" });
  }
});
// An answer to what the form no longer says is not shown: it would take back what was typed.
const asked = (form) => new URLSearchParams(new FormData(form)).toString();
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (elt instanceof HTMLFormElement) xhr.asked = asked(elt);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, xhr, requestConfig } = event.detail;
  const form = requestConfig ? requestConfig.elt : elt;
  if (form instanceof HTMLFormElement && xhr.asked !== undefined && xhr.asked !== asked(form)) {
    event.detail.shouldSwap = false;
  }
});
// A problem that comes back as a page is shown where the answer would stand.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status >= 400 && xhr.status < 600) {
    const told = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("#answer");
    if (told) {
      event.detail.shouldSwap = false;
      const note = document.createElement("div");
      note.className = "panel problem";
      note.setAttribute("role", "alert");
      note.append(...told.childNodes);
      target.replaceChildren(note);
    }
  }
});
