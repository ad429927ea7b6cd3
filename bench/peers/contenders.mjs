// Who runs: each contender does `rounds` over an algorithm's token file on one
// core and says how much processor time it took, all threads together: what
// others do on the machine does not count. All tokens are good, and a contender
// that thinks otherwise ends the program.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { policy } from './token_files.mjs';

// A library in a warm process of its own (worker.mjs, worker.py). `order` makes
// what it is told of a case.
export class WorkerContender {
  constructor(command, cpu, order = (alg) => ({ alg, policy })) {
    this.order = order;
    this.process = spawn('taskset', ['-c', cpu, ...command],
      { stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async next() {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name ?? 'a worker'} ended early`);
    return JSON.parse(value);
  }

  // False, with the reason on stderr, if the library is not on this machine.
  async start() {
    const hello = await this.next();
    this.name = hello.name;
    if (hello.missing) process.stderr.write(`A library is left out. To enable: ${hello.missing}\n`);
    return !hello.missing;
  }

  async run(what, rounds) {
    this.process.stdin.write(`${JSON.stringify({ ...this.order(what), rounds })}\n`);
    return this.next();
  }

  stop() {
    this.process.stdin.end();
  }
}

// The command reads the file `rounds` times over, as it would read many files.
// Its time is that of the whole process, less that of one which reads the file
// once (libraries are warm, too): so it holds reading and splitting the files
// and writing the answers, which the libraries are spared. `args` gives a
// case's command line without the file, and the file.
export class AssayContender {
  name = 'assay';

  constructor(assay, cpu, args) {
    this.assay = assay;
    this.cpu = cpu;
    this.args = args;
  }

  async start() {
    return true;
  }

  async run(what, rounds) {
    const [args, file] = this.args(what);
    const once = this.seconds([...args, file]);
    const busy = this.seconds([...args, ...Array(rounds + 1).fill(file)]);
    const lines = readFileSync(file, 'latin1').split('\n').length - 1;
    // A smoke run is shorter than the clock's millisecond.
    return { tokens: rounds * lines, seconds: Math.max(0.001, busy - once) };
  }

  // Exit code 0 says that all went well.
  seconds(args) {
    const { status, stderr } = this.assay.run(args, '', ['taskset', '-c', this.cpu,
      'bash', '-c', 'LC_ALL=C TIMEFORMAT="cpu %U %S"; time "$@" >/dev/null', 'timed']);
    const cpu = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr);
    if (status !== 0 || !cpu) throw new Error(`assay: exit ${status}: ${stderr}`);
    return Number(cpu[1]) + Number(cpu[2]);
  }

  stop() {}
}

const verifyArgs = ({ directory }) => (alg) => [['verify', '--threads', '1', '--output', 'verdicts',
  '--keys', `${directory}/${alg}.key`, '--alg', alg, '--require', 'exp',
  '--issuer', policy.issuer, '--audience', policy.audience], `${directory}/${alg}.tokens`];

// Those that are on this machine.
export async function start(contenders) {
  const here = [];
  for (const contender of contenders) {
    if (await contender.start()) here.push(contender);
  }
  return here;
}

// Assay first, as a library and as a command; a library that is not here is left
// out. `engine` is the path of engine_worker.
export async function startContenders(assay, engine, cpu) {
  const npm = ['fast-jwt', 'jsonwebtoken', 'jose', '@node-rs/jsonwebtoken'];
  const contenders = [
    new WorkerContender([engine, assay.directory], cpu),
    new AssayContender(assay, cpu, verifyArgs(assay)),
    ...npm.map((library) => new WorkerContender(
      ['node', 'worker.mjs', library, assay.directory], cpu)),
    new WorkerContender(['/usr/bin/python3', 'worker.py', assay.directory], cpu),
  ];
  return start(contenders);
}
