"""(f) FastAPI and pydantic 2 on uvicorn, one worker: pydantic's own JSON parser, straight from the bytes."""

import asyncio
import gc
import hashlib
import hmac
import json
import resource
import socket
import sys
import threading
import time
from datetime import datetime
from typing import Literal, Optional

import uvicorn
import zstandard
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ValidationError

SECRET = b"bench-secret"
TOLERANCE_SECONDS = 300
MAX_BYTES = 64 * 1024 * 1024


class Details(BaseModel):
    creationTimestamp: Optional[datetime] = None
    dataTypeName: Optional[str] = None
    valueType: Optional[str] = None
    thirdPartyDataSourceId: Optional[int] = None
    thirdPartyDataSourceName: Optional[str] = None
    measurementReference: Optional[int] = None
    generationType: Optional[str] = None
    trustworthiness: Optional[str] = None
    medicalGrade: Optional[bool] = None
    chronologicalExactness: Optional[int] = None


class EpochRecord(BaseModel):
    startTimestamp: datetime
    endTimestamp: Optional[datetime] = None
    timezoneOffset: Optional[int] = None
    dataTypeId: int
    value: str
    additionalDetails: Optional[Details] = None


class Source(BaseModel):
    dataSourceId: int
    dataSourceName: Optional[str] = None
    epochData: list[EpochRecord]


class Delivery(BaseModel):
    endUserId: str
    endUserAlias: Optional[str] = None
    timestampType: str
    type: Literal["event.data.epoch.create", "event.data.epoch.update"]
    data: Source


records: dict[tuple, EpochRecord] = {}
decompressor = zstandard.ZstdDecompressor()
app = FastAPI()
control = FastAPI()


def is_authentic(request: Request, body: bytes) -> bool:
    timestamp = request.headers.get("x-hmac-timestamp", "")
    if not timestamp.isdigit():
        return False
    sent_at = int(timestamp) / 1000 if len(timestamp) > 11 else int(timestamp)
    if abs(time.time() - sent_at) > TOLERANCE_SECONDS:
        return False
    expected = hmac.new(SECRET, body, hashlib.sha256)
    expected.update(timestamp.encode())
    return hmac.compare_digest(expected.hexdigest(), request.headers.get("x-hmac-signature", ""))


@app.get("/health")
async def health() -> Response:
    return Response("ok")


@app.post("/webhooks/thryve")
async def receive(request: Request) -> Response:
    body = await request.body()
    if not is_authentic(request, body):
        return Response(status_code=401)
    try:
        plain = decompressor.decompress(body, max_output_size=MAX_BYTES)
        delivery = Delivery.model_validate_json(plain)
    except (zstandard.ZstdError, ValidationError):
        return Response(status_code=400)
    user, source = delivery.endUserId, delivery.data.dataSourceId
    for record in delivery.data.epochData:
        found = record.additionalDetails
        origin = (found.thirdPartyDataSourceId, found.generationType) if found else (None, None)
        records[(user, source, origin, record.dataTypeId, record.startTimestamp)] = record
    return Response(status_code=204)


@control.post("/usage")
async def usage() -> dict:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpuSeconds": used.ru_utime + used.ru_stime, "peakBytes": used.ru_maxrss * 1024}


@control.post("/count")
async def count() -> int:
    return len(records)


@control.post("/reset")
async def reset() -> bool:
    records.clear()
    gc.collect()
    return True


def end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    import os

    os._exit(0)


async def main() -> None:
    ports, servers = [], []
    for each in (app, control):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        ports.append(listener.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(each, access_log=False, log_level="error"))
        servers.append(server.serve(sockets=[listener]))
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(json.dumps({"port": ports[0], "controlPort": ports[1]}), flush=True)
    await asyncio.gather(*servers)


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.run(main())
    except ImportError:
        asyncio.run(main())
