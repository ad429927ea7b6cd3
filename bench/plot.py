#!/usr/bin/env python3
"""Draws tokens per second by algorithm as an SVG, for the README.

    bench/plot.py SIMD.json PORTABLE.json PEERS.txt > bench/results/tokens_per_second.svg

SIMD.json and PORTABLE.json are Google Benchmark's JSON of //bench:engine, without
and with ASSAY_SIMD=portable; PEERS.txt is what //bench/peers printed. Of the former
the medians of verify/ALG/batch:4096/threads:1 count. The axis is logarithmic.
"""
import json
import math
import re
import sys

ALGORITHMS = ["HS256", "RS256", "ES256", "ES384", "ES512", "EdDSA"]
COLOURS = {
    "Assay": "#1b6e4f",
    "Assay, portable kernels": "#74b49b",
    "BoringSSL, signature alone": "#8a8f98",
}
PEER_COLOURS = ["#d9a441", "#c97b4a", "#b55d60", "#7d6b9e", "#4f7cac"]
OWN_ROWS = ("Assay's engine", "assay")
LOWEST, HIGHEST = 5e2, 1e7
LEFT, WIDTH, BAR, GAP = 80, 640, 12, 14


def medians(path):
    """{algorithm: (engine ns, plain ns)}"""
    found = {}
    for run in json.load(open(path, encoding="utf-8"))["benchmarks"]:
        match = re.match(r"engine/verify/(\w+)/batch:4096/threads:1/", run["name"])
        if match and run.get("aggregate_name", "median") == "median":
            found[match[1]] = (run["engine_ns"], run["plain_ns"])
    return found


def peers(path):
    """{library: {algorithm: tokens per second}}, Assay's own rows left out."""
    rows, columns = {}, []
    for line in open(path, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) < 2:
            continue
        if "HS256" in cells:
            columns = cells[1:]
        elif columns and cells[0] and cells[0] not in OWN_ROWS and "---" not in cells[0]:
            rates = {}
            for algorithm, cell in zip(columns, cells[1:]):
                digits = re.match(r"[0-9 ]+", cell)
                if digits and digits[0].strip():
                    rates[algorithm] = float(digits[0].replace(" ", ""))
            rows[cells[0]] = rates
    return rows


def series(simd, portable, others):
    """[(name, colour, {algorithm: tokens per second})], the quickest first."""
    rate = lambda table, which: {a: 1e9 / t[which] for a, t in table.items()}
    made = [("Assay", rate(simd, 0)), ("Assay, portable kernels", rate(portable, 0)),
            ("BoringSSL, signature alone", rate(simd, 1))]
    drawn = [(name, COLOURS[name], rates) for name, rates in made]
    for colour, (name, rates) in zip(PEER_COLOURS, others.items()):
        drawn.append((name, colour, rates))
    return drawn


def place(rate):
    share = math.log10(rate / LOWEST) / math.log10(HIGHEST / LOWEST)
    return WIDTH * min(1, max(0, share))


def readable(rate):
    return f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate / 1e3:.3g} k"


def draw(drawn):
    body, y = [], 46
    for algorithm in ALGORITHMS:
        bars = [(n, c, r[algorithm]) for n, c, r in drawn if algorithm in r]
        body.append(f'<text x="{LEFT - 8}" y="{y + BAR * len(bars) / 2 + 4}" '
                    f'text-anchor="end" class="name">{algorithm}</text>')
        for name, colour, rate in bars:
            width = place(rate)
            body.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" '
                        f'height="{BAR - 2}" fill="{colour}"><title>{name}: '
                        f'{rate:,.0f}/s</title></rect>')
            body.append(f'<text x="{LEFT + width + 4:.1f}" y="{y + BAR - 4}">'
                        f'{readable(rate)}</text>')
            y += BAR
        y += GAP
    axis = []
    for power in range(3, 8):
        x = LEFT + place(10**power)
        axis.append(f'<line x1="{x:.1f}" y1="40" x2="{x:.1f}" y2="{y}" class="grid"/>'
                    f'<text x="{x:.1f}" y="34" text-anchor="middle">'
                    f'{["1 k", "10 k", "100 k", "1 M", "10 M"][power - 3]}</text>')
    legend, x, row = [], LEFT, y + 10
    for name, colour, _ in drawn:
        if x > LEFT + WIDTH - 140:
            x, row = LEFT, row + 16
        legend.append(f'<rect x="{x}" y="{row}" width="10" height="10" fill="{colour}"/>'
                      f'<text x="{x + 14}" y="{row + 9}">{name}</text>')
        x += 34 + 6.2 * len(name)
    height = row + 24
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 80}" '
            f'height="{height:.0f}" font-family="sans-serif" font-size="10">'
            '<style>text{fill:#333}.name{font-size:12px;font-weight:bold}'
            '.grid{stroke:#ddd}</style><rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="{LEFT}" y="16" font-size="13">Tokens verified per second on one '
            'core (logarithmic)</text>' + "".join(axis + body + legend) + "</svg>\n")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    simd, portable, others = sys.argv[1:]
    sys.stdout.write(draw(series(medians(simd), medians(portable), peers(others))))


if __name__ == "__main__":
    main()
