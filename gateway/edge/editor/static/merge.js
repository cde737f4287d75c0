// The merge view: mine and the file's side by side, a choice at each place where they differ.
import { compareLines } from "./lines.js";

const CHOICES = [["mine", "Mine"], ["disk", "The file's"], ["both", "Both, mine first"]];

// Which side to begin with: the one that changed since the text was read; null where both did.
export function proposed({ mine, disk }, base) {
  if (disk.length && base.includes(disk.join(""))) return "mine";
  if (mine.length && base.includes(mine.join(""))) return "disk";
  if (!disk.length) return "mine";
  return mine.length ? null : "disk";
}

export function chosen({ mine, disk }, choice) {
  return { mine, disk, both: [...mine, ...disk] }[choice];
}

export function mergedText(runs, choices) {
  let place = 0;
  return runs.flatMap((run) => run.same ?? chosen(run, choices[place++])).join("");
}

// Shows the places below `root`; returns what reads the choices: a text, or null if one is missing.
export function showMerge(root, { base, mine, disk }) {
  const runs = compareLines(mine, disk);
  const places = runs.filter((run) => !run.same);
  let line = 1;
  const blocks = [];
  for (const run of runs) {
    if (!run.same) blocks.push(block(run, { number: blocks.length, line, choice: proposed(run, base) }));
    line += (run.same ?? run.mine).length;
  }
  root.replaceChildren(...blocks);
  return () => {
    const choices = places.map((_, number) => root.querySelector(`input[name="place-${number}"]:checked`)?.value);
    return choices.includes(undefined) ? null : mergedText(runs, choices);
  };
}

function block({ mine, disk }, { number, line, choice }) {
  const set = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = `Line ${line}${choice ? "" : ": both were changed"}`;
  const sides = document.createElement("div");
  sides.className = "sides";
  sides.append(side("Mine", mine, line), side("The file's", disk, line));
  const radios = document.createElement("div");
  radios.className = "choices";
  for (const [value, words] of CHOICES) {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: `place-${number}`, value });
    input.checked = value === choice;
    label.className = "choice";
    label.append(input, ` ${words}`);
    radios.append(label);
  }
  set.append(legend, sides, radios);
  return set;
}

function side(name, lines, line) {
  const figure = document.createElement("div");
  const head = Object.assign(document.createElement("p"), { textContent: name, className: "quiet" });
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.setAttribute("aria-label", `${name}, line ${line}`);
  text.setAttribute("role", "region");
  text.textContent = lines.length ? lines.join("") : "(nothing)";
  figure.append(head, text);
  return figure;
}
