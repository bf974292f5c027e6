"""`heartbeat cockpit`: the cockpit in the browser, and tokens for those who may sign in to it."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.output import emit, json_option, tell
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import cockpit_variables, load_settings


@click.group("cockpit", invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0 for any that is free.")
@actor_option
@click.pass_context
def cockpit_command(context: click.Context, host: str, port: int, as_person: str | None) -> None:
    """Open the cockpit: metrics and lanes in the browser, to read by everybody on this machine.

    Prints a link that signs you in, so that you may change owners, thresholds and verifications. Runs until Ctrl-C.

    \b
    heartbeat cockpit
    heartbeat cockpit --port 9000 --as ann@example.org
    """
    if context.invoked_subcommand is not None:
        return
    # Here, since no other command needs a web server.
    from heartbeat_assets.cockpit.serving import serve
    from heartbeat_assets.cockpit.settings import cockpit_settings

    project = load_settings()
    settings = cockpit_settings(project, cockpit_variables(), host=host, port=port)
    serve(settings, the_actor(as_person, project).name, tell)


@cockpit_command.command("token", short_help="Make a token with which somebody can sign in.")
@click.argument("email")
@json_option
def token_command(email: str, as_json: bool | None) -> None:
    """Make a token for EMAIL, and the line of the operators file that lets its owner sign in.

    The token is shown this once and kept nowhere; the file has its hash alone.

    \b
    heartbeat cockpit token ann@example.org
    """
    from heartbeat_assets.cockpit.security.operators import new_token, operators_line
    from heartbeat_assets.metrics.emails import email_problem

    problem = email_problem(email)
    if problem:
        raise UsageProblem(f"EMAIL: {problem}")
    token = new_token()
    line = operators_line(email, token)
    people = (
        f"Token of {email}, to hand to them: {token}\nLine for the file that HEARTBEAT_COCKPIT_OPERATORS names:\n{line}"
    )
    emit({"email": email, "token": token, "line": line}, lambda: people, as_json)
