"""``jukiflow``: every command of an installation, one line each.

Command modules import heavy libraries inside their functions, so that ``--help`` is quick.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

import typer

from cli.keys import keys
from cli.register import import_people, municipality
from cli.resume import resume
from cli.stack import adopt_local_stack, demo, down, migrate, up
from cli.verify import verify
from runtime.exit import leave

if TYPE_CHECKING:
    from pydantic import ValidationError

# Pretty tracebacks would print local variables, and with them people.
app = typer.Typer(
    name="jukiflow",
    help="住民基本台帳の手続を、途中で何が壊れても最後まで一度だけ行う。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback()(adopt_local_stack)
app.command()(up)
app.command()(down)
app.command()(demo)
app.command()(migrate)
app.add_typer(keys, name="keys")
app.add_typer(municipality, name="municipality")
app.command("import")(import_people)
app.command()(verify)
app.command()(resume)


def main() -> NoReturn:
    """Run one command and leave; what goes wrong is told in a sentence, never as a traceback."""
    from pydantic import ValidationError

    from local.supervisor import StackFailed
    from register.migrate import MigrationRefused
    from runtime.keyring import KeyringUnusable
    from runtime.logging import configure

    configure("WARNING", process="cli")
    try:
        app()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else 1)
    except (StackFailed, MigrationRefused) as failure:
        _say(str(failure))
    except KeyringUnusable as failure:
        _say(f"鍵束が使えません（{failure}）。jukiflow keys init を確認してください。")
    except ValidationError as failure:
        _say(_missing(failure))
    except KeyboardInterrupt:
        leave(130)
    except Exception:
        logging.getLogger("jukiflow").exception("UNCAUGHT")
    leave(1)


def _missing(failure: ValidationError) -> str:
    names = (f"JUKI_{error['loc'][0]}".upper() for error in failure.errors() if error["loc"])
    return f"設定を確認してください: {'、'.join(names)}（.env.example に説明があります）"


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)


if __name__ == "__main__":
    main()
