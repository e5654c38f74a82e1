"""The same behaviour whoever has the key-encryption keys: files, the environment, AWS KMS."""

import asyncio
import uuid

import bson
import pytest

from deploy.backup.key_samples import KeySamples
from deploy.backup.refusals import RestoreRefusedError
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.personal import Category
from shared.settings import KeyProvider
from shared.vault import (
    DataKeys,
    KeyDestroyedError,
    KeyId,
    KeysUnavailableError,
    UnheldCategoryError,
    Vault,
)
from shared.vault.data_keys import COLLECTION
from shared.vault.keyring import Keyring
from shared.vault.rotation import KeyRotation
from shared.vault.wrapping import UnknownVersionError, Wrapped
from tests.integration.vault.conftest import Provided

INVOICE = KeyId("subject-1", Category.PAYMENT, "invoice-1")
ANSWERS = KeyId("subject-1", Category.LEARNING_HISTORY, "enrolment-1")
NAME = KeyId("subject-1", Category.CIVIL_IDENTITY, "-")
TAPE = KeyId("subject-1", Category.RECORDING, "recording-1")
LETTERS = KeyId("dead-letters-learning", Category.DEAD_LETTERS, "2030-01")
DATA_KEY = bytes(range(32))


async def test_a_data_key_is_wrapped_with_its_version_and_unwrapped_by_another_process(
    provided: Provided,
) -> None:
    keys = {key_id: bytes([n]) * 32 for n, key_id in enumerate((INVOICE, ANSWERS, NAME, LETTERS))}
    wrapped = await provided.encryption("learning").wrap(keys)
    assert await provided.encryption("learning").unwrap(wrapped) == keys
    assert all(one.under for one in wrapped.values())
    assert not any(keys[key_id] in one.data for key_id, one in wrapped.items())


async def test_services_share_a_category_and_nothing_of_their_own(provided: Provided) -> None:
    learning, notify = provided.encryption("learning"), provided.encryption("notify")
    shared = await learning.wrap({NAME: DATA_KEY})
    assert await notify.unwrap(shared) == {NAME: DATA_KEY}
    own = await provided.part("learning").wrap({LETTERS: DATA_KEY})
    others = await provided.part("notify").wrap({LETTERS: DATA_KEY})
    assert own[LETTERS].under != others[LETTERS].under
    if provided.settings.key_provider is not KeyProvider.AWS_KMS:
        # There the policies of the keys say who may use which.
        with pytest.raises(UnknownVersionError):
            await provided.part("notify").unwrap(own)


@pytest.mark.promise("C4.2")
async def test_a_category_outside_the_compartment_is_refused(provided: Provided) -> None:
    wrapped = await provided.encryption("learning").wrap({INVOICE: DATA_KEY})
    notify = provided.part("notify")
    assert not notify.holds(Category.PAYMENT)
    with pytest.raises(UnheldCategoryError):
        await notify.unwrap(wrapped)
    with pytest.raises(UnheldCategoryError):
        await notify.wrap({INVOICE: DATA_KEY})


async def test_a_wrapped_key_opens_for_its_own_scope_alone(provided: Provided) -> None:
    learning = provided.encryption("learning")
    wrapped = (await learning.wrap({INVOICE: DATA_KEY}))[INVOICE]
    for elsewhere in (
        KeyId("subject-2", Category.PAYMENT, "invoice-1"),
        KeyId("subject-1", Category.PAYMENT, "invoice-2"),
    ):
        with pytest.raises(KeysUnavailableError):
            await learning.unwrap({elsewhere: wrapped})
    altered = wrapped.data[:-1] + bytes([wrapped.data[-1] ^ 1])
    with pytest.raises(KeysUnavailableError):
        await learning.unwrap({INVOICE: Wrapped(altered, wrapped.under)})


async def test_a_new_version_wraps_and_the_old_one_still_opens(provided: Provided) -> None:
    before = provided.encryption("learning")
    old = await before.wrap({INVOICE: DATA_KEY})
    await provided.add_version("payment")
    # Who cannot look again was started anew with the new version.
    restarted = provided.settings.key_provider is KeyProvider.ENVIRONMENT
    running = provided.encryption("learning") if restarted else before
    new = await running.wrap({INVOICE: DATA_KEY})
    assert old[INVOICE].under != new[INVOICE].under
    assert await running.unwrap(old) == await running.unwrap(new) == {INVOICE: DATA_KEY}
    keys = provided.keys()
    assert await keys.versions("payment") == [old[INVOICE].under, new[INVOICE].under]
    rewrapped = await keys.rewrap("payment", old)
    assert rewrapped[INVOICE].under == new[INVOICE].under
    assert await running.unwrap(rewrapped) == {INVOICE: DATA_KEY}


