#!/usr/bin/python3
"""libtorrent 2.0 nodes behind the line protocol of the interop tests.

usage: peer.py --listen ADDR[,ADDR...] [--bootstrap ADDR[,ADDR...]] [--read-only] [--log]

One libtorrent session per listening address, or per two: ADDR+ADDR is an IPv4 and an IPv6 address. The protocol is described in the package comment of
test/interop.
"""

import argparse
import asyncio
import hashlib
import json
import os
import socket
import sys
import tempfile
import warnings

import libtorrent as lt

# load_state and pop_alerts by type: deprecated names are the only ones these bindings offer.
warnings.simplefilter("ignore", DeprecationWarning)

# How long a node may take to listen, and then to join.
START_SECONDS = 10
# How long a search may stay without a peer. libtorrent never says that a search has ended empty.
SEARCH_SECONDS = 5
# How long an announce or a put may take: its search waits 15 seconds for every node that has gone.
ANNOUNCE_SECONDS = 25

QUIET_ALERTS = (
    lt.alert.category_t.error_notification
    | lt.alert.category_t.status_notification
    | lt.alert.category_t.dht_notification
    | lt.alert.category_t.dht_operation_notification
)
PACKET_ALERTS = QUIET_ALERTS | lt.alert.category_t.dht_log_notification

SETTINGS = {
    "alert_mask": QUIET_ALERTS,
    "alert_queue_size": 100000,
    # No network but ours.
    "dht_bootstrap_nodes": "",
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    # Every node of a loopback swarm is in 127/8: one address range, no secure ids.
    "allow_multiple_connections_per_ip": True,
    "dht_enforce_node_id": False,
    "dht_ignore_dark_internet": False,
    "dht_prefer_verified_node_ids": False,
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    # A swarm of fast neighbours is not an attack.
    "dht_block_ratelimit": 1000000,
    "dht_block_timeout": 1,
    "dht_upload_rate_limit": 10000000,
}


