"""The package as others install it: built, installed elsewhere, and run there."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
PLATFORMS = {
    "Linux x86-64, glibc": ("linux", "x86_64", "manylinux_2_28_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64"),
    "Linux ARM64, glibc": ("linux", "aarch64", "manylinux_2_28_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64"),
    "Linux x86-64, musl": ("linux", "x86_64", "musllinux_1_2_x86_64 musllinux_1_1_x86_64"),
    "Linux ARM64, musl": ("linux", "aarch64", "musllinux_1_2_aarch64 musllinux_1_1_aarch64"),
    "macOS ARM64": ("darwin", "arm64", "macosx_14_0_arm64 macosx_12_0_arm64 macosx_11_0_arm64"),
}  # fmt: skip
SDIST_ONLY = {"feedgen"}  # its release 1.0.0 has no wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the unpacked sdist as the release workflow does."""
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder, "sdist")
    (sdist,) = folder.glob("*.tar.gz")
    shutil.unpack_archive(sdist, folder)
    build(folder / sdist.name.removesuffix(".tar.gz"), folder, "wheel")
    (wheel,) = folder.glob("*.whl")
    return wheel


def build(source: Path, folder: Path, kind: str, **environment: str) -> None:
    code = f"import hatchling.build as b; b.build_{kind}({str(folder)!r})"
    subprocess.run(
        [sys.executable, "-c", code], cwd=source, env=os.environ | environment, check=True
    )


def contents(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


@pytest.mark.slow
def test_a_wheel_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    """It publishes the samples, and `check` finds nothing: templates and languages are inside."""
    place, planet = tmp_path / "installed", tmp_path / "planet"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]  # noqa: RUF005
        + ["--target", str(place), str(wheel)],
        check=True,
    )
    shutil.copytree(wheel.parent / wheel.name.split("-py3")[0] / "samples", planet / "samples")
    shutil.copy(ROOT / "feeds.toml", planet)
    environment = os.environ | {"PYTHONPATH": str(place)}
    told = "import syndicator; print(syndicator.__file__)"
    module = subprocess.run(
        [sys.executable, "-c", told], cwd=planet, env=environment, check=True, capture_output=True
    )
    assert Path(module.stdout.decode().strip()).is_relative_to(place)
    for command in ("run", "check"):
        subprocess.run(
            [sys.executable, "-m", "syndicator", command], cwd=planet, env=environment, check=True
        )
    page = (planet / "public" / "index.html").read_text("utf-8")
    assert "Planet Vietnam" in page


@pytest.mark.slow
def test_the_metadata_of_a_wheel(wheel: Path) -> None:
    """The licence is an SPDX expression with its file; no address is invented."""
    inside = contents(wheel)
    (metadata,) = (text for name, text in inside.items() if name.endswith("dist-info/METADATA"))
    assert "License-Expression: MIT" in metadata
    assert "Project-URL" not in metadata
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in inside)


@pytest.mark.slow
def test_a_release_that_knows_its_repository(tmp_path: Path) -> None:
    """The release workflow names it, and the metadata links there."""
    build(ROOT, tmp_path, "wheel", SYNDICATOR_REPOSITORY="https://forge.example/us/syndicator")
    (wheel,) = tmp_path.glob("*.whl")
    (metadata,) = (
        text for name, text in contents(wheel).items() if name.endswith("dist-info/METADATA")
    )
    assert "Project-URL: Source, https://forge.example/us/syndicator" in metadata


@pytest.mark.slow
def test_the_man_page_of_a_wheel(wheel: Path) -> None:
    """It has every command and option of the parser."""
    (page,) = (text for name, text in contents(wheel).items() if name.endswith("/syndicator.1"))
    assert page.startswith(".TH SYNDICATOR 1")
    for word in (".SS run", ".SS withdraw", "\\-\\-rerender", ".SH EXIT STATUS"):
        assert word in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "expected"),
    [("syndicator ru", "run"), ("syndicator run --re", "--rerender"), ("syndicator --v", "--version")],
)  # fmt: skip
def test_completion_in_bash(wheel: Path, tmp_path: Path, typed: str, expected: str) -> None:
    """The completion of the wheel offers what the parser knows."""
    script = tmp_path / "completion"
    inside = contents(wheel)
    script.write_text(next(text for name, text in inside.items() if "/bash-completion/" in name))
    words = typed.split()
    shell = f"""source {script}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
        _syndicator; echo "${{COMPREPLY[@]}}" """
    told = subprocess.run(["bash", "-c", shell], check=True, capture_output=True, text=True)
    assert told.stdout.split() == [expected]


