"""The whole job on real pages: a site made of saved news pages on loopback, crawled through a generic profile.

python benchmarks/site.py [FOLDER] [--keep DIR] [--json]

FOLDER is as in benchmarks/reading.py. The pages are served at their own paths' hash, gzipped where the client takes it,
named by a sitemap of ours and by nothing else. Told are: pages captured, pages read as articles, seconds and pages a
second of the whole crawl, and body F1 of what `show --json` gives beside trafilatura's best mode (favor_precision) on
the same pages in the same run. The truth of `fundus` has the standfirst in its body, that of `aeb` has not. It also
writes all pages as one WARC file and runs `stoppress extract` on it: one JSON line each.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.reading import overlap, pages, summed

STOPPRESS = [sys.executable, "-m", "cli.main"]
PARTS = ("aeb", "fundus")


def serve(bodies: dict[str, bytes]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = bodies.get(self.path)
            kind = "application/xml" if self.path.endswith(".xml") else "text/html; charset=utf-8"
            self.send_response(200 if body is not None else 404)
            body = body or b"not here"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, 6, mtime=0)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def command(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*STOPPRESS, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"stoppress {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def text_of(article: dict | None, part: str) -> str:
    if not article:
        return ""
    lead = [article["standfirst"] or ""] if part == "fundus" else []
    return "\n".join([*lead, *(block["text"] for block in article["body"])])


def articles_in(folder: Path) -> dict[str, dict]:
    """What the archive's newest revisions say, by address: read from the store, as `show --json` does."""
    found: dict[str, dict] = {}
    for path in sorted((folder / "archive" / "articles").rglob("*.json")):
        revision = json.loads(path.read_text())
        found[revision["url"]] = revision["article"]
    return found


def one_warc(path: Path, every: list[tuple[dict, bytes]]) -> None:
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        for row, html in every:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(html)}\r\n\r\n"
            import io

            block = io.BytesIO(head.encode() + html)
            writer.write_record(
                writer.create_warc_record(str(row["url"]), "response", payload=block, length=len(head) + len(html))
            )


def score(texts: list[str], truths: list[str]) -> dict[str, float]:
    f1, precision, recall = summed([overlap(mine, truth) for mine, truth in zip(texts, truths, strict=True)])
    return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).parents[2] / "shared" / "data" / "extraction"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave the archive there")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        report = run(options.folder, work)
    print(json.dumps(report) if options.json else pleasant(report))


def run(folder: Path, work: Path) -> dict:
    from trafilatura import extract

    every = {part: list(pages(folder, part)) for part in PARTS}
    paths = {
        row["file"]: f"/{sha256(str(row['file']).encode()).hexdigest()[:16]}.html"
        for part in PARTS
        for row, _ in every[part]
    }
    bodies = {paths[row["file"]]: html for part in PARTS for row, html in every[part]}
    server = serve(bodies)
    home = f"http://127.0.0.1:{server.server_port}"
    entries = "".join(f"<url><loc>{home}{path}</loc></url>" for path in bodies)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    bodies["/sitemap.xml"] = f'<urlset xmlns="{space}">{entries}</urlset>'.encode()
    bodies["/robots.txt"] = b""
    (work / "stoppress.toml").write_text(
        f'[crawler]\nrequisites = "none"\n[sites.saved]\nhome = "{home}/"\nallow_private_addresses = true\n'
    )
    command(work, "init")
    started = time.perf_counter()
    crawled = json.loads(command(work, "crawl", "saved", "--json"))
    seconds = time.perf_counter() - started
    server.shutdown()
    found = articles_in(work)
    report: dict = {
        "pages": len(paths),
        "captured": sum(count for outcome, count in crawled["outcomes"].items() if outcome != "failed"),
        "outcomes": crawled["outcomes"],
        "seconds": round(seconds, 2),
        "pages_per_second": round(len(paths) / seconds, 1),
        "sets": {},
    }
    for part in PARTS:
        truths = [str(row["body"]) for row, _ in every[part]]
        mine = [text_of(found.get(home + paths[row["file"]]), part) for row, _ in every[part]]
        theirs = [
            extract(html.decode("utf-8", "replace"), include_comments=False, favor_precision=True) or ""
            for _, html in every[part]
        ]
        report["sets"][part] = {
            "pages": len(truths),
            "articles": sum(home + paths[row["file"]] in found for row, _ in every[part]),
            "ours": score(mine, truths),
            "trafilatura": score(theirs, truths),
        }
    report["extract"] = extracted(work, [page for part in PARTS for page in every[part]])
    return report


def extracted(work: Path, every: list[tuple[dict, bytes]]) -> dict:
    one_warc(work / "saved.warc.gz", every)
    started = time.perf_counter()
    lines = [json.loads(line) for line in command(work, "extract", "saved.warc.gz").splitlines()]
    kinds = Counter("error" if "error" in line else "article" for line in lines)
    return {"records": len(every), "lines": len(lines), **kinds, "seconds": round(time.perf_counter() - started, 2)}


def pleasant(report: dict) -> str:
    lines = [
        (
            f"{report['pages']} pages, {report['captured']} captured in {report['seconds']} s "
            f"({report['pages_per_second']} pages a second): {report['outcomes']}"
        ),
        f"{'set':8} {'pages':>6} {'articles':>9} {'our F1':>8} {'P':>7} {'R':>7} {'trafilatura':>12} {'P':>7} {'R':>7}",
    ]
    for part, said in report["sets"].items():
        mine, theirs = said["ours"], said["trafilatura"]
        lines.append(
            f"{part:8} {said['pages']:6} {said['articles']:9} {mine['f1']:8.4f} {mine['precision']:7.4f} "
            f"{mine['recall']:7.4f} {theirs['f1']:12.4f} {theirs['precision']:7.4f} {theirs['recall']:7.4f}"
        )
    return "\n".join([*lines, f"extract on one WARC: {report['extract']}"])


if __name__ == "__main__":
    main()
