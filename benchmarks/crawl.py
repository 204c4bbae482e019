"""What a crawl costs: our whole job beside stock Scrapy, Scrapy with a WARC pipeline, and wget, interleaved.

python benchmarks/crawl.py [--pages N] [--rounds N] [--long] [--only NAME,NAME] [--body MEGABYTES] [--json]

Pages are made here, each another one of about 68 KB, and served with gzip by an nginx of our own on loopback. Every
run is a fresh process in a fresh folder. Told are medians over the rounds: CPU seconds (user and system) of the whole
process tree, CPU milliseconds a page, wall seconds, and the peak resident memory of the largest process of the tree.

  stoppress      `stoppress crawl`: sitemap, fetch, wire-exact WARC, generic reader, revise, commit, seal; `init` apart
  scrapy         Scrapy at its default settings, the answers thrown away
  scrapy-quiet   the same with LOG_LEVEL = WARNING, since Scrapy's defaults log each page
  scrapy-warcio  Scrapy at its default settings with a plain warcio pipeline: request and response re-serialised
  wget           `wget -i URLS --warc-file`

The server is not counted. `--long` runs ours once more with ten times the pages and tells the cost of a page beside
the short run's. `--body` crawls a single page that answers with that many megabytes instead, and tells what came of it.
"""

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEFAULT = ("stoppress", "scrapy", "scrapy-quiet", "scrapy-warcio", "wget")
ONSETS = ("b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cl", "dr", "fl", "gr", "st")
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")


@dataclass
class Run:
    cpu: float
    wall: float
    peak_mb: float
    said: str = ""


# --- pages


