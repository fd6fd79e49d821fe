"""Uses the MCP canary with MCP's own client, with sessions and without, and prints what it gets: use_mcp.py URL."""

import asyncio
import sys

from mcp import Client

MAX_WAIT = 60


async def progressed(progress, total, message):
    print("progress", progress, total, message)


async def use(mode):
    async with Client(sys.argv[1], mode=mode) as client:
        print(mode, client.server_info.name)
        print("tools", *[tool.name for tool in (await client.list_tools()).tools])
        bought = await client.call_tool("buy", {"name": "tea", "count": 3}, progress_callback=progressed)
        print("bought", bought.content[0].text)
        print("stock", (await client.read_resource("stock://tea")).contents[0].text)
        print("wrong", (await client.call_tool("buy", {"name": "tea"})).is_error)


async def main():
    await use("legacy")
    await use("auto")
    print("done")


asyncio.run(asyncio.wait_for(main(), MAX_WAIT))