def host_port(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def compact(text):
    host, port = host_port(text)
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    return socket.inet_pton(family, host.strip("[]")) + port.to_bytes(2, "big")


def endpoint(pair):
    return ("[%s]:%d" if ":" in pair[0] else "%s:%d") % pair


def saved_state(addresses):
    """What a session writes down of its routing tables."""
    known = [compact(a) for a in addresses]
    return {
        b"dht state": {
            b"nodes": [c for c in known if len(c) == 6],
            b"nodes6": [c for c in known if len(c) == 18],
        }
    }


class Node:
    """One session. All methods run on the event loop."""

    def __init__(self, listen, bootstrap, options, loop):
        self.listen = listen
        self.quiet = QUIET_ALERTS
        if options.log:
            self.quiet |= lt.alert.category_t.dht_log_notification
        self.sockets_left = len(listen.split("+"))
        self.bootstrap = bootstrap
        self.listening = loop.create_future()
        self.listeners = []  # called with each alert
        if options.log:
            self.listeners.append(log)
        own = {"enable_dht": False, "dht_read_only": options.read_only, "listen_interfaces": listen.replace("+", ",")}
        self.session = lt.session(dict(SETTINGS, alert_mask=self.quiet, **own))
        self.watch_alerts(loop)

    async def start(self):
        """Listens and joins. The saved table of an earlier run is how a client finds its way back.

        dht_bootstrap_nodes would not do: libtorrent keeps such routers out of its routing table.
        """
        await asyncio.wait_for(self.listening, START_SECONDS)
        self.session.load_state(saved_state(self.bootstrap))

        def pick(alert):
            return isinstance(alert, lt.dht_bootstrap_alert) or None

        joined = await self.first(
            pick, START_SECONDS, lambda: self.session.apply_settings({"enable_dht": True})
        )
        if self.bootstrap and not joined:
            print("libtorrent did not end its bootstrap", file=sys.stderr)

    def watch_alerts(self, loop):
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self.sockets = (ours, theirs)
        self.session.set_alert_fd(theirs.fileno())
        loop.add_reader(ours, self.on_alerts)

    def on_alerts(self):
        try:
            self.sockets[0].recv(4096)
        except BlockingIOError:
            pass
        for alert in self.session.pop_alerts():
            self.note_listening(alert)
            for listener in list(self.listeners):
                listener(alert)

    def note_listening(self, alert):
        if self.listening.done():
            return
        if isinstance(alert, lt.listen_succeeded_alert) and "uTP" in alert.message():
            self.sockets_left -= 1
            if self.sockets_left == 0:
                self.listening.set_result(None)
        elif isinstance(alert, lt.listen_failed_alert):
            self.listening.set_exception(OSError(alert.message()))

    async def first(self, pick, seconds, start):
        """Calls start, then returns the first alert's pick that is not None; None after seconds."""
        found = asyncio.get_running_loop().create_future()

        def listener(alert):
            value = pick(alert)
            if value is not None and not found.done():
                found.set_result(value)

        self.listeners.append(listener)
        try:
            start()
            return await asyncio.wait_for(found, seconds)
        except asyncio.TimeoutError:
            return None
        finally:
            self.listeners.remove(listener)

    async def nodes(self, request):
        def pick(alert):
            if isinstance(alert, lt.dht_stats_alert):
                return sum(bucket["num_nodes"] for bucket in alert.routing_table)
            return None

        count = await self.first(pick, 5, self.session.post_dht_stats)
        return {"nodes": count or 0}

    async def look(self, request):
        self.session.dht_get_peers(lt.sha1_hash(os.urandom(20)))
        return {}

    async def get_peers(self, request):
        wanted = lt.sha1_hash(bytes.fromhex(request["info_hash"]))

        def pick(alert):
            if isinstance(alert, lt.dht_get_peers_reply_alert) and alert.info_hash == wanted:
                return alert.peers() or None
            return None

        peers = await self.first(pick, SEARCH_SECONDS, lambda: self.session.dht_get_peers(wanted))
        return {"peers": sorted({endpoint(peer) for peer in peers or []})}

    async def announce(self, request):
        """Adds a torrent, as any user of libtorrent would. The port is the session's own.

        The bindings cannot call session.dht_announce: its flags have no Python type.
        """
        torrent = lt.add_torrent_params()
        if "files" in request:
            torrent.ti = whole_torrent(request["files"])
            torrent.save_path = request["files"]
            torrent.flags |= lt.torrent_flags.seed_mode
            info_hash = torrent.ti.info_hash()
        else:
            info_hash = lt.sha1_hash(bytes.fromhex(request["info_hash"]))
            torrent.info_hashes = lt.info_hash_t(info_hash)
            torrent.save_path = tempfile.gettempdir()
        torrent.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
        watch = AnnounceWatch(info_hash.to_bytes())

        def start():
            self.session.set_alert_mask(PACKET_ALERTS)
            self.session.add_torrent(torrent).force_dht_announce()

        await self.first(watch.step, ANNOUNCE_SECONDS, start)
        self.session.set_alert_mask(self.quiet)
        stored = {addr for _, addr in watch.stored}  # it announces twice: as it adds the torrent, and now
        return {
            "info_hash": watch.info_hash.hex(),
            "port": watch.port,
            "implied_port": watch.implied,
            "stored": len(stored),
        }

    async def sample(self, request):
        """Asks one node for info-hashes that it has peers of (BEP 51)."""
        host, port = host_port(request["addr"])
        target = lt.sha1_hash(bytes.fromhex(request["target"]))

        def pick(alert):
            if isinstance(alert, lt.dht_sample_infohashes_alert):
                return {
                    "samples": [str(sample) for sample in alert.samples],
                    "num": alert.num_infohashes,
                    "interval": alert.interval.total_seconds(),
                    "named": [endpoint(node["endpoint"]) for node in alert.nodes],
                }
            return None

        def start():
            self.session.dht_sample_infohashes((host.strip("[]"), port), target)

        return await self.first(pick, SEARCH_SECONDS, start) or {"error": "no answer"}

    async def put(self, request):
        """Stores an item. The bindings sign a mutable one themselves, one seq above the highest they find."""
        value = lt.bdecode(bytes.fromhex(request["value"]))
        seed = bytes.fromhex(request.get("secret", ""))

        def start():
            if seed:
                salt = bytes.fromhex(request.get("salt", ""))
                public = bytes.fromhex(request["key"])
                self.session.dht_put_mutable_item(expanded(seed), public, value, salt)
            else:
                self.session.dht_put_immutable_item(value)

        def pick(alert):
            if isinstance(alert, lt.dht_put_alert):
                return {"stored": alert.num_success, "seq": alert.seq}
            return None

        return await self.first(pick, ANNOUNCE_SECONDS, start) or {"error": "no end of the put"}

    async def get(self, request):
        if "key" in request:
            return await self.get_mutable(bytes.fromhex(request["key"]), bytes.fromhex(request.get("salt", "")))
        target = lt.sha1_hash(bytes.fromhex(request["target"]))

        def pick(alert):
            if isinstance(alert, lt.dht_immutable_item_alert) and alert.target == target:
                return item(alert)
            return None

        return await self.first(pick, ANNOUNCE_SECONDS, lambda: self.session.dht_get_immutable_item(target)) or {}

    async def get_mutable(self, key, salt):
        def pick(alert):  # there is one for each answer, and a last one for all
            if isinstance(alert, lt.dht_mutable_item_alert) and alert.key == key and alert.authoritative:
                return dict(item(alert), seq=alert.seq)
            return None

        return await self.first(pick, ANNOUNCE_SECONDS, lambda: self.session.dht_get_mutable_item(key, salt)) or {}


def whole_torrent(directory):
    """Makes a torrent of one new file, all of which is there."""
    piece = os.urandom(16384)
    with open(os.path.join(directory, "file"), "wb") as out:
        out.write(piece)
    info = {
        b"length": len(piece),
        b"name": b"file",
        b"piece length": len(piece),
        b"pieces": hashlib.sha1(piece).digest(),
    }
    return lt.torrent_info({b"info": info})


def expanded(seed):
    """The private key as libtorrent wants it: what Ed25519 makes of the seed (RFC 8032, section 5.1.5)."""
    key = bytearray(hashlib.sha512(seed).digest())
    key[0] &= 248
    key[31] &= 63
    key[31] |= 64
    return bytes(key)


def item(alert):
    """The value in an alert. The bindings fail to convert an empty entry, nothing was found, or one that is no string."""
    try:
        return {"value": lt.bencode(alert.item["value"]).hex()}
    except RuntimeError:
        return {"value": ""}


class AnnounceWatch:
    """Counts who acknowledged an announce: libtorrent has no alert for it, but shows its packets."""

    def __init__(self, info_hash):
        self.info_hash = info_hash
        self.asked = set()  # (transaction id, address)
        self.stored = set()
        self.refused = set()
        self.port = None
        self.implied = None

    def step(self, alert):
        """Takes one alert; True once everyone who was asked has answered."""
        if not isinstance(alert, lt.dht_pkt_alert):
            return None
        try:
            packet = lt.bdecode(alert.pkt_buf)
        except RuntimeError:
            return None
        if not isinstance(packet, dict):
            return None
        addr = alert.message().split(" ")[1]
        key = (packet.get(b"t"), addr)
        if packet.get(b"q") == b"announce_peer" and packet[b"a"][b"info_hash"] == self.info_hash:
            if alert.message().startswith("==>"):
                self.asked.add(key)
                self.port = packet[b"a"][b"port"]
                self.implied = packet[b"a"].get(b"implied_port", 0)
        elif key in self.asked and alert.message().startswith("<=="):
            (self.stored if packet.get(b"y") == b"r" else self.refused).add(key)
        if self.asked and self.asked == self.stored | self.refused:
            return True
        return None


def log(alert):
    """Writes what libtorrent's DHT says of itself and of others, but for the packets."""
    if isinstance(alert, lt.dht_log_alert):
        print(alert.message(), file=sys.stderr, flush=True)


def say(message):
    print(json.dumps(message), flush=True)


async def serve(request, nodes):
    try:
        node = nodes[request.get("node", 0)]
        methods = {
            "announce": node.announce,
            "get": node.get,
            "get_peers": node.get_peers,
            "look": node.look,
            "nodes": node.nodes,
            "put": node.put,
            "sample": node.sample,
        }
        answer = await methods[request["do"]](request)
    except Exception as error:  # a request must always be answered
        answer = {"error": repr(error)}
    say(dict(answer, id=request.get("id")))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", required=True)
    parser.add_argument("--bootstrap", default="")
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--log", action="store_true")
    options = parser.parse_args()
    loop = asyncio.get_running_loop()

    bootstrap = [a for a in options.bootstrap.split(",") if a]
    nodes = [Node(a, bootstrap, options, loop) for a in options.listen.split(",")]
    for node in nodes:  # one after another, as nodes do join a network
        await node.start()

    requests = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(requests), sys.stdin)
    say({"ready": True, "client": "libtorrent " + lt.__version__, "addrs": [n.listen for n in nodes]})
    tasks = set()
    while line := await requests.readline():
        request = json.loads(line)
        if request["do"] == "quit":
            break
        task = asyncio.create_task(serve(request, nodes))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    sys.stdout.flush()
    os._exit(0)  # closing sessions politely takes seconds, and nothing is worth keeping


asyncio.run(main())
