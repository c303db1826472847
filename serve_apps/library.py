"""The library: scripts under their ids, every change of one a new revision. Knows neither HTTP nor Ray."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from koubo.reading import UnsupportedLanguage
from koubo.script.revise import NoSuchPlace, RevisionRefused
from koubo.script.script import Script, Status
from serve_apps.problems import ChangedMeanwhile, NotFound, Refused, Unprocessable, Unreadable
from serve_apps.script_store import KeptScript, Revision, RevisionConflict, RevisionPage, ScriptStore
from serve_apps.storing import stored

Seen = frozenset[int] | None
"""The revisions that a change may follow; None for any."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a script, by whom, and having seen which revisions of it.

    ``field`` is the request's field that a refusal is about.
    """

    actor: str
    what: str
    seen: Seen = None
    field: str = "body"


class ScriptLibrary:
    """Keeps scripts and their revisions in a store; its reads and writes wait for the disk in threads."""

    def __init__(self, store: ScriptStore) -> None:
        self._store = store

    async def add(self, script: Script, actor: str) -> Revision:
        """Keep a new script; durable when this returns."""
        return await stored("scripts", lambda: self._store.put(script, script.created_at, actor, "composed", 0))

    async def get(self, script_id: str, number: int | None = None) -> KeptScript:
        """A revision of a script, by default the current one. Raises NotFound."""
        return await stored("scripts", lambda: self._get(script_id, number))

    async def revisions(self, script_id: str) -> tuple[Revision, ...]:
        """All revisions of a script, the first one first. Raises NotFound."""
        found = await stored("scripts", lambda: self._store.revisions(script_id))
        if not found:
            raise _unknown(script_id)
        return found

    async def page(self, product_id: str | None, status: Status | None, offset: int, limit: int) -> RevisionPage:
        """See `ScriptStore.page`."""
        return await stored("scripts", lambda: self._store.page(product_id, status, offset, limit))

    async def change(self, script_id: str, change: Change, how: Callable[[Script], Script]) -> KeptScript:
        """Change a script as `how` says; the next revision once it is durable, the same one where nothing changed.

        Raises NotFound, ChangedMeanwhile where the current revision is not one of those seen, and Refused.
        """
        return await stored("scripts", lambda: self._change(script_id, change, how))

    async def seen(self, script_id: str, seen: Seen) -> KeptScript:
        """The current revision. Raises NotFound, and ChangedMeanwhile where it is not one of those seen."""
        kept = await self.get(script_id)
        _check_seen(kept.revision, seen)
        return kept

    async def follow(self, kept: KeptScript, changed: Script, change: Change) -> KeptScript:
        """Keep `changed` as the revision after `kept`. Raises ChangedMeanwhile where there is a later one already."""
        try:
            return await stored("scripts", lambda: self._follow(kept, changed, change))
        except RevisionConflict as conflict:
            raise _changed(kept.revision.script_id, conflict.current) from conflict

    def _get(self, script_id: str, number: int | None) -> KeptScript:
        try:
            kept = self._store.get(script_id, number)
        except ValidationError as error:
            raise _unreadable(script_id, error) from error
        if kept is None:
            raise _unknown(script_id, number)
        return kept

    def _change(self, script_id: str, change: Change, how: Callable[[Script], Script]) -> KeptScript:
        while True:
            kept = self._get(script_id, None)
            _check_seen(kept.revision, change.seen)
            with refusals(change.field):
                changed = how(kept.script)
            try:
                return self._follow(kept, changed, change)
            except RevisionConflict:  # somebody was faster: look again whether this may follow
                continue

    def _follow(self, kept: KeptScript, changed: Script, change: Change) -> KeptScript:
        if changed == kept.script:
            return kept
        now = datetime.now().astimezone()
        return KeptScript(self._store.put(changed, now, change.actor, change.what, kept.revision.number), changed)


@contextmanager
def refusals(field: str) -> Iterator[None]:
    """Turn the domain's refusals into problems."""
    try:
        yield
    except NoSuchPlace as error:
        raise NotFound(str(error)) from error
    except RevisionRefused as error:
        raise Refused(error.refusals, field) from error
    except UnsupportedLanguage as error:
        raise Unprocessable(str(error)) from error


def _unknown(script_id: str, number: int | None = None) -> NotFound:
    what = "" if number is None else f", revision {number}"
    return NotFound(f"script {script_id!r}{what}: there is none with this id")


def _unreadable(script_id: str, error: ValidationError) -> Unreadable:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"]))
    return Unreadable(
        f"script {script_id!r} was kept by an earlier version and breaks a rule of this one ({field}: {first['msg']}); "
        "write it anew with POST /v1/scripts"
    )


def _check_seen(current: Revision, seen: Seen) -> None:
    if seen is not None and current.number not in seen:
        raise _changed(current.script_id, current)


def _changed(script_id: str, current: Revision | None) -> ChangedMeanwhile:
    if current is None:
        return ChangedMeanwhile(f"script {script_id!r}: it is not there any more")
    return ChangedMeanwhile(
        f"script {script_id!r} is at revision {current.number} now ({current.change}, by {current.actor}, at "
        f"{current.at.isoformat(timespec='seconds')}); read it again and repeat the change on what you find"
    )
