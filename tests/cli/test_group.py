import click
import pytest
from click.testing import CliRunner

from wordvec.cli import COMMANDS, cli


def test_a_mistake_of_ours_is_one_line_and_a_traceback_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def info() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("wordvec.cli.info.info", info)
    monkeypatch.delenv("WORDVEC_DEBUG", raising=False)
    result = CliRunner().invoke(cli, ["info"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: a mistake in wordvec itself (ZeroDivisionError: division by zero); please report it, "
        "with what the same command prints under WORDVEC_DEBUG=1.\n"
    )
    monkeypatch.setenv("WORDVEC_DEBUG", "1")
    assert isinstance(CliRunner().invoke(cli, ["info"]).exception, ZeroDivisionError)


def test_usage_errors_and_help_pass_through() -> None:
    assert CliRunner().invoke(cli, ["--help"]).exit_code == 0
    assert CliRunner().invoke(cli, ["info", "--nonsense"]).exit_code == 2
    assert CliRunner().invoke(cli, ["nonsense"]).exit_code == 2
    assert set(COMMANDS) <= set(CliRunner().invoke(cli, ["--help"]).stdout.split())
