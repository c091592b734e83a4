from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime.keyring import KeyringUnusable, KeyUse, load, make_keyring, rotate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "鍵" / "keyring.json"


def test_a_keyring_is_read_as_it_was_made_and_is_its_owners_alone(file: Path) -> None:
    """Law 3: a file outside the database, 0600, one key per use, none serving two."""
    made = make_keyring(file)

    assert load(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert len({made.writing(use).key for use in KeyUse}) == len(KeyUse)
    assert all(len(key.key) == 32 for key in made.keys)


def test_a_keyring_is_never_made_over_another(file: Path) -> None:
    """Whatever the old one encrypted would be lost."""
    made = make_keyring(file)

    with pytest.raises(FileExistsError):
        make_keyring(file)

    assert load(file) == made


def test_after_a_rotation_old_values_can_still_be_read(file: Path) -> None:
    """New values under the new key, old ones under theirs; other uses untouched."""
    old = make_keyring(file)

    new = rotate(file, (KeyUse.ENCRYPT,))

    assert load(file) == new
    assert new.writing(KeyUse.ENCRYPT) != old.writing(KeyUse.ENCRYPT)
    assert new.reading(old.writing(KeyUse.ENCRYPT).id) == old.writing(KeyUse.ENCRYPT)
    assert new.of(KeyUse.ENCRYPT) == (new.writing(KeyUse.ENCRYPT), old.writing(KeyUse.ENCRYPT))
    assert new.writing(KeyUse.LOOKUP) == old.writing(KeyUse.LOOKUP)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_keyring_others_may_read_is_refused(file: Path, mode: int) -> None:
    """Whoever could read it could read every number."""
    make_keyring(file)
    file.chmod(mode)

    with pytest.raises(KeyringUnusable, match="KEYRING_OPEN_TO_OTHERS"):
        load(file)


def test_without_a_keyring_nothing_starts(file: Path) -> None:
    """Law 3."""
    with pytest.raises(KeyringUnusable, match="KEYRING_MISSING"):
        load(file)


@pytest.mark.parametrize("part", ['"encrypt"', '"current"', '"key"', "{"])
def test_a_damaged_keyring_is_refused_without_a_word_of_what_stands_in_it(
    file: Path, part: str
) -> None:
    """Red if the validator's own text came through."""
    keys = make_keyring(file)
    file.write_text(file.read_text("ascii").replace(part, '"x"', 1), "ascii")

    with pytest.raises(KeyringUnusable) as refused:
        load(file)

    assert str(refused.value) == "KEYRING_MALFORMED"
    assert repr(keys.keys[0].key) not in repr(keys)
    assert refused.value.__cause__ is None


def test_a_key_does_not_show_itself(file: Path) -> None:
    """Neither in a log nor in a debugger's list of variables."""
    keyring = make_keyring(file)
    assert all(repr(key) == f"Key({key.id}, {key.use})" for key in keyring.keys)
