// The command `assay` as functions. Each runs it once; input and output are
// files and strings, as a user of the command would have them.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export class Assay {
  // `directory` takes the key files.
  constructor(binary, directory) {
    this.binary = binary;
    this.directory = directory;
  }

  // Exit 1 ("not all tokens are valid") is an answer; anything above is not.
  run(args, input = '', wrapper = []) {
    const [command, ...rest] = [...wrapper, this.binary, ...args];
    const run = spawnSync(command, rest,
      { input, encoding: 'utf8', maxBuffer: 1 << 30 });
    if (run.error) throw run.error;
    if (run.status !== 0 && run.status !== 1) {
      throw new Error(`assay ${args.join(' ')}: exit ${run.status}: ${run.stderr}`);
    }
    return run;
  }

  // A key file that only its owner may read. `key` is a JWK or PEM text.
  writeKey(name, key) {
    const path = `${this.directory}/${name}`;
    writeFileSync(path, typeof key === 'string' ? key : JSON.stringify(key),
      { mode: 0o600 });
    return path;
  }

  // A fresh private (or symmetric) JWK.
  keygen(alg, kid) {
    return JSON.parse(this.run(['keygen', '--alg', alg, '--kid', kid]).stdout);
  }

  // What verifies: the public half; a symmetric key is its own.
  verifyingKey(jwk) {
    if (jwk.kty === 'oct') return jwk;
    const path = this.writeKey('private.jwk', jwk);
    return JSON.parse(this.run(['jwks', 'public', path]).stdout).keys[0];
  }

  // One token per claims text, in order.
  sign(keyPath, claims, args = []) {
    const run = this.run(['sign', '--keys', keyPath, ...args], claims.join('\n'));
    const tokens = lines(run.stdout);
    if (tokens.length !== claims.length) throw new Error(run.stderr);
    return tokens;
  }

  // One {index, verdict, alg, kid, claims} per token, in order.
  verify(keyPath, tokens, args = []) {
    const run = this.run(['verify', '--keys', keyPath, '--output', 'ndjson', ...args],
      tokens.join('\n'));
    return lines(run.stdout).map((line) => JSON.parse(line));
  }
}

export function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}
