// Sends the one form of this page that only carries the person onward; without JavaScript its button does.
document.querySelector("form[data-auto]").submit();
