// Who runs: each contender does `rounds` over an algorithm's token file on one
// core and says how much processor time it took, all threads together: what
// others do on the machine does not count. All tokens are good, and a contender
// that thinks otherwise ends the program.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { policy } from './token_files.mjs';

// A library in a warm process of its own (worker.mjs, worker.py).
class WorkerContender {
  constructor(command, cpu) {
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
    if (hello.missing) process.stderr.write(`PyJWT is left out. To enable: ${hello.missing}\n`);
    return !hello.missing;
  }

  async run(alg, rounds) {
    this.process.stdin.write(`${JSON.stringify({ alg, rounds, policy })}\n`);
    return this.next();
  }

  stop() {
    this.process.stdin.end();
  }
}

// The command reads the file `rounds` times over, as it would read many files.
// Its time is that of the whole process, less that of one which reads the file
// once (libraries are warm, too): so it holds reading and splitting the files
// and writing the verdicts, which the libraries are spared.
class AssayContender {
  name = 'assay';

  constructor(assay, cpu) {
    this.assay = assay;
    this.cpu = cpu;
  }

  async start() {
    return true;
  }

  async run(alg, rounds) {
    const file = `${this.assay.directory}/${alg}.tokens`;
    const once = this.verify(alg, [file]);
    const busy = this.verify(alg, Array(rounds + 1).fill(file));
    // A smoke run is shorter than the clock's millisecond.
    return { tokens: busy.tokens - once.tokens, seconds: Math.max(0.001, busy.seconds - once.seconds) };
  }

  verify(alg, files) {
    const { status, stderr } = this.assay.run(['verify', '--threads', '1', '--output', 'verdicts',
      '--keys', `${this.assay.directory}/${alg}.key`, '--alg', alg, '--require', 'exp',
      '--issuer', policy.issuer, '--audience', policy.audience, ...files], '',
    ['taskset', '-c', this.cpu, 'bash', '-c', 'LC_ALL=C TIMEFORMAT="cpu %U %S"; time "$@"', 'timed']);
    const summary = /(\d+) tokens in /.exec(stderr);
    const cpu = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr);
    if (status !== 0 || !summary || !cpu) throw new Error(`assay: exit ${status}: ${stderr}`);
    return { tokens: Number(summary[1]), seconds: Number(cpu[1]) + Number(cpu[2]) };
  }

  stop() {}
}

// Assay first, as a library and as a command; a library that is not here is left
// out. `engine` is the path of engine_worker.
export async function startContenders(assay, engine, cpu) {
  const npm = ['fast-jwt', 'jsonwebtoken', 'jose', '@node-rs/jsonwebtoken'];
  const contenders = [
    new WorkerContender([engine, assay.directory], cpu),
    new AssayContender(assay, cpu),
    ...npm.map((library) => new WorkerContender(
      ['node', 'worker.mjs', library, assay.directory], cpu)),
    new WorkerContender(['/usr/bin/python3', 'worker.py', assay.directory], cpu),
  ];
  const here = [];
  for (const contender of contenders) {
    if (await contender.start()) here.push(contender);
  }
  return here;
}
