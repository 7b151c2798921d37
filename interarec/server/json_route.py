"""Routes that take JSON as it was parsed and checked beside the event loop (:mod:`interarec.server.bodies`)."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class JsonRoute(APIRoute):
    """A route that takes the JSON that was parsed, and does not parse it again on the event loop."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if "json" in request.scope.get("state", {}):
                request._json = request.state.json
            return await handler(request)

        return handle
