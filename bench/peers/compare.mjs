// Verifies the same token files with Assay and with other libraries, one core
// each, and prints one table. See README.md.
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { Assay } from './assay.mjs';
import { startContenders } from './contenders.mjs';
import { lastAllowedCpu, measure, printTable } from './measure.mjs';
import { writeTokenFiles } from './token_files.mjs';

const HELP = `Usage: peers [--smoke] [--alg A,B] [--tokens N] [--repetitions N] [--seconds S] [--cpu N]
  --smoke        one short repetition: does everything still run?
  --alg          default HS256,RS256,ES256,EdDSA
  --tokens       distinct tokens per file; default 4096
  --repetitions  of every measurement, interleaved; default 9
  --seconds      of every measurement; default 0.3
  --cpu          the core to run on; default the last one allowed`;

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
