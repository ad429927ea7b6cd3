// How contenders are measured side by side, and the table that comes of it. A
// contender has a name and run(case, rounds), which gives {tokens, seconds}, or
// {unsupported: true}.
import { readFileSync } from 'node:fs';

// The rates of every contender, repetition by repetition, at every case, by
// "CASE CONTENDER". Interleaved, so that a change of the machine's pace hits
// all alike.
export async function measure(contenders, cases, { repetitions, seconds }) {
  const rounds = new Map();
  const rates = new Map();
  const each = async (visit) => {
    for (const what of cases) {
      for (const contender of contenders) await visit(what, contender, `${what} ${contender.name}`);
    }
  };
  // The first run warms up and the second tells how many rounds fill the time.
  await each(async (what, contender, id) => {
    const first = await contender.run(what, 1);
    if (first.unsupported) return;
    const second = await contender.run(what, 1);
    rounds.set(id, Math.max(1, Math.min(1000, Math.ceil(seconds / Math.max(second.seconds, 0.001)))));
    rates.set(id, []);
  });
  for (let i = 1; i <= repetitions; ++i) {
    if (process.stderr.isTTY) process.stderr.write(`\rrepetition ${i} of ${repetitions} `);
    await each(async (what, contender, id) => {
      if (!rounds.has(id)) return;
      const { tokens, seconds: taken } = await contender.run(what, rounds.get(id));
      rates.get(id).push(tokens / taken);
    });
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return rates;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rounded = (rate) => Number(rate.toPrecision(3)).toLocaleString('en').replaceAll(',', ' ');

// The rows that are Assay's.
export const ours = ["Assay's engine", 'assay'];

// A cell is the median of the rates and, for a peer, the medians of the ratios
// of Assay's engine and command to it, repetition by repetition.
function cell(rates, what, name) {
  const own = rates.get(`${what} ${name}`);
  if (!own) return '-';
  if (ours.includes(name)) return rounded(median(own));
  const over = (name) => median(rates.get(`${what} ${name}`).map((rate, i) => rate / own[i])).toFixed(1);
  return `${rounded(median(own))} (${ours.map(over).join(', ')})`;
}

// `cases` are the columns, and `titles` what stands over them.
export function printTable(contenders, cases, rates, titles = cases) {
  const rows = [['', ...titles], ...contenders.map(({ name }) => [
    name, ...cases.map((what) => cell(rates, what, name))])];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((text, column) => (
    column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (
    '-'.repeat(width + 1) + (column === 0 ? '-' : ':'))).join('|')}|`;
  console.log([line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n'));
}

export function lastAllowedCpu() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return /Cpus_allowed_list:.*?(\d+)$/m.exec(status)[1];
}
