"""worker.py DIR: what worker.mjs does, with Debian's PyJWT."""

import json
import sys
import time


def damaged(token):
    at = token.rindex(".") + 2
    return token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1 :]


def load(jwt, directory, alg, policy):
    with open(f"{directory}/{alg}.key") as file:
        key = jwt.PyJWK(json.load(file), algorithm=alg).key
    with open(f"{directory}/{alg}.tokens") as file:
        tokens = file.read().split()

    def verify(token):
        jwt.decode(
            token,
            key,
            algorithms=[alg],
            issuer=policy["issuer"],
            audience=policy["audience"],
            options={"require": ["exp"]},
        )

    try:
        verify(damaged(tokens[0]))
    except jwt.InvalidSignatureError:
        return verify, tokens
    raise AssertionError("PyJWT accepted a damaged token")


def main():
    try:
        import cryptography  # noqa: F401 (PyJWT needs it for all but HMAC)
        import jwt
    except ImportError:
        print(json.dumps({"missing": "apt-get install python3-jwt python3-cryptography"}))
        return
    print(json.dumps({"name": f"PyJWT {jwt.__version__}"}), flush=True)
    loaded = {}
    for line in sys.stdin:
        request = json.loads(line)
        alg = request["alg"]
        if alg not in loaded:
            loaded[alg] = load(jwt, sys.argv[1], alg, request["policy"])
        verify, tokens = loaded[alg]
        start = time.process_time()
        for _ in range(request["rounds"]):
            for token in tokens:
                verify(token)
        seconds = time.process_time() - start
        answer = {"tokens": request["rounds"] * len(tokens), "seconds": seconds}
        print(json.dumps(answer), flush=True)


main()
