"""A connection to a SAMP hub; every call may take long and is made in a thread of its own.

Hub and client listen on this machine alone, and the web profile is off: no web page gets in.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from astromask_gui.state.interop import Program
from trainer.errors import AstroMaskError, QueryError

_HERE = "127.0.0.1"
_TAG = "astromask"
_CONNECTIONS = 4
_EVENTS = tuple(
    f"samp.hub.event.{what}" for what in ("register", "unregister", "metadata", "subscriptions")
)
_SHUTDOWN = ("samp.hub.event.shutdown", "samp.hub.disconnect")
_DESCRIPTION = "Galaxies of a survey, explored through a masked autoencoder"

Handler = Callable[[str, str, dict[str, Any]], None]
"""Takes the sender's name, the MType and the parameters; raises `AstroMaskError`."""


class SampError(AstroMaskError):
    """The hub, or a program at it, can't be reached or refuses."""


class SampLink:
    """One registration at a hub. `handler`, `noticed`, `ended` and `refused` are called in the
    client's own threads: a message, that programs came or went, that the hub has ended, and a
    sentence on what another program could not take."""

    def __init__(
        self,
        handler: Handler,
        noticed: Callable[[], object],
        ended: Callable[[], object],
        refused: Callable[[str], object],
    ) -> None:
        self._handler, self._noticed, self._ended, self._refused = handler, noticed, ended, refused
        self._own_hub: Any = None
        self._hub: Any = None
        self._client: Any = None
        self._names: dict[str, str] = {}

    def connect(self, mtypes: tuple[str, ...], icon: str | None = None) -> bool:
        """Register with the hub that runs, or with one that is started; whether it is an own one.

        Raises `SampError`.
        """
        from pyvo import samp

        # It would ask a web server whether there is an internet.
        samp.conf.use_internet = False
        with _told("No SAMP hub can be reached or started"):
            hub = samp.SAMPHubProxy()
            try:
                hub.connect(pool_size=_CONNECTIONS)
            except (samp.SAMPHubError, KeyError, OSError):
                self._own_hub = _start_hub()
                hub.connect(hub=self._own_hub, pool_size=_CONNECTIONS)
            self._hub = hub
            self._client = self._make_client(hub, mtypes, icon)
        return self._own_hub is not None

    def _make_client(self, hub: Any, mtypes: tuple[str, ...], icon: str | None) -> Any:
        from pyvo import samp

        metadata = {"author.name": "AstroMASK", "samp.description.text": _DESCRIPTION}
        if icon is not None:
            metadata["samp.icon.url"] = icon
        client = samp.SAMPClient(hub, name="AstroMASK", metadata=metadata, addr=_HERE)
        # It would tell any program the variables of the user's environment.
        client.unbind_receive_call("client.env.get", declare=False)
        for mtype in mtypes:
            client.bind_receive_message(mtype, self._receive, declare=False)
        for mtype in (*_EVENTS, *_SHUTDOWN):
            client.bind_receive_notification(mtype, self._hear, declare=False)
        client.bind_receive_response(_TAG, self._take_response)
        client.start()
        client.register()
        return client

    def disconnect(self) -> None:
        """Leave the hub, and end it where it is our own."""
        client, hub, own_hub = self._client, self._hub, self._own_hub
        self._client = self._hub = self._own_hub = None
        try:
            if client is not None and hub.is_connected:
                client.unregister()
        except Exception:  # The hub may be gone already, in any way.
            pass
        finally:
            if client is not None:
                client.stop()
            if hub is not None:
                hub.disconnect()
            if own_hub is not None:
                own_hub.stop()

    def programs(self) -> tuple[Program, ...]:
        """The others that are registered. Raises `SampError`."""
        if self._client is None:
            return ()
        with _told("The SAMP hub does not answer"):
            key, hub = self._client.get_private_key(), self._hub
            found = []
            for identity in hub.get_registered_clients(key):
                name = str(hub.get_metadata(key, identity).get("samp.name") or identity)
                takes = frozenset(map(str, hub.get_subscriptions(key, identity)))
                found.append(Program(str(identity), name[:60], takes))
        self._names = {program.identity: program.name for program in found}
        # The hub is a client too; its id is "hub" or ends so in every hub there is.
        return tuple(program for program in found if not program.identity.endswith("hub"))

    def send(
        self, mtype: str, parameters: dict[str, Any], recipient: str | None, *, answered: bool
    ) -> int:
        """Send a message to one program, or to all that take it; returns to how many.

        With `answered`, what they could not do is told to `refused`. Raises `SampError`.
        """
        if self._client is None:
            raise SampError("No SAMP hub is connected; connect to one first (F6).")
        key, hub = self._client.get_private_key(), self._hub
        message = {"samp.mtype": mtype, "samp.params": parameters}
        with _told("The SAMP hub did not take the message"):
            takers = [str(taker) for taker in hub.get_subscribed_clients(key, mtype)]
            chosen = [taker for taker in takers if recipient in (None, taker)]
            for taker in chosen:
                if answered:
                    hub.call(key, taker, _TAG, message)
                else:
                    hub.notify(key, taker, message)
        return len(chosen)

    # -- in the client's threads ---------------------------------------------------------

    def _receive(
        self, key: str, sender: str, message: str | None, mtype: str, parameters: Any, _: Any
    ) -> None:
        name, answer = self._names.get(sender, sender), {"samp.status": "samp.ok"}
        try:
            if not isinstance(parameters, dict):
                raise QueryError("The message has no parameters.")
            self._handler(name, mtype, parameters)
            reply: dict[str, Any] = {**answer, "samp.result": {}}
        except AstroMaskError as error:
            self._refused(f"{name} sent what can't be used: {error}")
            told = {"samp.errortxt": str(error)}
            reply = {"samp.status": "samp.error", "samp.result": {}, "samp.error": told}
        if message is not None and (hub := self._hub) is not None:
            hub.reply(key, message, reply)

    def _hear(self, _key: str, _sender: str, mtype: str, _parameters: Any, _: Any) -> None:
        if mtype in _SHUTDOWN:
            self._ended()
        else:
            self._noticed()

    def _take_response(self, _key: str, responder: str, _tag: str, response: Any) -> None:
        if isinstance(response, dict) and response.get("samp.status") == "samp.error":
            error = response.get("samp.error")
            reason = error.get("samp.errortxt") if isinstance(error, dict) else None
            name = self._names.get(responder, responder)
            self._refused(f"{name} could not take it: {str(reason or 'no reason given')[:200]}")


def _start_hub() -> Any:
    from pyvo import samp

    hub = samp.SAMPHubServer(addr=_HERE, web_profile=False, label="AstroMASK's hub")
    with warnings.catch_warnings():
        # A lock file of a dead hub is replaced, which is only remarked on.
        warnings.simplefilter("ignore")
        hub.start()
    return hub


class _told:
    """Turns whatever the client raises into a sentence."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, AstroMaskError):
            reason = str(error).rstrip(".") or type(error).__name__
            raise SampError(f"{self._sentence}: {reason}.") from error
