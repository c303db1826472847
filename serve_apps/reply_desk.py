"""The reply desk: what the routes of replies and of the stage ask for. Knows neither HTTP nor Ray."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from koubo.reading import MerchantReader, UnsupportedLanguage
from koubo.replies.answer import reply
from koubo.replies.reply import Manner, Reply
from serve_apps.parts import FactsPart
from serve_apps.problems import FieldProblem, NotFound, Unprocessable
from serve_apps.reply_log import LoggedComment, NewComment, ReplyLog
from serve_apps.stage import OnStage, Stage
from serve_apps.storing import stored


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply, and the id under which its comment is logged for a person; None where it is not."""

    reply: Reply
    open_id: int | None


class ReplyDesk:
    """Answers comments, logs those that a person has to answer, and holds the stage.

    Args:
        facts: the products.
        log: of comments for a person.
        stage: what the host speaks of now.
        read: how replies are read aloud.
    """

    def __init__(self, facts: FactsPart, log: ReplyLog, stage: Stage, read: MerchantReader | None = None) -> None:
        self._facts = facts
        self._log = log
        self._stage = stage
        self._read = read or MerchantReader()

    async def reply(self, comment: str, product_id: str | None, manner: Manner, at: datetime) -> Replied:
        """Reply to a comment about a product, or about the one on stage where None is named.

        A reply that says that it was noted is given only once it is: the log is written first.

        Raises:
            NotFound: the product is unknown.
            Unprocessable: nothing is named and nothing is on stage, or the product's name cannot be read aloud.
            Unavailable: facts cannot be had, or the log cannot be written.
        """
        live = await self._facts.product(product_id or (await self.on_stage_or_refuse()).product_id, at)
        try:
            made = reply(comment, live, manner, self._read)
        except UnsupportedLanguage as error:
            raise Unprocessable(f"product {live.product.id!r}: {error}") from error
        return Replied(made, await self._keep(comment, made))

    async def _keep(self, comment: str, made: Reply) -> int | None:
        if made.open is None:
            return None
        intent, why = made.understood.intent, made.open
        new = NewComment(made.product_id, comment.strip(), intent, why, made.needs_human, made.at)
        return await stored("replies", lambda: self._log.add(new))

    async def open(self, after: int, limit: int) -> tuple[int, Sequence[LoggedComment]]:
        """How many comments wait for a person, and a page of them."""
        return await stored("replies", lambda: (self._log.open_count(), self._log.open(after, limit)))

    async def close(self, comment_id: int, at: datetime, actor: str, note: str | None) -> LoggedComment:
        """Close a comment. Raises NotFound."""
        found = await stored("replies", lambda: self._log.close_comment(comment_id, at, actor, note))
        if found is None:
            raise NotFound(f"comment {comment_id}: none was logged with this id")
        return found

    async def put_on_stage(self, product_id: str, script_id: str | None, at: datetime) -> OnStage:
        """Put a product on stage. Raises NotFound where it is unknown."""
        await self._facts.product(product_id, at)
        now = OnStage(product_id, script_id, at)
        await stored("replies", lambda: self._stage.put(now))
        return now

    async def on_stage(self) -> OnStage | None:
        """What is on stage; None before anything was."""
        return await stored("replies", self._stage.get)

    async def on_stage_or_refuse(self) -> OnStage:
        """What is on stage. Raises Unprocessable, naming the field that could be given instead."""
        now = await self.on_stage()
        if now is None:
            wrong = FieldProblem(field="product_id", message="is absent, and nothing is on stage: PUT /v1/stage first")
            raise Unprocessable(f"product_id: {wrong.message}", errors=[wrong])
        return now
