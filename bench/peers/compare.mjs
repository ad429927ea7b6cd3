// Verifies the same token files with Assay and with other libraries, one core
// each, and prints one table. See README.md.
import { mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { Assay } from './assay.mjs';
import { startContenders } from './contenders.mjs';
import { writeTokenFiles } from './token_files.mjs';

const HELP = `Usage: peers [--smoke] [--alg A,B] [--tokens N] [--repetitions N] [--seconds S] [--cpu N]
  --smoke        one short repetition: does everything still run?
  --alg          default HS256,RS256,ES256,EdDSA
  --tokens       distinct tokens per file; default 4096
  --repetitions  of every measurement, interleaved; default 9
  --seconds      of every measurement; default 0.3
  --cpu          the core to run on; default the last one allowed`;

// Interleaved, so that a change of the machine's pace hits all alike.
async function measure(contenders, algs, { repetitions, seconds }) {
  const rounds = new Map();
  const rates = new Map();
  const each = async (visit) => {
    for (const alg of algs) {
      for (const contender of contenders) await visit(alg, contender, `${alg} ${contender.name}`);
    }
  };
  // The first run warms up and the second tells how many rounds fill the time.
  await each(async (alg, contender, id) => {
    const first = await contender.run(alg, 1);
    if (first.unsupported) return;
    const second = await contender.run(alg, 1);
    rounds.set(id, Math.max(1, Math.min(1000, Math.ceil(seconds / Math.max(second.seconds, 0.001)))));
    rates.set(id, []);
  });
  for (let i = 1; i <= repetitions; ++i) {
    if (process.stderr.isTTY) process.stderr.write(`\rrepetition ${i} of ${repetitions} `);
    await each(async (alg, contender, id) => {
      if (!rounds.has(id)) return;
      const { tokens, seconds: taken } = await contender.run(alg, rounds.get(id));
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

// The rows that are Assay's.
const ours = ["Assay's engine", 'assay'];

const rounded = (rate) => Number(rate.toPrecision(3)).toLocaleString('en').replaceAll(',', ' ');

// A cell is the median of the rates and, for a peer, the medians of the ratios
// of Assay's engine and command to it, repetition by repetition.
function cell(rates, alg, name) {
  const own = rates.get(`${alg} ${name}`);
  if (!own) return '-';
  if (ours.includes(name)) return rounded(median(own));
  const over = (name) => median(rates.get(`${alg} ${name}`).map((rate, i) => rate / own[i])).toFixed(1);
  return `${rounded(median(own))} (${ours.map(over).join(', ')})`;
}

function printTable(contenders, algs, rates) {
  const rows = [['', ...algs], ...contenders.map(({ name }) => [
    name, ...algs.map((alg) => cell(rates, alg, name))])];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((text, column) => (
    column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (
    '-'.repeat(width + 1) + (column === 0 ? '-' : ':'))).join('|')}|`;
  console.log([line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n'));
}

function lastAllowedCpu() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return /Cpus_allowed_list:.*?(\d+)$/m.exec(status)[1];
}

async function main() {
  const { values: flags } = parseArgs({
    options: {
      assay: { type: 'string' },
      engine: { type: 'string' },
      directory: { type: 'string' },
      help: { type: 'boolean' },
      smoke: { type: 'boolean' },
      alg: { type: 'string', default: 'HS256,RS256,ES256,EdDSA' },
      tokens: { type: 'string' },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      cpu: { type: 'string', default: lastAllowedCpu() },
    },
  });
  if (flags.help) return console.log(HELP);
  const defaults = flags.smoke ? [64, 1, 0] : [4096, 9, 0.3];
  const [count, repetitions, seconds] = [flags.tokens, flags.repetitions, flags.seconds]
    .map((flag, i) => Number(flag ?? defaults[i]));
  const algs = flags.alg.split(',');

  mkdirSync(flags.directory, { recursive: true });
  const assay = new Assay(flags.assay, flags.directory);
  const sizes = algs.map((alg) => `${alg} ${writeTokenFiles(assay, alg, count).join('-')}`);
  const contenders = await startContenders(assay, flags.engine, flags.cpu);
  const rates = await measure(contenders, algs, { repetitions, seconds });
  contenders.forEach((contender) => contender.stop());

  console.log(`Tokens verified per second of one core's time; in brackets how many times faster
Assay's engine (a library in a warm process, like the others) and its command (assay) are.
${cpus()[0].model.trim()}; Node ${process.version}; medians of ${repetitions} interleaved repetitions;
${count} distinct tokens per algorithm (bytes: ${sizes.join(', ')});
signature, iss, aud, exp and nbf checked.
`);
  printTable(contenders, algs, rates);
}

await main();
