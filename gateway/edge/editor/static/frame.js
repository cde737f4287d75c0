// Runs Swagger Editor in a frame with an origin of its own: it can reach neither the key nor the
// server, only the page around it, which it tells what is typed.
"use strict";
(() => {
  const MOMENT = 60; // milliseconds
  const { SwaggerEditorBundle } = window;
  const tell = (message) => parent.postMessage({ scopegate: "frame", ...message }, "*");
  const system = SwaggerEditorBundle({
    dom_id: "#swagger-editor",
    layout: "EditorLayout",
    presets: [SwaggerEditorBundle.presets?.default].filter(Boolean),
    queryConfigEnabled: false,
    validatorUrl: null,
    supportedSubmitMethods: [], // what is typed is not what rules: nothing is called from here
    showExtensions: false,
    swagger2GeneratorUrl: null,
    oas3GeneratorUrl: null,
    swagger2ConverterUrl: null,
  });
  let known = "";
  let timer = 0;
  let markers = [];

  // Setting a text empties the editor first: only what stays for a moment was typed.
  system.getStore().subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const text = system.specSelectors.specStr();
      if (typeof text !== "string" || text === known) return;
      known = text;
      tell({ text });
    }, MOMENT);
  });

  const ace = () => window.ace?.edit(document.querySelector(".ace_editor"));

  // Findings stand at their lines beside those of Swagger Editor.
  function mark() {
    system.errActions.clear({ source: "scopegate" });
    if (markers.length) system.errActions.newSpecErrBatch(markers);
  }

  const deeds = {
    text({ text }) {
      known = text;
      system.specActions.updateSpec(text, "scopegate");
    },
    mark({ findings }) {
      markers = findings.map(({ line, severity, message }) => ({
        line, level: severity, message, source: "scopegate",
      }));
      mark();
    },
    fold({ panes }) {
      document.body.classList.toggle("no-text", !panes.includes("text"));
      document.body.classList.toggle("no-rendered", !panes.includes("rendered"));
      ace()?.resize();
    },
    line({ line, column }) {
      const editor = ace();
      editor?.gotoLine(line, (column ?? 1) - 1, false);
      editor?.focus();
    },
  };

  window.addEventListener("message", ({ source, data }) => {
    if (source === parent && data?.scopegate === "page") deeds[data.deed]?.(data);
  });

  // Tab belongs to the text; Esc gives the keyboard back to the page.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest?.(".ace_editor")) return;
    event.preventDefault();
    tell({ left: true });
  }, true);

  tell({ ready: true });
})();
