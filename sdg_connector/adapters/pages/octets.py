"""A document as the body of an answer, however big it is."""

from collections.abc import Mapping

from starlette.responses import Response, StreamingResponse

from sdg_connector.content import Content, arriving, size_of


def octets_response(content: Content, *, media_type: str, headers: Mapping[str, str]) -> Response:
    """The octets with their length; what is big is read from the store as the browser takes it."""
    if isinstance(content, bytes):
        return Response(content, media_type=media_type, headers=dict(headers))
    length = {"Content-Length": str(size_of(content))}
    return StreamingResponse(
        arriving(content), media_type=media_type, headers={**headers, **length}
    )
