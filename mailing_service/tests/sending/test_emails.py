"""What arrives: headers, return path, one Message-ID for all attempts, a signature that holds."""

from base64 import b64encode
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pydantic import SecretStr

from mailing_service.deliveries.moving import moving
from mailing_service.models.deliveries import Delivery, DeliveryState, RunCount
from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import UnsubscribeToken
from mailing_service.return_paths import ReturnPaths
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import until, until_over
from testing.mailing.processes import SECRETS
from testing.mailing.runs import MESSAGE, addresses, running_run
from testing.smtp.sink import Sink, Step, reply


async def test_an_email_says_whose_list_it_is_and_how_to_leave(
    sending: Sending, sink: Sink
) -> None:
    run = await running_run(addresses(1))
    async with sending():
        await until_over(run.id)

    token = await UnsubscribeToken.get(owner_id=run.owner_id)
    assert token.masked_email == "p…@example.com"
    raw = sink.emails[0].content.decode()
    url = f"https://shop.example/api/v1/unsubscribe/{token.token}"
    assert f"\r\nList-Unsubscribe: <{url}>\r\n" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    [message] = sink.messages
    assert message["From"] == "Shop <news@shop.example>"
    assert message["Reply-To"] == MESSAGE["reply_to"]
    assert message["List-Id"] == f"<{run.owner_id.hex}.mailings.shop.example>"
    assert message["Precedence"] == "bulk"
    paths = ReturnPaths([SecretStr(secret) for secret in SECRETS], "shop.example")
    assert paths.delivery_of(sink.emails[0].sender) == (await Delivery.get()).id


async def test_each_attempt_has_the_same_message_id_and_another_delivery_has_not(
    sending: Sending, sink: Sink
) -> None:
    sink.when(Step.END, reply("250 taken"), times=1)
    first = await running_run(addresses(1))
    again = await running_run(addresses(1), owner_id=first.owner_id)
    async with sending():
        await until_over(first.id)
        await until_over(again.id)
        async with moving() as moves:  # as an owner may ask for what is uncertain
            ids = [(await Delivery.get(run_id=first.id)).id]
            await Delivery.filter(id__in=ids).update(state=DeliveryState.UNCERTAIN)
            await RunCount.filter(run_id=first.id, state="sent").update(count=0)
            await RunCount.filter(run_id=first.id, state="uncertain").update(count=1)
            await moves.these(ids, DeliveryState.PENDING, before=[DeliveryState.UNCERTAIN])
        await until(lambda: len(sink.emails) == 3)

    message_ids = [message["Message-ID"] for message in sink.messages]
    assert message_ids[0] == message_ids[2] != message_ids[1]


async def test_names_and_fields_cannot_break_out_of_their_places(
    sending: Sending, sink: Sink
) -> None:
    run = await running_run(["anna@example.com"])
    hostile = 'Анна "<x@y.z>", {{email}} <b>'
    await Recipient.filter(owner_id=run.owner_id).update(full_name=hostile)
    async with sending():
        assert await until_over(run.id) == {"sent": 1}

    [message] = sink.messages
    assert message["Subject"] == f"Hello {hostile}"
    assert [address.addr_spec for address in message["To"].addresses] == ["anna@example.com"]
    html = message.get_body(("html",))
    assert html is not None
    assert "<b>" not in html.get_content()


async def test_a_recipient_without_a_needed_value_gets_no_email_with_a_gap(
    sending: Sending, sink: Sink
) -> None:
    run = await running_run(addresses(2))
    one = await Recipient.filter(owner_id=run.owner_id).first()
    assert one is not None
    await Recipient.filter(id=one.id).update(full_name="")
    async with sending():
        assert await until_over(run.id) == {"sent": 1, "failed": 1}

    failed = await Delivery.get(recipient_id=one.id)
    assert failed.response == "The recipient has no value of the field full_name."
    assert len(sink.emails) == 1


async def test_a_line_end_in_a_name_fails_that_email_alone(sending: Sending, sink: Sink) -> None:
    run = await running_run(addresses(2))
    await Recipient.filter(email="person0@example.com").update(full_name="A\r\nBcc: b@c.d")
    async with sending():
        assert await until_over(run.id) == {"sent": 1, "failed": 1}
    assert sink.recipients == ["person1@example.com"]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def test_a_signature_covers_the_way_to_leave(
    sending: Sending, sink: Sink, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "dkim.pem").write_bytes(pem)
    run = await running_run(addresses(1))
    async with sending(dkim_key_file=tmp_path / "dkim.pem"):
        await until_over(run.id)

    content = sink.emails[0].content
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        asked.append(name)
        return record

    assert dkim.verify(content, dnsfunc=dns)
    assert asked == [b"vitrina._domainkey.shop.example."]
    header = content.split(b"\r\nTo:")[0].lower()
    assert b"list-unsubscribe" in header
    assert b"list-unsubscribe-post" in header
