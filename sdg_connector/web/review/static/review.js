// Keys for the reviewer's hands; without this script every button still works.
"use strict";
const fields = [...document.querySelectorAll("textarea")];
const go = (field) => { if (field) { field.focus(); field.scrollIntoView({ block: "center" }); } };
document.addEventListener("keydown", (event) => {
  const at = fields.indexOf(document.activeElement);
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    go(fields[at < 0 ? 0 : at + (event.key === "ArrowDown" ? 1 : -1)]);
  } else if (event.ctrlKey && event.key === "Enter" && at >= 0) {
    event.preventDefault();
    const name = event.shiftKey ? "all" : fields[at].name.slice(1);
    document.querySelector(`button[name="approve"][value="${name}"]`).click();
  }
});
for (const button of document.querySelectorAll("[data-use]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(`t${button.dataset.use}`);
    field.value = document.getElementById(`m${button.dataset.use}`).textContent;
    go(field);
  });
}
const wanted = /^#s(\d+)$/.exec(location.hash);
if (!document.querySelector("[autofocus]")) {
  go(wanted ? document.getElementById(`t${wanted[1]}`) : document.querySelector(".check textarea"));
}
