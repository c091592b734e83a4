"""The vault: 個人番号 and telegram bodies, readable only through here (番号法12条, 安全管理措置).

Values are encrypted under the keyring's keys and bound to their place, so that a ciphertext put
elsewhere does not open.  They are found again by a keyed hash, under a key of its own that is never
replaced, because such hashes stand in logs too.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from domain.errors import ContractBroken, Refused
from register import audit, current_values
from register.current_values import CURRENT, Whose
from register.sealed_bodies import SealedBody, erase_body, new_data_key, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from domain.acting import Acting
    from register.transactions import Tx

__all__ = ["MY_NUMBER", "Keyring", "SealedBody", "Vault", "Whose", "erase_body"]

MY_NUMBER = "個人番号"
"""The field of the vault that holds a person's 個人番号."""

_BATCH = 200


class _Key(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def key(self) -> bytes: ...


class Keyring(Protocol):
    """The keys of an installation, as ``runtime.keyring`` reads them."""

    @property
    def keys(self) -> Sequence[_Key]:
        """Every key, old ones too."""
        ...

    def writing(self, use: Any) -> _Key:
        """The key new values are written with: ``encrypt``, ``lookup`` or ``telegram``."""
        ...


class _Bodies(NamedTuple):
    """A table of sealed bodies: how it names them, and which way they went."""

    table: str
    name: str
    direction: str


_BODIES = (
    _Bodies("telegram_body", "telegram_id", "direction"),
    _Bodies("inbox_body", "message_id", "'in'"),
)


class Vault:
    """Seals and opens with one keyring.

    ``reread`` fetches the keyring anew when a value turns up under a key made since: processes that
    run while keys are rotated go on reading.
    """

    def __init__(self, keyring: Keyring, reread: Callable[[], Keyring] | None = None) -> None:
        self._reread = reread
        self._keys = {key.id: key.key for key in keyring.keys}
        self._encrypt = keyring.writing("encrypt").id
        self._telegram = keyring.writing("telegram").id
        self._lookup = keyring.writing("lookup").key

    def __repr__(self) -> str:
        return "Vault()"

    async def store(self, tx: Tx, whose: Whose, value: str, case_id: UUID | None = None) -> int:
        """Make a value somebody's current one and return its ordinal; theirs before is a former.

        A value they had before keeps its ordinal.  ``case_id`` is the case that brought it, and may
        `take_back` what it brought.  Raises `Refused` NUMBER_ALREADY_BOUND when somebody else of
        the municipality has it, or had it.
        """
        lookup = self._hash("vault", whose.municipality, whose.field, value)
        while True:
            bound = await tx.fetchrow(
                "SELECT resident_id, ordinal, standing FROM vault"
                " WHERE municipality = $1 AND field = $2 AND lookup = $3 AND standing <> 'void'",
                whose.municipality,
                whose.field,
                lookup,
            )
            if bound is not None and bound["resident_id"] != whose.resident_id:
                raise Refused("NUMBER_ALREADY_BOUND")
            if bound is not None:
                break
            # An insert that meets another of the same instant adds nothing: look again.
            await self._add(tx, whose, value, lookup)
        if bound["standing"] != CURRENT:
            await current_values.bring(tx, whose, bound["ordinal"], case_id)
        return bound["ordinal"]

    async def reveal(
        self, tx: Tx, acting: Acting, resident_id: UUID, field: str, case_id: UUID | None, why: str
    ) -> str | None:
        """Tell a person's current value, and write in the audit log that it was; ``None`` if none.

        Raises `ContractBroken` CIPHERTEXT_DOES_NOT_OPEN or KEY_UNKNOWN.
        """
        row = await tx.fetchrow(
            "SELECT ordinal, key_id, ciphertext FROM vault WHERE municipality = $1"
            " AND resident_id = $2 AND field = $3 AND standing = 'current'",
            acting.municipality,
            resident_id,
            field,
        )
        if row is None:
            return None
        await audit.record(
            tx,
            acting,
            "reveal",
            subject_id=resident_id,
            case_id=case_id,
            detail={"field": field, "ordinal": row["ordinal"], "why": why},
        )
        place = _vault_place(acting.municipality, resident_id, field, row["ordinal"])
        return unseal(self._key(row["key_id"]), row["ciphertext"], place).decode()

    async def holds(self, tx: Tx, municipality: str, resident_id: UUID, field: str) -> bool:
        """Whether a person has a value; nothing is decrypted."""
        return await tx.fetchval(
            "SELECT EXISTS (SELECT FROM vault WHERE municipality = $1 AND resident_id = $2"
            " AND field = $3 AND standing = 'current')",
            municipality,
            resident_id,
            field,
        )

    async def find(self, tx: Tx, municipality: str, field: str, value: str, /) -> UUID | None:
        """Who holds, or held, this value, by its keyed hash; nothing is decrypted."""
        return await tx.fetchval(
            "SELECT resident_id FROM vault WHERE municipality = $1 AND field = $2 AND lookup = $3"
            " AND standing <> 'void'",
            municipality,
            field,
            self._hash("vault", municipality, field, value),
        )

    def key_of(self, municipality: str, field: str, value: str) -> bytes:
        """A keyed hash to find something by, that tells nothing about the value."""
        return self._hash("vault", municipality, field, value)

    def seal_body(
        self, municipality: str, telegram_id: UUID, direction: str, body: bytes
    ) -> SealedBody:
        """Seal the bytes sent (``out``) or received (``in``) under a data key of their own."""
        place = _body_place(municipality, telegram_id, direction)
        data_key = new_data_key()
        wrapped = seal(self._keys[self._telegram], data_key, b"key|" + place)
        return SealedBody(self._telegram, wrapped, seal(data_key, body, place))

    def open_body(
        self, municipality: str, telegram_id: UUID, direction: str, sealed: SealedBody
    ) -> bytes:
        """The exact bytes again; `ContractBroken` (BODY_ERASED, …) when they are not to be had."""
        if sealed.wrapped_key is None:
            raise ContractBroken("BODY_ERASED")
        place = _body_place(municipality, telegram_id, direction)
        data_key = unseal(self._key(sealed.key_id), sealed.wrapped_key, b"key|" + place)
        return unseal(data_key, sealed.ciphertext, place)

    def content_hash(self, municipality: str, body: bytes) -> bytes:
        """A hash of a body that tells nothing to who has not the key."""
        return self._hash("telegram", municipality, body)

    async def rotate(self, tx: Tx, municipality: str) -> int:
        """Bring one batch of a municipality's secrets under the current keys; 0 when all are.

        Each batch is a transaction of the caller's: interrupted, the next call goes on.
        """
        done = await self._re_encrypt(tx, municipality)
        for bodies in _BODIES:
            done = done or await self._re_wrap(tx, municipality, bodies)
        return done

    async def _re_encrypt(self, tx: Tx, municipality: str) -> int:
        rows = await tx.fetch(
            "SELECT resident_id, field, ordinal, key_id, ciphertext FROM vault"
            " WHERE municipality = $1 AND key_id <> $2"
            " ORDER BY resident_id, field, ordinal LIMIT $3 FOR UPDATE",
            municipality,
            self._encrypt,
            _BATCH,
        )
        for row in rows:
            where = (municipality, row["resident_id"], row["field"], row["ordinal"])
            value = unseal(self._key(row["key_id"]), row["ciphertext"], _vault_place(*where))
            await tx.execute(
                "UPDATE vault SET key_id = $5, ciphertext = $6 WHERE municipality = $1"
                " AND resident_id = $2 AND field = $3 AND ordinal = $4",
                *where,
                self._encrypt,
                seal(self._keys[self._encrypt], value, _vault_place(*where)),
            )
        return len(rows)

    async def _re_wrap(self, tx: Tx, municipality: str, bodies: _Bodies) -> int:
        rows = await tx.fetch(
            f"SELECT {bodies.name} AS name, {bodies.direction} AS direction, key_id, wrapped_key"  # noqa: S608
            f" FROM {bodies.table}"
            " WHERE municipality = $1 AND key_id <> $2 AND wrapped_key IS NOT NULL"
            " ORDER BY 1, 2 LIMIT $3 FOR UPDATE",
            municipality,
            self._telegram,
            _BATCH,
        )
        for row in rows:
            where = (municipality, row["name"], row["direction"])
            place = b"key|" + _body_place(*where)
            data_key = unseal(self._key(row["key_id"]), row["wrapped_key"], place)
            await tx.execute(
                f"UPDATE {bodies.table} SET key_id = $4, wrapped_key = $5 WHERE municipality = $1"  # noqa: S608
                f" AND {bodies.name} = $2 AND {bodies.direction} = $3",
                *where,
                self._telegram,
                seal(self._keys[self._telegram], data_key, place),
            )
        return len(rows)

    async def _add(self, tx: Tx, whose: Whose, value: str, lookup: bytes) -> None:
        ordinal = await tx.fetchval(
            "SELECT coalesce(max(ordinal), 0) + 1 FROM vault"
            " WHERE municipality = $1 AND resident_id = $2 AND field = $3",
            *whose,
        )
        place = _vault_place(*whose, ordinal)
        await tx.execute(
            "INSERT INTO vault"
            " (municipality, resident_id, field, ordinal, key_id, ciphertext, lookup, standing)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 'former') ON CONFLICT DO NOTHING",
            *whose,
            ordinal,
            self._encrypt,
            seal(self._keys[self._encrypt], value.encode(), place),
            lookup,
        )

    def _key(self, key_id: str) -> bytes:
        if key_id not in self._keys and self._reread is not None:
            self._keys |= {key.id: key.key for key in self._reread().keys}
        if key_id not in self._keys:
            raise ContractBroken("KEY_UNKNOWN")
        return self._keys[key_id]

    def _hash(self, kind: str, *parts: str | bytes) -> bytes:
        """HMAC-SHA-256 over the parts, each with its length, so that no two lists look alike."""
        digest = hmac.new(self._lookup, kind.encode(), hashlib.sha256)
        for part in parts:
            content = part.encode() if isinstance(part, str) else part
            digest.update(len(content).to_bytes(8, "big") + content)
        return digest.digest()


def _vault_place(municipality: str, resident_id: UUID, field: str, ordinal: int) -> bytes:
    return f"vault|{municipality}|{resident_id}|{field}|{ordinal}".encode()


def _body_place(municipality: str, telegram_id: UUID, direction: str) -> bytes:
    return f"telegram|{municipality}|{telegram_id}|{direction}".encode()
