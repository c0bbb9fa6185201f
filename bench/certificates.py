"""Certificates for the hosts of the bench, as the web has them: a root, one in the middle, one for
twenty hosts each.

One for a thousand hosts would not do: a client reads all names of a certificate, and that many cost
it a millisecond."""

from __future__ import annotations

import ssl
import subprocess
import threading
from pathlib import Path

TOGETHER = 20  # hosts that share a certificate
_NEW = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
]
# By the letter of RFC 5280, as Python 3.13 wants it.
_AUTHORITY = ("basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,cRLSign")


class Certificates:
    """What the server shows; each is made, by openssl, when a host is first asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts: dict[tuple[str, int], ssl.SSLContext] = {}
        self.making = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        if not bundle(folder).exists():
            self._make("root", "the root of the bench", *_AUTHORITY)
            self._make("middle", "the one in the middle", *_AUTHORITY, by="root")

    def context(self, address: str) -> ssl.SSLContext:
        """Return the context for a host, 127.a.b.c."""
        network, _, last = address.rpartition(".")
        block = network, int(last) // TOGETHER
        with self.making:
            if block not in self.contexts:
                self.contexts[block] = self._context(*block)
            return self.contexts[block]

    def _context(self, network: str, place: int) -> ssl.SSLContext:
        hosts = range(place * TOGETHER, min((place + 1) * TOGETHER, 256))
        names = ",".join(f"IP:{network}.{last}" for last in hosts)
        name = f"{network}-{place}"
        self._make(
            name,
            "hosts of the bench",
            f"subjectAltName={names}",
            "basicConstraints=CA:false",
            by="middle",
        )
        chain = self.folder / f"{name}.chain"
        chain.write_text(
            "".join((self.folder / f"{one}.crt").read_text() for one in (name, "middle"))
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, self.folder / f"{name}.key")
        return context

    def _make(self, name: str, title: str, *extensions: str, by: str = "") -> None:
        command = [*_NEW, "-subj", f"/CN={title}", "-keyout", f"{name}.key", "-out", f"{name}.crt"]
        for extension in (
            *extensions,
            "subjectKeyIdentifier=hash",
            *(["authorityKeyIdentifier=keyid"] if by else []),
        ):
            command += ["-addext", extension]
        if by:
            command += ["-CA", f"{by}.crt", "-CAkey", f"{by}.key"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)


def bundle(folder: Path) -> Path:
    """Return the file of the root, for clients to trust."""
    return folder / "root.crt"
