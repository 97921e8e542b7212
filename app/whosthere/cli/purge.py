"""`whosthere purge`."""

from __future__ import annotations

import click

from whosthere.cli.installation import installation
from whosthere.cli.output import json_option, show_json, show_table
from whosthere.cli.progress import bar
from whosthere.services.purge import purge as run

_WORDS = {
    "anonymousConversations": "Conversations of anonymous users who are over: ended",
    "resolvedConversations": "Conversations resolved 14 days ago: ended",
    "erasures": "Erasures of people that were stopped: finished",
    "oldConversations": "Closed conversations older than the platform keeps them: deleted",
    "unsentAttachments": "Files uploaded a day ago and never sent: removed",
    "strayFiles": "Files that belong to nothing: removed",
    "interruptedUploads": "Uploads that broke off a day ago: removed",
    "anonymousUsers": "Anonymous users who never said anything: removed",
    "revokedSessions": "Revocations of sessions that are over: removed",
    "endedAnonymous": "Marks of anonymous users who ended long ago: removed",
    "refusalCounts": "Counters of refusals older than 90 days: removed",
    "refusalSamples": "Samples of refusals older than 90 days: removed",
    "outbox": "Mail queued 30 days ago: removed",
    "agentSessions": "Sessions of agents that are over: removed",
    "agentLinks": "Invitations and links to new passwords that are over: removed",
    "signInTries": "Counters of tries to sign in: removed",
}


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Count only; change nothing.")
@json_option
def command(dry_run: bool, as_json: bool) -> None:
    """End and remove what has expired. Run it once a day, while the server runs; interrupt it whenever you like."""
    with installation() as runtime, bar(quiet=as_json or dry_run) as progress:
        purged = run(runtime, dry_run=dry_run, progress=progress)
    if as_json:
        show_json({"dryRun": dry_run, "purged": purged})
        return
    rows = [[str(number), _WORDS.get(name, name)] for name, number in purged.items() if number]
    show_table(["Number", "Would be purged" if dry_run else "Purged"], rows, empty="Nothing has expired.")