@pytest.mark.slow
@pytest.mark.parametrize(("shell", "part"), [("zsh", "/site-functions/"), ("fish", "/fish/")])
def test_completion_in_other_shells(wheel: Path, tmp_path: Path, shell: str, part: str) -> None:
    """The files name each option; where the shell is installed, it reads them without a
    complaint.
    """
    text = next(text for name, text in contents(wheel).items() if part in name)
    assert "rerender" in text
    if shutil.which(shell):
        (tmp_path / "completion").write_text(text)
        subprocess.run([shell, "-n", str(tmp_path / "completion")], check=True)


def test_a_filter_with_patterns_without_their_library(tmp_path: Path) -> None:
    """The configuration is refused with the command that helps; nothing falls back to `re`."""
    (tmp_path / "feeds.toml").write_text(
        '[feed]\ntitle = "T"\n[[sources]]\nurl = "x.xml"\nfilter = { exclude = { title = "a+" } }\n'
    )
    code = (
        "import sys; sys.modules['re2'] = None; from syndicator.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'syndicator[filters]'" in done.stderr


def test_filters_without_patterns_need_no_library(tmp_path: Path) -> None:
    """Age, number and categories are ours."""
    (tmp_path / "feeds.toml").write_text(
        '[feed]\ntitle = "T"\n[[sources]]\nurl = "x.xml"\n'
        'filter = { max_age = "30d", newest = 3, exclude = { category = ["a"] } }\n'
    )
    code = (
        "import sys; sys.modules['re2'] = None; from syndicator.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "status"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "re2" not in done.stderr


def test_every_import_of_the_package_is_declared() -> None:
    """Each library that our modules import stands in pyproject.toml."""
    names = {"babel": "babel", "dateutil": "python-dateutil", "re2": "google-re2"}
    extras = [text for texts in PROJECT["optional-dependencies"].values() for text in texts]
    declared = {Requirement(text).name.lower() for text in [*PROJECT["dependencies"], *extras]}
    for path in (ROOT / "syndicator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            for module in (name.partition(".")[0] for name in modules):
                known = module in sys.stdlib_module_names or module == "syndicator"
                assert known or names.get(module, module).lower() in declared, f"{path}: {module}"


def test_what_has_no_wheel_is_plain_python() -> None:
    """It needs no compiler on any machine."""
    for name in SDIST_ONLY:
        assert not [path for path in files(name) or [] if path.suffix in {".so", ".pyd"}]


def requirements(python: str, system: str, machine: str) -> list[str]:
    """Return what an installation on such a machine asks for, without markers."""
    environment = {"python_version": python, "sys_platform": system, "platform_machine": machine}
    wanted = [Requirement(text) for text in PROJECT["dependencies"]]
    here = [one for one in wanted if not one.marker or one.marker.evaluate(environment)]
    return [f"{one.name}{one.specifier}" for one in here if one.name not in SDIST_ONLY]


@pytest.fixture(scope="module")
def _package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.mktemp("index"))
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, "idna"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except subprocess.SubprocessError:
        pytest.skip("no package index can be reached")


@pytest.mark.machine
@pytest.mark.skipif(
    not os.environ.get("SYNDICATOR_INDEX"),
    reason="asks a package index some hundred times: set SYNDICATOR_INDEX=1",
)
@pytest.mark.usefixtures("_package_index")
@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_wheels(python: str, tmp_path: Path) -> None:
    """On each platform that we name, with each Python, nothing has to be compiled."""

    def complaint(platform: str) -> str:
        system, machine, tags = PLATFORMS[platform]
        command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed"]
        # pip compares Requires-Python with the Python that runs it; the tags of wheels tell as well.
        command += ["--only-binary=:all:", "--ignore-requires-python"]
        command += ["--implementation", "cp", "--python-version", python]
        command += [word for tag in tags.split() for word in ("--platform", tag)]
        command += ["--target", str(tmp_path), *requirements(python, system, machine)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        return "" if done.returncode == 0 else f"{platform}: {done.stderr}"

    with ThreadPoolExecutor(len(PLATFORMS)) as pool:
        assert not [text for text in pool.map(complaint, PLATFORMS) if text]


def test_an_audit_that_looked_nothing_up(tmp_path: Path) -> None:
    """It says so and fails, unless that was allowed; it never says that nothing is vulnerable."""
    command = [sys.executable, "-S", str(ROOT / ".ci/audit"), str(tmp_path)]  # -S: no pip-audit
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:30]) == (2, "audit: nothing was looked up: ")
    assert subprocess.run([*command, "--offline-is-fine"], check=False).returncode == 0
