"""Putting a person's access file together from the parts that services have sealed (C8.1)."""

from services.gateway.access_file.assembly import WrongPartError, assembled
from services.gateway.access_file.opening import Opening

__all__ = ["Opening", "WrongPartError", "assembled"]
