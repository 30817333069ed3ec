"""A page in a real browser without a window: what it shows, what it says to a screen reader, what goes wrong in it."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Page:
    """One page, spoken to over a pair of pipes in the browser's own protocol."""

    def __init__(self, out: int, back: int) -> None:
        self._out, self._back, self._number, self._rest = out, back, 0, b""
        self._tab: str | None = None
        self.trouble: list[str] = []
        self.asked: list[str] = []

    def call(self, method: str, **parameters):
        """Return what the browser answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._tab is not None:
            message["sessionId"] = self._tab
        os.write(self._out, json.dumps(message).encode() + b"\0")
        for answer in self._messages():
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
        raise AssertionError("the browser has gone")

    def _messages(self) -> Iterator[dict]:
        while True:
            while b"\0" not in self._rest:
                part = os.read(self._back, 1 << 16)
                if not part:
                    return
                self._rest += part
            line, _, self._rest = self._rest.partition(b"\0")
            message = json.loads(line)
            self._note(message)
            yield message

    def _note(self, message: dict) -> None:
        said = message.get("params", {})
        if message.get("method") == "Log.entryAdded":
            self.trouble.append(said["entry"]["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            self.trouble.append(json.dumps(said["exceptionDetails"]))
        elif message.get("method") == "Page.javascriptDialogOpening":
            self.trouble.append(f"dialog: {said['message']}")
        elif message.get("method") == "Network.requestWillBeSent":
            self.asked.append(said["request"]["url"])

    def attach(self) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._tab = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{part}.enable")

    def open(self, path: Path, *, width: int = 1100, dark: bool = False, script: bool = True) -> None:
        """Load a file and wait until it is there."""
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=path.resolve().as_uri())
        for _ in range(200):
            if self.look("document.readyState") == "complete":
                return
            time.sleep(0.05)
        raise AssertionError("the page did not load")

    def look(self, expression: str):
        """Return the value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}[key])

    def heard(self) -> list[tuple[str, str]]:
        """Return role and name of all that a screen reader is told."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
        ]


@contextmanager
def browsing(folder: Path) -> Iterator[Page]:
    """Give a page of chromium; the test is skipped, saying so, where there is none or it does not start."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium on this machine to open the page in")
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    # The protocol wants descriptors 3 and 4; the shell puts them there.
    command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
    arguments = [program, *flags, f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"]
    process = subprocess.Popen(
        ["/bin/bash", "-c", command, *arguments],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    page = Page(from_us, to_us)
    try:
        try:
            page.attach()
        except (AssertionError, BrokenPipeError):
            pytest.skip("chromium does not start here")
        yield page
    finally:
        process.terminate()
        process.wait(20)
        os.close(from_us)
        os.close(to_us)