async def test_a_rotation_leaves_nothing_under_the_old_version(
    provided: Provided, mongo: MongoClient
) -> None:
    database = mongo.database("vault")
    running = provided.encryption("learning")
    made = await DataKeys(database, running, SystemClock()).obtain([TAPE])
    if provided.settings.key_provider is KeyProvider.ENVIRONMENT:
        with pytest.raises(KeysUnavailableError, match=r'CARIONEXIQ_KEYRING: .*"recording/2"'):
            await KeyRotation(database, provided.keys()).begin("recording")
        await provided.add_version("recording")
        running = provided.encryption("learning")
    rotation = KeyRotation(database, provided.keys(), batch=1)
    begun = await rotation.begin("recording")
    assert await rotation.left(begun) == 1
    done = await rotation.retire(await rotation.rewrap(begun))
    assert (len(done.old), done.rewrapped) == (1, 1)
    assert await rotation.left(done) == 0
    assert await rotation.wrapped_under("recording", done.version) == 1
    assert await DataKeys(database, running, SystemClock()).find([TAPE]) == made
    assert await rotation.unopenable() == 0


async def test_data_keys_under_versions_that_are_no_more_are_counted_and_never_erased(
    provided: Provided, mongo: MongoClient
) -> None:
    database = mongo.database("vault")
    learning = provided.encryption("learning")
    await DataKeys(database, learning, SystemClock()).obtain([ANSWERS])
    elsewhere = "arn:aws:kms:eu-west-3:123456789012:key/00000000-0000-0000-0000-000000000000"
    gone = {"$set": {"wrapped_under": elsewhere}}
    await database.collection(COLLECTION).update_one({"_id": ANSWERS.text()}, gone)
    assert await KeyRotation(database, provided.keys()).unopenable() == 1
    for attempt in ("find", "obtain"):
        with pytest.raises(KeysUnavailableError):
            await getattr(DataKeys(database, learning, SystemClock()), attempt)([ANSWERS])
    await database.collection(COLLECTION).delete_one({"_id": ANSWERS.text()})


async def test_a_copy_of_keys_is_taken_only_while_what_wrapped_them_is_there(
    provided: Provided, mongo: MongoClient
) -> None:
    database = mongo.database("vault")
    made = DataKeys(database, provided.encryption("learning"), SystemClock())
    await made.obtain([TAPE])
    document = await database.collection(COLLECTION).find_one({"_id": TAPE.text()})
    assert document is not None

    async def checked(**changed: object) -> None:
        samples = KeySamples()
        samples.take(bson.encode({**document, **changed}))
        await asyncio.to_thread(samples.require_openable, provided.settings)

    await checked()
    retired = "recording/9"
    if provided.settings.key_provider is KeyProvider.AWS_KMS:
        retired = document["wrapped_under"].rpartition("/")[0] + "/" + str(uuid.uuid4())
    with pytest.raises(RestoreRefusedError, match=f"{retired}, which was retired"):
        await checked(wrapped_under=retired)
    with pytest.raises(RestoreRefusedError, match="cannot be told"):
        await checked(wrapped=bytes(len(document["wrapped"])))
    await database.collection(COLLECTION).delete_one({"_id": TAPE.text()})


async def test_values_are_sealed_opened_and_forgotten(
    provided: Provided, mongo: MongoClient
) -> None:
    def vault() -> Vault:
        encryption = provided.encryption("learning")
        keys = DataKeys(mongo.database("vault"), encryption, SystemClock())
        return Vault(keys, Keyring(category_keys={}))

    sealed = await vault().seal("canary", key_id=INVOICE, field="billing_name")
    document = {"name": sealed.model_dump(mode="json")}
    assert (await vault().open_document(document))["name"].text() == "canary"
    await vault().destroy(INVOICE)
    reader = vault()
    assert (await reader.open_document(document))["name"].is_erased
    with pytest.raises(KeyDestroyedError):
        await reader.seal("canary", key_id=INVOICE, field="billing_name")
