"""What can go wrong for a person, as values that every door (page, API, command) shows in its own way."""

from dataclasses import dataclass

from guomen.kit.words import W, say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field. ``field`` is a path such as ``lines.2.gtin``."""

    field: str
    code: str
    words: W
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return say(self.words, **dict(self.values))

    def in_both(self) -> W:
        """The sentence with its values, which may be words themselves, in both languages: to be kept and read later."""
        english = {name: v.en if isinstance(v, W) else v for name, v in self.values}
        chinese = {name: v.zh if isinstance(v, W) else v for name, v in self.values}
        return W(self.words.en.format(**english), self.words.zh.format(**chinese))


class GuomenError(Exception):
    """Base of errors that are answers, not accidents."""

    status = 400
    code = "error"
    words = W("Something is wrong with this request.", "请求有误。")

    def __init__(self, words: W | None = None, *, code: str | None = None, **values: object) -> None:
        self.words = words or self.words
        self.code = code or self.code
        self.values = values
        super().__init__(self.words.en.format(**values) if values else self.words.en)

    def sentence(self) -> str:
        """The answer in the reader's language."""
        return say(self.words, **self.values)

    def about(self, field: str) -> Problem:
        """The same as a problem of one field of a form."""
        return Problem(field, self.code, self.words, tuple(self.values.items()))


class Invalid(GuomenError):
    """The input breaks rules; ``problems`` names each field."""

    status = 422
    code = "invalid"
    words = W("Some fields need attention.", "有些字段需要更正。")

    def __init__(self, problems: list[Problem], words: W | None = None) -> None:
        self.problems = problems
        super().__init__(words)


class Refused(GuomenError):
    """The state of things does not allow this now."""

    status = 409
    code = "refused"


class Forbidden(GuomenError):
    """This person may not do this."""

    status = 403
    code = "forbidden"
    words = W("You are not allowed to do this.", "您无权执行此操作。")


class NotFound(GuomenError):
    """No such thing, or not for this person."""

    status = 404
    code = "not-found"
    words = W("We cannot find this page or record.", "找不到该页面或记录。")
