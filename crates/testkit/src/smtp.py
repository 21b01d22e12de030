"""A mail server for one test: how it protects connections, a user and a password are its arguments."""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

MODE, USER, PASSWORD = sys.argv[1:]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.2.0 try again in an hour"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data or "",
            "encrypted": MODE == "tls" or session.ssl is not None,
            "bytes": envelope.content.decode("latin-1"),
        }
        print("mail", json.dumps(message), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False, auth_data=data.login.decode() if good else None)


def serve():
    context = None
    if MODE != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain("certificate.pem", "key.pem")
    starttls = MODE == "starttls"
    return context, lambda: SMTP(
        Handler(),
        hostname="localhost",
        enable_SMTPUTF8=True,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=starttls,
        require_starttls=starttls,
        tls_context=context if starttls else None,
    )


async def main():
    context, factory = serve()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context if MODE == "tls" else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
