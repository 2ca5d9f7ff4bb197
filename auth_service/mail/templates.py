"""The words of every letter, in every language.

`$name` stands for a value of the letter. A paragraph that names a value which the letter has not,
or has empty, is left out; so a letter never shows a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from auth_service.mail.outbox import Kind


@dataclass(frozen=True, slots=True)
class Template:
    """A subject, which no value gets into, and paragraphs; code and link stand alone in theirs."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the paragraphs of every letter."""

    greeting: str
    greeting_without_name: str
    farewell: str


FRAMES: Mapping[str, Frame] = {
    "en": Frame("Hello $full_name,", "Hello,", "Vitrina. This letter was sent automatically."),
    "ru": Frame(
        "Здравствуйте, $full_name!", "Здравствуйте!", "Vitrina. Письмо отправлено автоматически."
    ),
}

_NOT_YOU = {
    "en": ("If it was not you, reset your password at once: that ends all your sessions."),
    "ru": "Если это были не вы, сразу же сбросьте пароль: так завершатся все ваши сеансы.",
}

TEMPLATES: Mapping[str, Mapping[Kind, Template]] = {
    "en": {
        Kind.VERIFY: Template(
            "Confirm your email",
            (
                "This is your code; it is good for 10 minutes:",
                "$code",
                "Or follow this link within 24 hours:",
                "$link",
                "If you have not registered with us, do nothing: without confirmation the"
                " account will be removed.",
            ),
        ),
        Kind.WELCOME: Template(
            "Welcome",
            ("Your email is confirmed. Thank you for being with us!",),
        ),
        Kind.RESET: Template(
            "Reset your password",
            (
                "Follow this link within an hour to set a new password:",
                "$link",
                "If you did not ask for it, do nothing: your password stays as it is.",
            ),
        ),
        Kind.SIGN_IN_LINK: Template(
            "Sign in at a new device",
            (
                "You cannot sign in at a new device while others guess at your password. Follow"
                " this link within 10 minutes to do so all the same; it is good for one use:",
                "$link",
                "You will be asked for your password as always. The link was asked for from the"
                " address $address.",
                "If it was not you, do nothing: without your password nobody gets in.",
            ),
        ),
        Kind.PASSWORD_CHANGED: Template(
            "Your password was changed",
            (
                "The password of your account was changed, and other sessions have ended.",
                "It was done from the address $address.",
                _NOT_YOU["en"],
            ),
        ),
        Kind.CONFIRM_EMAIL: Template(
            "Confirm your new email",
            (
                "This address was given as the new email of an account. To confirm it, enter"
                " this code within 10 minutes:",
                "$code",
                "Or follow this link within 24 hours:",
                "$link",
                "If it was not you, do nothing: nothing will change.",
            ),
        ),
        Kind.EMAIL_CHANGED: Template(
            "Your email was changed",
            (
                "Your account has another email now; this address no longer belongs to it.",
                "It was confirmed from the address $address.",
                "If it was not you, tell us at once.",
            ),
        ),
        Kind.PHONE_CHANGED: Template(
            "Your phone was changed",
            (
                "The phone of your account was changed.",
                "It was done from the address $address.",
                _NOT_YOU["en"],
            ),
        ),
        Kind.REFRESH_REUSE: Template(
            "A session was ended for your safety",
            (
                "Someone used an old key of one of your sessions. That happens when the key was"
                " copied, so we have ended the session. Please sign in again.",
                "The session was started on: $device",
                "The old key came from the address $address.",
                "If you do not know it, reset your password: that ends all your sessions.",
            ),
        ),
        Kind.BLOCKED: Template(
            "Your account was blocked",
            (
                "Your account was blocked, and all its sessions have ended.",
                "The reason: $reason",
                "If you think that this is a mistake, please write to us.",
            ),
        ),
    },
    "ru": {
        Kind.VERIFY: Template(
            "Подтвердите почту",
            (
                "Ваш код, он действует 10 минут:",
                "$code",
                "Или перейдите по ссылке в течение 24 часов:",
                "$link",
                "Если вы у нас не регистрировались, ничего не делайте: без подтверждения"
                " учётная запись будет удалена.",
            ),
        ),
        Kind.WELCOME: Template(
            "Добро пожаловать",
            ("Ваша почта подтверждена. Спасибо, что вы с нами!",),
        ),
        Kind.RESET: Template(
            "Сброс пароля",
            (
                "Чтобы задать новый пароль, перейдите по ссылке в течение часа:",
                "$link",
                "Если вы об этом не просили, ничего не делайте: пароль останется прежним.",
            ),
        ),
        Kind.SIGN_IN_LINK: Template(
            "Вход на новом устройстве",
            (
                "Пока другие подбирают ваш пароль, войти на новом устройстве не получается. Чтобы"
                " всё же войти, перейдите по ссылке в течение 10 минут; она действует один раз:",
                "$link",
                "Пароль нужно будет ввести как обычно. Ссылку запросили с адреса $address.",
                "Если это были не вы, ничего не делайте: без вашего пароля никто не войдёт.",
            ),
        ),
        Kind.PASSWORD_CHANGED: Template(
            "Пароль изменён",
            (
                "Пароль вашей учётной записи изменён, другие сеансы завершены.",
                "Это сделано с адреса $address.",
                _NOT_YOU["ru"],
            ),
        ),
        Kind.CONFIRM_EMAIL: Template(
            "Подтвердите новую почту",
            (
                "Этот адрес указан как новая почта учётной записи. Чтобы подтвердить его,"
                " введите код в течение 10 минут:",
                "$code",
                "Или перейдите по ссылке в течение 24 часов:",
                "$link",
                "Если это были не вы, ничего не делайте: ничего не изменится.",
            ),
        ),
        Kind.EMAIL_CHANGED: Template(
            "Почта изменена",
            (
                "У вашей учётной записи теперь другая почта, этот адрес ей больше не принадлежит.",
                "Изменение подтверждено с адреса $address.",
                "Если это были не вы, сразу же сообщите нам.",
            ),
        ),
        Kind.PHONE_CHANGED: Template(
            "Телефон изменён",
            (
                "Телефон вашей учётной записи изменён.",
                "Это сделано с адреса $address.",
                _NOT_YOU["ru"],
            ),
        ),
        Kind.REFRESH_REUSE: Template(
            "Сеанс завершён ради вашей безопасности",
            (
                "Кто-то использовал старый ключ одного из ваших сеансов. Так бывает, когда ключ"
                " скопировали, поэтому мы завершили этот сеанс. Пожалуйста, войдите снова.",
                "Сеанс был начат на устройстве: $device",
                "Старый ключ пришёл с адреса $address.",
                "Если он вам незнаком, сбросьте пароль: так завершатся все ваши сеансы.",
            ),
        ),
        Kind.BLOCKED: Template(
            "Учётная запись заблокирована",
            (
                "Ваша учётная запись заблокирована, все её сеансы завершены.",
                "Причина: $reason",
                "Если вы считаете, что это ошибка, напишите нам.",
            ),
        ),
    },
}