class Words:
    """Pseudo-random English-looking words, as many different ones as news has."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.all = sorted({self._word(chance) for _ in range(6000)})
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(self.all))))

    @staticmethod
    def _word(chance: random.Random) -> str:
        return "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 3)))

    def some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.all, cum_weights=self.weights, k=count)


def article(words: Words, number: int, home: str) -> tuple[str, bytes]:
    """Return the path and the HTML of a page: head, scripts, navigation, an article, a rail, a foot."""
    chance = random.Random(number)
    title = " ".join(words.some(chance, 9)).capitalize()
    path = f"/news/2026/{number % 12 + 1:02}/{'-'.join(title.lower().split()[:6])}-{100000 + number}.html"
    published = f"2026-{number % 12 + 1:02}-{number % 27 + 1:02}T{number % 24:02}:{number % 60:02}:00Z"
    author = " ".join(word.capitalize() for word in words.some(chance, 2))
    paragraphs = [sentence_run(words, chance) for _ in range(chance.randint(23, 29))]
    linked = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": published,
            "author": {"@type": "Person", "name": author},
            "image": f"{home}/i/{number}.jpg",
        }
    )
    head = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Bench News</title>'
        f'<link rel="canonical" href="{home}{path}"><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{title}"><meta property="article:published_time" content="{published}">'
        f'<script type="application/ld+json">{linked}</script><style>{styles(words, chance)}</style>'
        f"<script>window.__STATE__={state(words, chance)};</script></head><body>"
    )
    nav = "".join(teaser(words, chance, "li", "nav__item", 2) for _ in range(60))
    text = "".join(paragraph(text, place, words, chance) for place, text in enumerate(paragraphs))
    rail = "".join(teaser(words, chance, "div", "card card--small", 9) for _ in range(40))
    foot = "".join(teaser(words, chance, "li", "footer__item", 2) for _ in range(40))
    body = (
        f'<header class="site-header"><nav class="nav"><ul>{nav}</ul></nav></header><main id="main"><article>'
        f'<h1 class="headline">{title}</h1><p class="byline">By {author}</p>'
        f'<time datetime="{published}">{published[:10]}</time>'
        f'<figure><img src="/i/{number}.jpg" alt="{title}"><figcaption>{paragraphs[0][:60]}</figcaption></figure>'
        f'<div class="article-body">{text}</div></article><aside class="related"><h2>More stories</h2>{rail}</aside>'
        f'</main><footer class="site-footer"><ul>{foot}</ul></footer>{icons(chance)}</body></html>'
    )
    return path, (head + body).encode()


def sentence_run(words: Words, chance: random.Random) -> str:
    sentences = [" ".join(words.some(chance, chance.randint(8, 22))).capitalize() for _ in range(chance.randint(2, 4))]
    return ". ".join(sentences) + "."


def paragraph(text: str, place: int, words: Words, chance: random.Random) -> str:
    if place % 6 == 5:
        return f"<h2>{' '.join(words.some(chance, 4)).capitalize()}</h2><p class='text'>{text}</p>"
    if place % 5 == 3:
        link = "-".join(words.some(chance, 5))
        first, _, rest = text.partition(" ")
        return f'<p class="text"><a href="/news/2026/01/{link}.html">{first}</a> {rest}</p>'
    return f'<p class="text">{text}</p>'


def teaser(words: Words, chance: random.Random, tag: str, name: str, length: int) -> str:
    title = words.some(chance, length)
    return (
        f'<{tag} class="{name}" data-id="{chance.getrandbits(32):08x}"><a class="{name}-link" '
        f'href="/news/2026/02/{"-".join(title)}-{chance.randint(10000, 99999)}.html"><span>{" ".join(title)}</span></a>'
        f"</{tag}>"
    )


def styles(words: Words, chance: random.Random) -> str:
    rules = (f".{word}{{margin:{chance.randint(0, 40)}px;color:#{chance.getrandbits(24):06x}}}" for word in words.all)
    return "".join(rule for rule, _ in zip(rules, range(330), strict=False))


def state(words: Words, chance: random.Random) -> str:
    return json.dumps([{"id": chance.getrandbits(40), "name": " ".join(words.some(chance, 4))} for _ in range(190)])


def icons(chance: random.Random) -> str:
    points = " ".join(f"{chance.randint(0, 99)},{chance.randint(0, 99)}" for _ in range(60))
    return "".join(f'<svg viewBox="0 0 99 99" hidden><path d="M{points}"/></svg>' for _ in range(10))


def make_site(folder: Path, home: str, pages: int) -> list[str]:
    """Write the pages, gzipped, and the files that name them; return their addresses."""
    words, urls, sizes = Words(1), [], []
    for number in range(pages):
        path, html = article(words, number, home)
        place = folder / f"{path[1:]}.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(gzip.compress(html, 6, mtime=0))
        sizes.append(len(html))
        urls.append(home + path)
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    sitemap = f'<?xml version="1.0"?><urlset xmlns="{space}">{entries}</urlset>'
    (folder / "sitemap.xml.gz").write_bytes(gzip.compress(sitemap.encode()))
    (folder / "robots.txt.gz").write_bytes(gzip.compress(f"User-agent: *\nSitemap: {home}/sitemap.xml\n".encode()))
    (folder / "index.html.gz").write_bytes(gzip.compress(b"<!DOCTYPE html><title>Bench News</title><p>Pages."))
    (folder / "urls.txt").write_text("\n".join(urls) + "\n")
    (folder / "bytes").write_text(str(sum(sizes) / len(sizes)))
    return urls


# --- server


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[None]:
    """An nginx that serves gzipped files as they lie there, unpacked for whoever does not take gzip."""
    prefix = folder / "nginx"
    (prefix / "logs").mkdir(parents=True)
    (prefix / "nginx.conf").write_text(
        f"""daemon off; worker_processes 1; pid {prefix}/nginx.pid; error_log {prefix}/logs/error.log;
        {"user root;" if os.geteuid() == 0 else ""}
        events {{ worker_connections 256; }}
        http {{
          access_log off; sendfile on; keepalive_requests 1000000;
          types {{ text/html html; application/xml xml; text/plain txt; }} charset utf-8;
          client_body_temp_path {prefix}/b; proxy_temp_path {prefix}/p; fastcgi_temp_path {prefix}/f;
          uwsgi_temp_path {prefix}/u; scgi_temp_path {prefix}/s;
          server {{ listen 127.0.0.1:{port}; root {folder / "site"}; index index.html;
                    location / {{ gzip_static always; gunzip on; }} location = / {{ rewrite ^ /index.html last; }} }}
        }}"""
    )
    command = ["nginx", "-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e", str(prefix / "logs/error.log")]
    server = subprocess.Popen(command)
    try:
        wait_for(port, server)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int, server: subprocess.Popen) -> None:
    for _ in range(100):
        if server.poll() is not None:
            sys.exit("nginx did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("nginx does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- contestants


def measured(command: list[str], folder: Path) -> Run:
    """Run a command; its children are counted as it waits for them. Memory is the largest process's of the tree."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SCRAPY_", "STOPPRESS_"))}
    environment["PYTHONPATH"] = str(ROOT)
    started = time.perf_counter()
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, None):
            sys.exit(f"{' '.join(command)} ended with {process.returncode}: {err.read()[-2000:]}")
        return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, out.read())


