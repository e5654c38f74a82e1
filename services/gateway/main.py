"""The gateway as served by `uvicorn services.gateway.main:app`."""

from services.gateway.bootstrap import create_gateway

app = create_gateway()
