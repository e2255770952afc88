// Looks every few seconds whether the exchange has moved on, and then shows what comes next.
// Without JavaScript the button of this page does.
const place = document.querySelector("[data-watch]");

async function look() {
  try {
    const answer = await fetch(place.dataset.watch, { cache: "no-store" });
    if (answer.status === 403 || (answer.ok && (await answer.json()).stage !== place.dataset.stage)) {
      location.reload();
      return;
    }
  } catch {
    // Nobody answered: the portal may be starting again.
  }
  setTimeout(look, 3000);
}

setTimeout(look, 3000);
