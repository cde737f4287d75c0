// What an operation asks for, told in its row. The gateway made the words; nothing is decided here.

// A plugin of Swagger UI: `access` has the words by `GET /songs`.
export function tellAccess(access) {
  return ({ React }) => ({
    wrapComponents: {
      OperationSummary: (Original) => (props) => {
        const of = props.operationProps;
        const told = access[`${of.get("method").toUpperCase()} ${of.get("path")}`];
        const row = React.createElement(Original, props);
        if (!told) return row;
        const words = React.createElement("p", { className: `access ${told.kind}` }, told.words);
        return React.createElement("div", { className: "row" }, row, words);
      },
    },
  });
}
