"""The report of a run as a page that renews itself while the run goes on."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from evo.errors import RunFolderError
from evo.reports.html import render
from evo.runs.folder import RunFolder

RENEWAL = """<script>
(function () {
  let seen = null;
  setInterval(async function () {
    try {
      const now = await (await fetch("version")).text();
      if (seen !== null && now !== seen) {
        sessionStorage.setItem("place", String(window.scrollY));
        location.reload();
      }
      seen = now;
    } catch (error) { /* the page is no longer served */ }
  }, 1000);
  const place = sessionStorage.getItem("place");
  if (place !== null) { window.scrollTo(0, Number(place)); }
})();
</script></body>"""


def server(folder: RunFolder, port: int) -> ThreadingHTTPServer:
    """A server of the report to this machine alone; nothing is served before `serve_forever`.

    Args:
        folder: of the run.
        port: on which it listens; 0 for any that is free.

    Raises:
        OSError: nothing can listen there.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server asks for
            if self.path == "/version":
                self._answer(version(folder), "text/plain")
            elif self.path == "/":
                self._answer(page(folder), "text/html")
            else:
                self.send_error(404)

        def _answer(self, text: str, kind: str) -> None:
            content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def version(folder: RunFolder) -> str:
    """A text that changes whenever the report would."""
    names = ("metrics.jsonl", "events.jsonl", "summary.json", "champion.json")
    files = [folder.path / name for name in names]
    return " ".join(str(file.stat().st_mtime_ns) for file in files if file.exists())


def page(folder: RunFolder) -> str:
    """The report with a script that loads it again when it has changed."""
    try:
        text = render(folder)
    except RunFolderError as error:
        # a run that is writing may show a file that is about to be replaced
        text = f"<html><body><p>{error.message}</p></body></html>"
    return text.replace("</body>", RENEWAL, 1)