def run(name: str, site: Path, home: str, pages: int, work: Path) -> Run:
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=work))
    try:
        if name == "stoppress":
            return ours(folder, home, pages)
        if name == "wget":
            done = measured(["wget", "-q", "-i", str(site / "urls.txt"), "--warc-file=pages"], folder)
            check_warc(folder / "pages.warc.gz", pages)
            return done
        command = [sys.executable, str(Path(__file__)), "--contestant", name, str(site / "urls.txt")]
        done = measured(command, folder)
        if f"answers={pages}" not in done.said:
            sys.exit(f"{name} did not get {pages} answers: {done.said}")
        if name == "scrapy-warcio":
            check_warc(folder / "pages.warc.gz", pages)
        return done
    finally:
        shutil.rmtree(folder)


def ours(folder: Path, home: str, pages: int) -> Run:
    done = crawl(folder, home)
    outcomes = json.loads(done.said)["outcomes"]
    if outcomes != {"new": pages}:
        sys.exit(f"not {pages} new articles: {outcomes}")
    return done


def crawl(folder: Path, home: str) -> Run:
    (folder / "stoppress.toml").write_text(
        f'[crawler]\nrequisites = "none"\n[sites.bench]\nhome = "{home}/"\nallow_private_addresses = true\n'
    )
    stoppress = [sys.executable, "-m", "cli.main"]
    subprocess.run([*stoppress, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=with_root())
    return measured([*stoppress, "crawl", "bench", "--json"], folder)


def with_root() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def check_warc(path: Path, pages: int) -> None:
    """Count in a process of its own: what we hold in memory would be counted as the next contestant's."""
    count = (
        "import sys; from fastwarc.warc import ArchiveIterator as Records, WarcRecordType as T; "
        "print(sum(1 for _ in Records(open(sys.argv[1], 'rb'), record_types=T.response, parse_http=False)))"
    )
    found = int(subprocess.run([sys.executable, "-c", count, str(path)], capture_output=True, check=True).stdout)
    if found != pages:
        sys.exit(f"{path} holds {found} responses, not {pages}")


def contestant(name: str, urls: Path) -> None:
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess

    kept = name == "scrapy-warcio"

    class Bench(Spider):
        start_urls = urls.read_text().split()
        answers = 0

        def parse(self, response):
            Bench.answers += response.status == 200
            return {"response": response} if kept else None

    Bench.name = "bench"
    settings: dict = {"LOG_LEVEL": "WARNING"} if name == "scrapy-quiet" else {}
    if kept:
        settings["ITEM_PIPELINES"] = {WarcioPipeline: 100}
    process = CrawlerProcess(settings)
    process.crawl(Bench)
    process.start()
    print(f"answers={Bench.answers}")


class WarcioPipeline:
    """As such pipelines are written: status line and fields put together again, the body as Scrapy decoded it."""

    def open_spider(self):
        from warcio.warcwriter import WARCWriter

        self.file = Path("pages.warc.gz").open("wb")  # noqa: SIM115
        self.writer = WARCWriter(self.file, gzip=True)

    def close_spider(self):
        self.file.close()

    def process_item(self, item):
        from io import BytesIO

        from scrapy.utils.httpobj import urlparse_cached
        from warcio.statusandheaders import StatusAndHeaders

        response, request = item["response"], item["response"].request

        def fields(headers):
            return [(name.decode(), value.decode()) for name, values in headers.items() for value in values]

        answer = StatusAndHeaders(f"{response.status} OK", fields(response.headers), protocol="HTTP/1.1")
        line = f"GET {urlparse_cached(request).path} HTTP/1.1"
        asked = StatusAndHeaders(line, fields(request.headers), is_http_request=True)
        record = self.writer.create_warc_record(
            response.url, "response", payload=BytesIO(response.body), http_headers=answer
        )
        sent = self.writer.create_warc_record(response.url, "request", http_headers=asked)
        self.writer.write_request_response_pair(sent, record)
        return item


# --- a big body


def big_body(megabytes: int, work: Path) -> dict:
    """Crawl a page of that many megabytes from a raw server; tell what was kept and what it cost."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_big, args=(server, megabytes), daemon=True).start()
    home = f"http://127.0.0.1:{server.getsockname()[1]}"
    folder = Path(tempfile.mkdtemp(prefix="body-", dir=work))
    done = crawl(folder, home)
    question = (
        "SELECT o.outcome, o.reason, c.truncated, c.length FROM observations o "
        "LEFT JOIN captures c USING (record_id) WHERE o.url LIKE '%/news/%'"
    )
    ask = "import sqlite3, sys; print(sqlite3.connect('archive/catalogue.db').execute(sys.argv[1]).fetchall())"
    asking = [sys.executable, "-c", ask, question]
    said = subprocess.run(asking, cwd=folder, capture_output=True, text=True, check=True).stdout
    return {"megabytes": megabytes, "look": said.strip(), **{k: v for k, v in asdict(done).items() if k != "said"}}


def answer_big(server: socket.socket, megabytes: int) -> None:
    piece = b"<p>" + b"big words of a very long page that has no end. " * 20 + b"</p>\n"
    piece = piece * (1_000_000 // len(piece))
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer_one, args=(connection, piece, megabytes), daemon=True).start()


def answer_one(connection: socket.socket, piece: bytes, megabytes: int) -> None:
    with connection:
        while asked := connection.recv(65536):
            path = asked.split(b" ", 2)[1].decode()
            host = next(line for line in asked.split(b"\r\n") if line.lower().startswith(b"host: "))[6:].decode()
            head, count = "HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Length: {1}\r\n\r\n", 0
            body = b""
            if path == "/sitemap.xml":
                body = (
                    f"<urlset><url><loc>http://{host}/news/a-very-long-story-123456.html</loc></url></urlset>".encode()
                )
            elif path.startswith("/news/"):
                body, count = b"<html><head><title>Big</title></head><body><h1>Big</h1><article>", megabytes
            kind = "application/xml" if path.endswith(".xml") else "text/html"
            try:
                connection.sendall(head.format(kind, len(body) + count * len(piece)).encode() + body)
                for _ in range(count):
                    connection.sendall(piece)
            except OSError:
                return


# --- the run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(DEFAULT), help="names, joined by commas")
    parser.add_argument("--long", action="store_true", help="ours also with ten times the pages")
    parser.add_argument("--body", type=int, metavar="MEGABYTES", help="one answer of this size instead of pages")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contestant", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        contestant(options.contestant[0], Path(options.contestant[1]))
        return
    if options.make:
        make_site(Path(options.make[0]), options.make[1], int(options.make[2]))
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        work.chmod(0o755)
        if options.body:
            print(json.dumps(big_body(options.body, work), indent=2))
            return
        report = measure(options, work)
    print(json.dumps(report, indent=2) if options.json else pleasant(report))


def measure(options: argparse.Namespace, work: Path) -> dict:
    for program in ("nginx", *(["wget"] if "wget" in options.only else [])):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed; it is in your system's packages")
    names = options.only.split(",")
    runs: dict[str, list[Run]] = {name: [] for name in names}
    with served(work / "short", options.pages) as (site, home):
        html = float((site / "bytes").read_text())
        packed = statistics.mean(path.stat().st_size for path in (site / "news").rglob("*.gz"))
        for number in range(options.rounds):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                runs[name].append(run(name, site, home, options.pages, work))
                note(f"round {number + 1} {name}: {runs[name][-1].cpu:.2f} CPU s")
    report: dict = {
        "pages": options.pages,
        "rounds": options.rounds,
        "page_kb": round(html / 1000, 1),
        "page_kb_gzip": round(packed / 1000, 1),
        "machine": f"{os.cpu_count()} cores, Python {sys.version.split()[0]}",
        "contestants": {name: summary(runs[name], options.pages) for name in names},
    }
    if options.long:
        with served(work / "long", options.pages * 10) as (_, home):
            report["long"] = summary([run("stoppress", work, home, options.pages * 10, work)], options.pages * 10)
            short = report["contestants"]["stoppress"]["ms_per_page"]
            report["long"]["per_page_to_short"] = round(report["long"]["ms_per_page"] / short, 3)
    return report


@contextmanager
def served(folder: Path, pages: int) -> Iterator[tuple[Path, str]]:
    site, port = folder / "site", free_port()
    site.mkdir(parents=True)
    home = f"http://127.0.0.1:{port}"
    note(f"making {pages} pages")
    subprocess.run([sys.executable, __file__, "--make", str(site), home, str(pages)], check=True)
    with nginx(folder, port):
        yield site, home


def note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def summary(runs: list[Run], pages: int) -> dict:
    cpu = statistics.median(one.cpu for one in runs)
    return {
        "cpu_s": round(cpu, 2),
        "cpu_s_all": [round(one.cpu, 2) for one in runs],
        "ms_per_page": round(1000 * cpu / pages, 3),
        "pages_per_cpu_s": round(pages / cpu, 1),
        "wall_s": round(statistics.median(one.wall for one in runs), 2),
        "peak_mb": round(statistics.median(one.peak_mb for one in runs), 1),
    }


def pleasant(report: dict) -> str:
    stock = report["contestants"].get("scrapy")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    head = f"{report['pages']} pages of {report['page_kb']} KB ({report['page_kb_gzip']} KB gzipped), "
    head += f"median of {report['rounds']} rounds; {report['machine']}; memory below {own:.0f} MB is not told apart"
    lines = [
        head,
        f"{'':14} {'CPU s':>8} {'ms/page':>8} {'to scrapy':>10} {'wall s':>8} {'peak MB':>8} {'to scrapy':>10}",
    ]
    for name, told in report["contestants"].items():
        cpu, peak = (f"{told[key] / stock[key]:.2f}" if stock else "" for key in ("cpu_s", "peak_mb"))
        lines.append(
            f"{name:14} {told['cpu_s']:8.2f} {told['ms_per_page']:8.2f} {cpu:>10} {told['wall_s']:8.1f} "
            f"{told['peak_mb']:8.1f} {peak:>10}"
        )
    if "long" in report:
        told = report["long"]
        lines.append(
            f"{'ten times':14} {told['cpu_s']:8.2f} {told['ms_per_page']:8.2f} {'':>10} {told['wall_s']:8.1f} "
            f"{told['peak_mb']:8.1f}   x {told['per_page_to_short']} a page"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
