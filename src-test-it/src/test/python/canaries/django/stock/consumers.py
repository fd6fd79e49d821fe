"""Rooms in which the site's users talk, over a channel layer."""

import os

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from stock.models import Document


class Talk(AsyncJsonWebsocketConsumer):
    async def connect(self):
        self.room = "room." + self.scope["url_route"]["kwargs"]["room"]
        if self.scope["user"].is_anonymous:
            await self.close()
            return
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()
        await self.send_json({"user": self.scope["user"].username, "documents": await count_documents()})
        await self.send_json({"worker": os.getpid()})

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def receive_json(self, content):
        await self.channel_layer.group_send(self.room, {"type": "said", "user": self.scope["user"].username, "text": content["text"]})

    async def said(self, event):
        await self.send_json({"user": event["user"], "text": event["text"]})


@database_sync_to_async
def count_documents():
    return Document.objects.count()
