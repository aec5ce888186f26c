"""A stand-in for the Hugging Face Hub: as much of its HTTP interface as publishing and loading a dataset asks for.

The real clients (`huggingface_hub`, `datasets`) talk to it. It keeps repositories as a git server does: commits point
to trees of files, branches and tags to commits, and large files lie apart by their SHA-256. Where the Hub is known to
refuse something (a stale parent commit, a tag that is there, a large file that was never sent, no or too weak a token),
it refuses, too. It knows no quotas, no Xet storage, no redirects to another host, and no pull requests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from hub_repos import Blob, Commit, RefusalError, Reply, Repo, pointer, small

WRITER = "hf_writer"
READER = "hf_reader"
"""Tokens: one that may write, one that may only read. No token may read what is public."""

LARGE = re.compile(r"\.parquet$")
DAY = "2026-01-01T00:00:00.000Z"


class Hub:
    """The server. `url` is where it listens, `repos` what it holds, `requests` what was asked of it."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.requests: list[str] = []
        self.before: Callable[[str], None] = lambda request: None
        """Called with "METHOD path" before each request is answered; a `RefusalError` that it raises is the answer."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = urlsplit(self.path)
                try:
                    reply = hub.answer(self.command, unquote(path.path), path.query, body, dict(self.headers))
                except RefusalError as refusal:
                    reply = refusal.reply
                status, value, headers = reply
                data = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                for name, text in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, text)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._lock = threading.Lock()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Reply:
        with self._lock:
            self.requests.append(f"{method} {path}")
            self.before(f"{method} {path}")
            token = {k.lower(): v for k, v in headers.items()}.get("authorization", "").removeprefix("Bearer ")
            for verb, pattern, answer in ROUTES:
                found = re.fullmatch(pattern, path)
                if found and method in verb.split("|"):
                    named = found.groupdict()
                    if answer in WRITING:
                        _check_writer(token)
                    if "repo" in named:
                        named["repo"] = self._repo(named["repo"], token)
                    return answer(self, Request(body, query, {k.lower(): v for k, v in headers.items()}), **named)
            raise RefusalError(404, f"Nothing answers {method} {path}")

    def name_of(self, repo: Repo) -> str:
        return next(name for name, there in self.repos.items() if there is repo)

    def _repo(self, name: str, token: str) -> Repo:
        repo = self.repos.get(name)
        if repo is None or (repo.private and token not in (WRITER, READER)):
            # as the Hub does: who is not known is not told whether there is such a repository
            raise RefusalError(404 if token else 401, "Repository not found", "RepoNotFound")
        return repo


def _check_writer(token: str) -> None:
    if not token:
        raise RefusalError(401, "Invalid username or password.")
    if token != WRITER:
        raise RefusalError(403, "Forbidden: you must use a token with write access.")


@dataclass(frozen=True)
class Request:
    body: bytes
    query: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def _ok(value: Any = None, **headers: str) -> Reply:
    return 200, {} if value is None else value, {name.replace("_", "-"): text for name, text in headers.items()}


def create(hub: Hub, request: Request) -> Reply:
    asked = request.json
    name = f"{asked['organization'] or 'me'}/{asked['name']}"
    told = {"url": f"{hub.url}/datasets/{name}", "name": name}
    if name in hub.repos:
        return 409, {**told, "error": "You already created this dataset repo"}, {}
    repo = hub.repos[name] = Repo(private=asked.get("visibility") == "private" or bool(asked.get("private")))
    repo.branches["main"] = repo.add(Commit(None, "initial commit", {".gitattributes": small(b"*.parquet lfs\n")}))
    return _ok(told)


def validate(hub: Hub, request: Request) -> Reply:
    return _ok({"errors": [], "warnings": []})


def info(hub: Hub, request: Request, repo: Repo, revision: str = "main") -> Reply:
    oid = repo.find(revision or "main")
    names = [{"rfilename": path} for path in sorted(repo.commits[oid].tree)]
    name = hub.name_of(repo)
    return _ok({"id": name, "_id": "0", "sha": oid, "siblings": names, "private": repo.private, "gated": False,
                "disabled": False, "downloads": 0, "likes": 0, "tags": [], "lastModified": DAY, "createdAt": DAY,
                "author": name.split("/")[0], "key": ""})  # fmt: skip


def preupload(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    tree = repo.commits[repo.find(revision)].tree
    files = []
    for file in request.json["files"]:
        blob = tree.get(file["path"])
        large = bool(LARGE.search(file["path"])) or file["size"] > 10_000_000
        oid = {"oid": blob.sha256 or blob.oid} if blob else {}
        files.append({"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, **oid})
    return _ok({"files": files})


def batch(hub: Hub, request: Request, repo: Repo) -> Reply:
    name = hub.name_of(repo)
    objects = []
    for asked in request.json["objects"]:
        found: dict[str, Any] = {"oid": asked["oid"], "size": asked["size"]}
        if asked["oid"] not in repo.large:
            found["actions"] = {"upload": {"href": f"{hub.url}/large/{name}/{asked['oid']}"}}
        objects.append(found)
    return _ok({"transfer": "basic", "objects": objects})


def commit(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    lines = [json.loads(line) for line in request.body.splitlines()]
    parent = repo.branches.get(revision)
    if parent is None:
        raise RefusalError(404, "Invalid rev id: " + revision, "RevisionNotFound")
    header = lines[0]["value"]
    if header.get("parentCommit", parent) != parent:
        raise RefusalError(412, "A commit has happened since. Please refresh and try again.")
    tree = dict(repo.commits[parent].tree)
    for line in lines[1:]:
        value, path = line["value"], line["value"]["path"]
        if line["key"] == "file":
            tree[path] = small(base64.b64decode(value["content"]))
        elif line["key"] == "lfsFile":
            if value["oid"] not in repo.large:
                raise RefusalError(400, f"The large file of {path} was never uploaded")
            tree[path] = pointer(value["oid"], len(repo.large[value["oid"]]))
        elif line["key"] == "deletedFile":
            if path not in tree:
                raise RefusalError(404, f"A file with this name doesn't exist: {path}", "EntryNotFound")
            del tree[path]
        else:
            raise RefusalError(400, f"Unknown operation {line['key']}")
    oid = repo.branches[revision] = repo.add(Commit(parent, header["summary"], tree))
    where = f"{hub.url}/datasets/{hub.name_of(repo)}/commit/{oid}"
    return _ok({"success": True, "commitOid": oid, "commitUrl": where, "hookOutput": ""})


def _entry(path: str, blob: Blob) -> dict[str, Any]:
    large = {"lfs": {"oid": blob.sha256, "size": blob.size, "pointerSize": 130}} if blob.sha256 else {}
    return {"type": "file", "path": path, "oid": blob.oid, "size": blob.size, **large}


def _below(tree: dict[str, Blob], folder: str, recursive: bool) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path, blob in sorted(tree.items()):
        inside = path[len(folder) :].lstrip("/")
        if folder and not path.startswith(folder + "/"):
            continue
        parents = inside.split("/")[:-1]
        for depth in range(1, len(parents) + 1 if recursive else min(len(parents), 1) + 1):
            name = "/".join(filter(None, [folder, *parents[:depth]]))
            found[name] = {"type": "directory", "path": name, "oid": "0" * 40, "size": 0}
        if recursive or not parents:
            found[path] = _entry(path, blob)
    return list(found.values())


def tree(hub: Hub, request: Request, repo: Repo, revision: str, folder: str = "") -> Reply:
    files = repo.commits[repo.find(revision)].tree
    if folder and not any(path.startswith(folder + "/") for path in files):
        raise RefusalError(404, f"{folder} does not exist", "EntryNotFound")
    return _ok(_below(files, folder or "", "recursive=true" in request.query.lower()))


def paths(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    files = repo.commits[repo.find(revision)].tree
    asked = [unquote(found.replace("+", " ")) for found in re.findall(r"paths=([^&]*)", request.body.decode())]
    folders = [{"type": "directory", "path": path, "oid": "0" * 40, "size": 0} for path in asked
               if any(there.startswith(path + "/") for there in files)]  # fmt: skip
    return _ok([*folders, *(_entry(path, files[path]) for path in asked if path in files)])


def refs(hub: Hub, request: Request, repo: Repo) -> Reply:
    def told(kind: str, names: dict[str, str]) -> list[dict[str, str]]:
        return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": oid} for n, oid in sorted(names.items())]

    return _ok({"branches": told("heads", repo.branches), "converts": [], "tags": told("tags", repo.tags),
                "pullRequests": []})  # fmt: skip


def commits(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    return _ok([{"id": oid, "title": commit.title, "message": "", "authors": [{"user": "me"}], "date": DAY}
                for oid, commit in repo.history(revision)])  # fmt: skip


def add_tag(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    name = request.json["tag"]
    if name in repo.tags:
        raise RefusalError(409, f"Tag reference exists already: {name}")
    repo.tags[name] = repo.find(revision)
    return _ok()


def delete_tag(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    if repo.tags.pop(revision, None) is None:
        raise RefusalError(404, f"No tag {revision}", "RevisionNotFound")
    return _ok()


def add_branch(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    if revision in repo.branches:
        raise RefusalError(409, f"Reference already exists: {revision}")
    asked = json.loads(request.body or b"{}")
    repo.branches[revision] = repo.find(asked.get("startingPoint") or "main")
    return _ok()


def delete_branch(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    if revision == "main" or repo.branches.pop(revision, None) is None:
        raise RefusalError(404, f"No branch {revision}", "RevisionNotFound")
    return _ok()


def squash(hub: Hub, request: Request, repo: Repo, revision: str) -> Reply:
    if revision not in repo.branches:
        raise RefusalError(400, "Only a branch can be squashed")
    head = repo.commits[repo.branches[revision]]
    repo.branches[revision] = repo.add(Commit(None, request.json["message"], head.tree))
    return _ok()


def list_large(hub: Hub, request: Request, repo: Repo) -> Reply:
    names = {blob.sha256: (path, ref) for ref in [*repo.branches, *repo.tags] for _, commit in repo.history(ref)
             for path, blob in commit.tree.items() if blob.sha256}  # fmt: skip
    return _ok([
        {"fileOid": sha, "filename": names.get(sha, ("", ""))[0], "oid": sha, "pushedAt": DAY,
         "ref": names.get(sha, ("", None))[1], "size": len(data), "pusher": None} for sha, data in repo.large.items()
    ])  # fmt: skip


def delete_large(hub: Hub, request: Request, repo: Repo) -> Reply:
    asked = request.json["deletions"]
    if not asked["rewriteHistory"] and set(asked["sha"]) & repo.reachable():
        raise RefusalError(400, "Some commits still point to these files")
    repo.purge(set(asked["sha"]))
    return _ok()


def put_large(hub: Hub, request: Request, repo: Repo, sha: str) -> Reply:
    # as at the Hub, the address alone gives leave to write here: it is told to writers only
    if hashlib.sha256(request.body).hexdigest() != sha:
        raise RefusalError(400, "These bytes have another SHA-256")
    repo.large[sha] = request.body
    return _ok()


def resolve(hub: Hub, request: Request, repo: Repo, revision: str, path: str) -> Reply:
    oid = repo.find(revision)
    blob = repo.commits[oid].tree.get(path)
    if blob is None:
        raise RefusalError(404, f"{path} does not exist on {revision}", "EntryNotFound")
    data = blob.data if blob.data is not None else repo.large.get(blob.sha256 or "")
    if data is None:
        raise RefusalError(404, f"The large file of {path} was deleted", "EntryNotFound")
    headers = {"X-Repo-Commit": oid, "ETag": f'"{blob.sha256 or blob.oid}"', "Accept-Ranges": "bytes",
               "Content-Type": "application/octet-stream"}  # fmt: skip
    if blob.sha256:
        headers |= {"X-Linked-ETag": f'"{blob.sha256}"', "X-Linked-Size": str(len(data))}
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if asked and data:
        start, end = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return 206, data[start : end + 1], {**headers, "Content-Length": str(end + 1 - start)}
    return 200, data, {**headers, "Content-Length": str(len(data))}


_API = r"/api/datasets/(?P<repo>[^/]+/[^/]+)"
ROUTES: list[tuple[str, str, Callable[..., Reply]]] = [
    ("POST", r"/api/repos/create", create),
    ("POST", r"/api/validate-yaml", validate),
    ("GET", _API, info),
    ("GET", _API + r"/revision/(?P<revision>.+)", info),
    ("POST", _API + r"/preupload/(?P<revision>.+)", preupload),
    ("POST", _API + r"/commit/(?P<revision>.+)", commit),
    ("GET", _API + r"/tree/(?P<revision>[^/]+)(?:/(?P<folder>.*))?", tree),
    ("POST", _API + r"/paths-info/(?P<revision>.+)", paths),
    ("GET", _API + r"/refs", refs),
    ("GET", _API + r"/commits/(?P<revision>.+)", commits),
    ("POST", _API + r"/tag/(?P<revision>.+)", add_tag),
    ("DELETE", _API + r"/tag/(?P<revision>.+)", delete_tag),
    ("POST", _API + r"/branch/(?P<revision>.+)", add_branch),
    ("DELETE", _API + r"/branch/(?P<revision>.+)", delete_branch),
    ("POST", _API + r"/super-squash/(?P<revision>.+)", squash),
    ("GET", _API + r"/lfs-files", list_large),
    ("POST", _API + r"/lfs-files/batch", delete_large),
    ("POST", r"/datasets/(?P<repo>[^/]+/[^/]+)\.git/info/lfs/objects/batch", batch),
    ("PUT", r"/large/(?P<repo>[^/]+/[^/]+)/(?P<sha>[0-9a-f]{64})", put_large),
    ("GET|HEAD", r"/datasets/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)", resolve),
]
WRITING = {create, preupload, commit, add_tag, delete_tag, add_branch, delete_branch, squash, delete_large, batch}
