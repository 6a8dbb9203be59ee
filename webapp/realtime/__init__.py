"""Realtime: events of rooms over Socket.IO, in order, without loss, to whoever may hear them."""
