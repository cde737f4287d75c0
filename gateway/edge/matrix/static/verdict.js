// Whether an operation opens: sets that the policy made, compared. Nothing is decided here.

// Reads `0,2 !3 -`: ways to open an operation, each the numbers of what to hold. A way after `!`
// cannot be granted to any client; `-` asks for nothing.
export function waysIn(text) {
  if (!text) return [];
  return text.split(" ").map((way) => {
    const isGrantable = !way.startsWith("!");
    const numbers = isGrantable ? way : way.slice(1);
    return { isGrantable, needs: numbers === "-" ? [] : numbers.split(",").map(Number) };
  });
}

// The least that is missing is of a way that can be granted, if there is one; the first of equals.
export function verdictOf(ways, held) {
  const lacks = ways.map((way) => ({ ...way, missing: way.needs.filter((n) => !held.has(n)) }));
  if (lacks.some(({ missing }) => missing.length === 0)) return { opens: true, missing: [] };
  const grantable = lacks.filter((way) => way.isGrantable);
  const useful = grantable.length ? grantable : lacks;
  if (!useful.length) return { opens: false, missing: [], isGrantable: true };
  const { missing, isGrantable } = useful.reduce((best, way) =>
    way.missing.length < best.missing.length ? way : best,
  );
  return { opens: false, missing, isGrantable };
}

// `a, b and c`
export function joined(words) {
  const some = words.slice(0, -1);
  return some.length ? `${some.join(", ")} and ${words.at(-1)}` : words.join("");
}
