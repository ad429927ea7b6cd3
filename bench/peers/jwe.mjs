// Encrypts and decrypts the same files with Assay and with other libraries, one
// core each, and prints a table for each direction and size. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { Assay, lines } from './assay.mjs';
import { AssayContender, WorkerContender, start } from './contenders.mjs';
import { lastAllowedCpu, measure, printTable } from './measure.mjs';

const HELP = `Usage: jwe [--smoke] [--alg A,B] [--enc E] [--sizes N,M] [--repetitions N] [--seconds S] [--cpu N]
  --smoke        one short repetition: does everything still run?
  --alg          default dir,A256KW,RSA-OAEP-256,ECDH-ES
  --enc          default A256GCM
  --sizes        of the plaintexts in bytes; default 100,1000,65536
  --repetitions  of every measurement, interleaved; default 9
  --seconds      of every measurement; default 0.2
  --cpu          the core to run on; default the last one allowed`;

// Written once, read by all. A file has 256 lines, or as many as make 4 MB.
function writePlaintexts(directory, size, smoke) {
  const count = smoke ? 16 : Math.min(256, Math.ceil(4e6 / size));
  const texts = Array.from({ length: count }, (_, i) => `${i}-`.padEnd(size, 'abcdefghijklmnop'));
  writeFileSync(`${directory}/${size}.plaintexts`, `${texts.join('\n')}\n`);
}

function writeKey(assay, alg, enc) {
  const args = ['keygen', '--alg', alg, '--kid', 'peers-1'];
  if (alg === 'dir') args.push('--enc', enc);
  assay.writeKey(`${alg}.${enc}.key`, assay.run(args).stdout);
}

function writeTokens(assay, alg, enc, size) {
  const { directory } = assay;
  const { stdout } = assay.run(['encrypt', '--keys', `${directory}/${alg}.${enc}.key`, '--enc', enc,
    `${directory}/${size}.plaintexts`]);
  writeFileSync(`${directory}/${alg}.${enc}.${size}.tokens`, `${lines(stdout).join('\n')}\n`);
}

// "decrypt dir A256GCM 100", and what a worker is told of it.
function orderOf(what) {
  const [operation, alg, enc, size] = what.split(' ');
  return { operation, alg, enc, size: Number(size) };
}

const commandOf = (directory) => (what) => {
  const { operation, alg, enc, size } = orderOf(what);
  const args = [operation, '--threads', '1', '--keys', `${directory}/${alg}.${enc}.key`];
  if (operation === 'encrypt') return [[...args, '--enc', enc], `${directory}/${size}.plaintexts`];
  return [[...args, '--output', 'text'], `${directory}/${alg}.${enc}.${size}.tokens`];
};

async function main() {
  const { values: flags } = parseArgs({
    options: {
      assay: { type: 'string' },
      engine: { type: 'string' },
      directory: { type: 'string' },
      help: { type: 'boolean' },
      smoke: { type: 'boolean' },
      alg: { type: 'string', default: 'dir,A256KW,RSA-OAEP-256,ECDH-ES' },
      enc: { type: 'string', default: 'A256GCM' },
      sizes: { type: 'string', default: '100,1000,65536' },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      cpu: { type: 'string', default: lastAllowedCpu() },
    },
  });
  if (flags.help) return console.log(HELP);
  const [repetitions, seconds] = [flags.repetitions, flags.seconds]
    .map((flag, i) => Number(flag ?? (flags.smoke ? [1, 0] : [9, 0.2])[i]));
  const [algs, sizes, { directory, enc, cpu }] = [flags.alg.split(','), flags.sizes.split(','), flags];

  mkdirSync(directory, { recursive: true });
  const assay = new Assay(flags.assay, directory);
  for (const size of sizes) writePlaintexts(directory, Number(size), flags.smoke);
  for (const alg of algs) {
    writeKey(assay, alg, enc);
    for (const size of sizes) writeTokens(assay, alg, enc, size);
  }
  const contenders = await start([
    new WorkerContender([flags.engine, directory], cpu, orderOf),
    new AssayContender(assay, cpu, commandOf(directory)),
    new WorkerContender(['node', 'jwe_worker.mjs', directory], cpu, orderOf),
    new WorkerContender(['/usr/bin/python3', 'jwe_worker.py', directory], cpu, orderOf),
  ]);
  console.log(`Tokens per second of one core's time; in brackets how many times faster Assay's engine
(a library in a warm process, like the others) and its command (assay) are.
${cpus()[0].model.trim()}; Node ${process.version}; medians of ${repetitions} interleaved repetitions; enc ${enc}.`);
  for (const operation of ['encrypt', 'decrypt']) {
    for (const size of sizes) {
      const cases = algs.map((alg) => `${operation} ${alg} ${enc} ${size}`);
      const rates = await measure(contenders, cases, { repetitions, seconds });
      console.log(`\n${operation}, ${size} bytes\n`);
      printTable(contenders, cases, rates, algs);
    }
  }
  contenders.forEach((contender) => contender.stop());
}

await main();
