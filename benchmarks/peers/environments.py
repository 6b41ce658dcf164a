"""An environment for each peer, with exact versions; the project's installed packages are shared."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).parent


def python_of(name: str | None, folder: Path) -> Path:
    """Return the Python of an environment, which is created in a folder if it is not up to date there.

    The packages of the running environment (PyTorch is large) can be imported too, those of the peer first.
    So all systems use the same PyTorch, unless a peer needs another version, which pip then installs for it.

    Args:
        name: The requirements file `NAME.txt` in this folder; None for the running environment.
        folder: Where environments are kept.

    Raises:
        subprocess.CalledProcessError: it cannot be created.
    """
    if name is None:
        return Path(sys.executable)
    requirements = HERE / f"{name}.txt"
    environment = folder / name / "venv"
    python = environment / "bin" / "python"
    shared = sysconfig.get_path("purelib")
    recipe = f"{sys.version}\n{shared}\n{requirements.read_text(encoding='utf-8')}"
    stamp = environment / "made-from.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == recipe:
        return python
    print(f"Making the environment of {name}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(packages, "shared.pth").write_text(f"{shared}\n", encoding="utf-8")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*pip, "--requirement", str(requirements)], check=True)
    stamp.write_text(recipe, encoding="utf-8")
    return python
