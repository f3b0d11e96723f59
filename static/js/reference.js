// Draws the API reference into the page.
const place = document.getElementById("reference");

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  syntaxHighlight: { activated: false },
});
