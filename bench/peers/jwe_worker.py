"""jwe_worker.py DIR: what jwe_worker.mjs does, with Debian's jwcrypto."""

import json
import sys
import time


def load(modules, directory, order):
    jwe, jwk = modules
    alg, enc, size = order["alg"], order["enc"], order["size"]
    with open(f"{directory}/{alg}.{enc}.key") as file:
        key = jwk.JWK.from_json(file.read())
    if order["operation"] == "decrypt":
        with open(f"{directory}/{alg}.{enc}.{size}.tokens") as file:
            items = file.read().split()

        def work(token):
            opened = jwe.JWE(algs=[alg, enc])
            opened.deserialize(token, key)
            assert len(opened.payload) == size

        return work, items
    with open(f"{directory}/{size}.plaintexts", "rb") as file:
        items = file.read().split()
    header = json.dumps({"alg": alg, "enc": enc, "kid": key.get("kid")})

    def encrypt(text):
        token = jwe.JWE(text, protected=header, algs=[alg, enc])
        token.add_recipient(key)
        return token.serialize(compact=True)

    return encrypt, items


def main():
    try:
        import importlib.metadata

        from jwcrypto import jwe, jwk
    except ImportError:
        print(json.dumps({"missing": "apt-get install python3-jwcrypto"}))
        return
    # Its bound on what it decompresses counts for every ciphertext.
    jwe.default_max_compressed_size = 1 << 20
    version = importlib.metadata.version("jwcrypto")
    print(json.dumps({"name": f"jwcrypto {version}"}), flush=True)
    loaded = {}
    for line in sys.stdin:
        order = json.loads(line)
        case = json.dumps({**order, "rounds": 0})
        if case not in loaded:
            loaded[case] = load((jwe, jwk), sys.argv[1], order)
        work, items = loaded[case]
        start = time.process_time()
        for _ in range(order["rounds"]):
            for item in items:
                work(item)
        seconds = time.process_time() - start
        answer = {"tokens": order["rounds"] * len(items), "seconds": seconds}
        print(json.dumps(answer), flush=True)


main()
