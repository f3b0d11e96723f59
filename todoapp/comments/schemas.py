"""What the verbs of comments take, and what the API shows of comments."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates

from todoapp.kit.fields import FormInput, Id, InstantField, Line, Prose, Whole
from todoapp.kit.paging import CursorMetaOut, MetaOut, PageQuery
from todoapp.tasks.schemas import PersonOut

LONGEST = 20_000
MOST_PEOPLE = 20


class CommentText(FormInput):
    """A text in Markdown that holds something to read."""

    body = Prose(LONGEST, required=True, metadata={"description": "Markdown", "minLength": 1})

    @validates("body")
    def something(self, body: str, **_kw: Any) -> None:
        """Spaces and invisible letters alone are nothing."""
        if not any(letter.isprintable() and not letter.isspace() for letter in body):
            raise ValidationError("Write something.")


class AddComment(CommentText):
    """A comment on a task, or an answer to one of its comments."""

    parent_comment_id = Id(allow_none=True, metadata={"description": "the comment that this answers"})


class UpdateComment(CommentText):
    """Another text. `edited_at` is that of the text that was edited (null: never edited): a later one is not overwritten."""

    edited_at = InstantField(allow_none=True)


class MentionableQuery(PageQuery):
    """Whom to mention: words of a name or of an e-mail address."""

    search = Line(200, 0)
    per_page = Whole(1, MOST_PEOPLE, load_default=10)


class MentionOut(PersonOut):
    """A person whom a comment mentions. Whoever could not see the task is not reached."""

    reached = fields.Boolean(required=True)


class CommentOut(Schema):
    """A comment. Of a deleted one that has answers only the line stays: `body` and `html` are empty."""

    id = fields.Integer(required=True)
    task_id = fields.Integer(required=True)
    parent_comment_id = fields.Integer(required=True, allow_none=True)
    author = fields.Nested(PersonOut, required=True)
    body = fields.String(required=True, metadata={"description": "Markdown, as it was written"})
    html = fields.String(required=True, metadata={"description": "cleaned: without scripts, styles and pictures"})
    mentions = fields.Nested(MentionOut, many=True, required=True)
    created_at = InstantField(required=True)
    edited_at = InstantField(required=True, allow_none=True)
    deleted = fields.Boolean(required=True)


class SavedCommentOut(CommentOut):
    """A comment that was just written. `notices` say who is mentioned in it and cannot see the task."""

    notices = fields.List(fields.String(), required=True)


class CommentsOut(Schema):
    """A page of a task's comments and answers, oldest first; `parent_comment_id` says what an answer belongs to."""

    comments = fields.Nested(CommentOut, many=True, required=True)
    meta = fields.Nested(CursorMetaOut, required=True)


class CommentVersionOut(Schema):
    """An earlier text of a comment."""

    body = fields.String(required=True)
    written_at = InstantField(required=True)
    replaced_at = InstantField(required=True)


class CommentVersionsOut(Schema):
    """A page of a comment's earlier texts, oldest first; the present one is the comment's own."""

    versions = fields.Nested(CommentVersionOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class MentionableOut(PersonOut):
    """A member who may be mentioned. `mention` is what to write into a comment; `notice` says where they cannot see the task."""

    mention = fields.String(required=True)
    can_see = fields.Boolean(required=True)
    notice = fields.String(required=True, allow_none=True)


class MentionablesOut(Schema):
    """A page of members, by name."""

    people = fields.Nested(MentionableOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
