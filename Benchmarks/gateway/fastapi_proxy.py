"""What people write first: a FastAPI route that hands requests on with httpx."""

import os

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

UPSTREAM = os.environ["UPSTREAM"]
app = FastAPI()
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=256, max_keepalive_connections=256), timeout=60)


@app.post("/v1/chat/completions")
async def chat(request: Request):
    body = await request.json()
    if not body.get("stream"):
        answer = await client.post(UPSTREAM + "/chat/completions", json=body)
        return Response(answer.content, answer.status_code, media_type="application/json")
    upstream = client.build_request("POST", UPSTREAM + "/chat/completions", json=body)
    answer = await client.send(upstream, stream=True)

    async def pieces():
        async for piece in answer.aiter_raw():
            yield piece
        await answer.aclose()

    return StreamingResponse(pieces(), media_type="text/event-stream")
