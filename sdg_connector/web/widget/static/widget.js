// <sdg-feedback category="Procedure"><a href="…/form?…">Give feedback</a></sdg-feedback>
// The link inside stays for whoever has no script. A page says that the user has finished or given up by
// document.dispatchEvent(new CustomEvent("sdg-feedback", {detail: "submitted"})), or "left".
(() => {
  const base = new URL(".", document.currentScript.src);

  const source = () => {
    const canonical = document.querySelector('link[rel="canonical"]');
    return canonical ? canonical.href : location.href.split("#")[0];
  };

  class Feedback extends HTMLElement {
    connectedCallback() {
      this.onOccasion = (event) => this.open(event.detail);
      document.addEventListener("sdg-feedback", this.onOccasion);
      this.addEventListener("submit", this.onSubmit);
      this.addEventListener("click", this.onClick);
      if (this.getAttribute("after")) this.open(this.getAttribute("after"));
    }

    disconnectedCallback() {
      document.removeEventListener("sdg-feedback", this.onOccasion);
    }

    onClick(event) {
      const link = event.target.closest("a");
      if (!link || this.opened) return;
      event.preventDefault();
      this.open("");
    }

    open(after) {
      this.opened = true;
      const about = new URLSearchParams({
        fragment: "1",
        category: this.getAttribute("category") || "Information",
        language: this.getAttribute("language") || document.documentElement.lang || "en",
        source: this.getAttribute("source") || source(),
        after: after || "",
      });
      return this.ask(new URL(`form?${about}`, base), {});
    }

    onSubmit(event) {
      event.preventDefault();
      const given = new URLSearchParams(new FormData(event.target));
      given.set("fragment", "1");
      return this.ask(new URL(event.target.getAttribute("action"), base), { method: "POST", body: given });
    }

    async ask(url, options) {
      this.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
        if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        this.replaceChildren(...page.body.childNodes);
        const first = this.querySelector("[tabindex='-1']");
        if (first) first.focus();
      } catch (error) {
        this.failed();
      } finally {
        this.removeAttribute("aria-busy");
      }
    }

    failed() {
      const form = this.querySelector("[data-failed]");
      const words = this.getAttribute("failed") || (form ? form.dataset.failed
        : "Your answer could not be saved. Please try again.");
      let note = this.querySelector("[role='alert']");
      if (!note) {
        note = document.createElement("p");
        note.setAttribute("role", "alert");
        this.prepend(note);
      }
      note.textContent = words;
    }
  }

  customElements.define("sdg-feedback", Feedback);
})();
