"""Core: a résumé: what is wrong with it, the bytes that are sealed, and what an employer sees of its telephone number.

The number is masked wherever the applicant wrote it, also within their other words, until they share it: a mask over
one field would be no mask if the same number stood in the next.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import msgspec

from commerce.shelf.offers import Faults

EDUCATIONS: Final = ("", "none", "primary", "junior", "senior", "vocational", "college", "bachelor", "master")
"""The highest school finished; empty where the applicant doesn't say."""
NAME_CHARS_MAX: Final = 30
SKILLS_MAX: Final = 20
SKILL_CHARS_MAX: Final = 30
EXPERIENCE_CHARS_MAX: Final = 2_000
ABOUT_CHARS_MAX: Final = 500
MESSAGE_CHARS_MAX: Final = 500
YEARS_MAX: Final = 60

_TEXTS: Final = {
    "name": NAME_CHARS_MAX,
    "city": NAME_CHARS_MAX,
    "expected_pay": NAME_CHARS_MAX,
    "experience": EXPERIENCE_CHARS_MAX,
    "about": ABOUT_CHARS_MAX,
}
_REQUIRED: Final = ("name", "phone", "city")
"""Without these nobody can be called back."""

_phone: Final = re.compile(r"\+?[0-9]{7,15}")
_SEPARATORS: Final = r"[\s().\-·_]{0,3}"


@dataclass(frozen=True, slots=True)
class Resume:
    """What a job seeker says of themselves."""

    name: str
    phone: str
    city: str
    years_experience: int = 0
    education: str = ""
    skills: Sequence[str] = field(default_factory=tuple)
    experience: str = ""
    about: str = ""
    expected_pay: str = ""

    def tidied(self) -> Resume:
        """Without blanks at the ends, and the number as digits alone."""
        texts: dict[str, Any] = {name: getattr(self, name).strip() for name in _TEXTS}
        skills = [skill.strip() for skill in self.skills if skill.strip()]
        return replace(self, **texts, phone=plain_phone(self.phone), skills=skills)

    def faults(self) -> Faults:
        """What is wrong with it, by field; empty where nothing is.

        Codes: `missing`, `length`, `phone`, `range`, `choice`, `count`.
        """
        faults = {name: "missing" for name in _REQUIRED if not getattr(self, name)}
        faults |= {name: "length" for name, most in _TEXTS.items() if len(getattr(self, name)) > most}
        if "phone" not in faults and not _phone.fullmatch(self.phone):
            faults["phone"] = "phone"
        if not 0 <= self.years_experience <= YEARS_MAX:
            faults["years_experience"] = "range"
        if self.education not in EDUCATIONS:
            faults["education"] = "choice"
        if len(self.skills) > SKILLS_MAX:
            faults["skills"] = "count"
        elif any(len(skill) > SKILL_CHARS_MAX for skill in self.skills):
            faults["skills"] = "length"
        return faults

    def texts(self) -> Iterator[str]:
        """Every line of it that an employer reads as words, without one's own number, which is theirs to write."""
        for text in (self.name, self.city, self.experience, self.about, self.expected_pay, *self.skills):
            if text:
                yield without_phone(text, self.phone)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"skills": list(self.skills)}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What goes with an application: the résumé as it then was, and the words written to it."""

    resume: Resume
    message: str = ""

    def masked(self) -> Snapshot:
        """As the employer sees it while the number is not shared."""
        resume, number = self.resume, self.resume.phone
        texts: dict[str, Any] = {name: without_phone(getattr(resume, name), number) for name in _TEXTS}
        skills = [without_phone(skill, number) for skill in resume.skills]
        masked = replace(resume, **texts, phone=mask_phone(number), skills=skills)
        return Snapshot(masked, without_phone(self.message, number))


def plain_phone(text: str) -> str:
    """A telephone number as it is dialled: digits, with a plus in front if there was one."""
    return re.sub(r"[\s().\-]", "", unicodedata.normalize("NFKC", text))


def mask_phone(phone: str) -> str:
    """The number with its middle covered; a short one wholly."""
    return "*" * len(phone) if len(phone) < 8 else f"{phone[:3]}****{phone[-4:]}"


def without_phone(text: str, phone: str) -> str:
    """The text with the number covered wherever it stands, however it is spaced and in whatever digits."""
    digits = phone.lstrip("+")
    if len(digits) < 7:
        return text
    # The same number with or without its country's code: its last eleven digits are what identifies it.
    spaced = _SEPARATORS.join(_digit_class(digit) for digit in digits[-11:])
    return re.sub(spaced, mask_phone(phone), text)


def _digit_class(digit: str) -> str:
    return f"[{digit}{chr(0xFF10 + int(digit))}]"


def pack_resume(resume: Resume) -> bytes:
    """The bytes that are sealed."""
    return msgspec.json.encode(resume)


def unpack_resume(packed: bytes) -> Resume:
    """The résumé of these bytes."""
    return msgspec.json.decode(packed, type=Resume)


def pack_snapshot(snapshot: Snapshot) -> bytes:
    """The bytes that are sealed."""
    return msgspec.json.encode(snapshot)


def unpack_snapshot(packed: bytes) -> Snapshot:
    """The snapshot of these bytes."""
    return msgspec.json.decode(packed, type=Snapshot)


def resume_context(person_id: UUID) -> bytes:
    """Where a sealed résumé belongs."""
    return b"commerce.resume:" + person_id.bytes


def snapshot_context(application_id: UUID) -> bytes:
    """Where a sealed snapshot belongs."""
    return b"commerce.application_snapshot:" + application_id.bytes
