// Two texts compared line by line: the places where they differ, as few as can be (Myers, 1986).
const MOST = 600; // differing lines from which on all of them are one place

export const linesOf = (text) => (text ? text.split(/(?<=\n)/) : []);

// Runs: {same: [lines]} or {mine: [lines], disk: [lines]}, in order.
export function compareLines(mine, disk) {
  const a = linesOf(mine), b = linesOf(disk);
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const runs = [];
  push(runs, "same", a.slice(0, start));
  for (const run of differing(a.slice(start, a.length - end), b.slice(start, b.length - end))) runs.push(run);
  push(runs, "same", a.slice(a.length - end));
  return runs;
}

function push(runs, kind, lines) {
  if (lines.length) runs.push({ [kind]: lines });
}

function differing(a, b) {
  if (!a.length && !b.length) return [];
  const pairs = commonPairs(a, b);
  const runs = [];
  let i = 0, j = 0;
  for (const [x, y] of [...pairs, [a.length, b.length]]) {
    if (x > i || y > j) runs.push({ mine: a.slice(i, x), disk: b.slice(j, y) });
    if (x < a.length) same(runs, a[x]);
    i = x + 1;
    j = y + 1;
  }
  return runs;
}

function same(runs, line) {
  const last = runs.at(-1);
  if (last?.same) last.same.push(line);
  else runs.push({ same: [line] });
}

// The pairs of equal lines of a shortest edit; none where it is too long to look for.
function commonPairs(a, b) {
  const most = Math.min(a.length + b.length, MOST), trace = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach.get(k - 1) < reach.get(k + 1));
      let x = down ? reach.get(k + 1) : reach.get(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return backwards(trace, a.length, b.length);
    }
  }
  return [];
}

function backwards(trace, x, y) {
  const pairs = [];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d], k = x - y;
    const down = k === -d || (k !== d && reach.get(k - 1) < reach.get(k + 1));
    const before = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : reach.get(before), fromY = d === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY && (d === 0 || x > (down ? fromX : fromX + 1))) pairs.push([--x, --y]);
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}
