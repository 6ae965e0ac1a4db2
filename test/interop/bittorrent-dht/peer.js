// bittorrent-dht nodes behind the line protocol of the interop tests.
//
// usage: node peer.js --listen ADDR[,ADDR...] [--bootstrap ADDR[,ADDR...]]
//
// One DHT object per listening address. The protocol is described in the package comment of test/interop.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import DHT from 'bittorrent-dht'

const installed = new URL('node_modules/bittorrent-dht/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(installed))

class Node {
  constructor (listen) {
    this.listen = listen
  }

  // Listens and joins.
  async start (bootstrap) {
    this.dht = new DHT({ bootstrap }) // an empty list: no public routers
    this.dht.on('error', fail)
    const joined = once(this.dht, 'ready')
    const [host, port] = this.listen.split(':')
    this.dht.listen(Number(port), host)
    await once(this.dht, 'listening')
    await joined
  }

  nodes () {
    return { nodes: this.dht.nodes.toArray().length }
  }

  look () {
    this.dht.lookup(randomBytes(20))
    return {}
  }

  // Peers that this node itself stores for others come without a sender; only the network's answers count.
  getPeers ({ info_hash: hash }) {
    const found = new Set()
    const onpeer = (peer, infoHash, from) => {
      if (from && infoHash.toString('hex') === hash) found.add(`${peer.host}:${peer.port}`)
    }
    this.dht.on('peer', onpeer)
    return new Promise((resolve, reject) => {
      this.dht.lookup(hash, error => {
        this.dht.removeListener('peer', onpeer)
        if (error) reject(error)
        else resolve({ peers: [...found].sort() })
      })
    })
  }

  announce ({ info_hash: hash, port }) {
    return new Promise((resolve, reject) => {
      this.dht.announce(hash, port, (error, stored) => {
        if (error) reject(error)
        else resolve({ port: port || this.dht.address().port, implied_port: port ? 0 : 1, stored })
      })
    })
  }
}

function say (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}

function fail (error) {
  console.error(error)
  process.exit(1)
}

async function serve (request, nodes) {
  const node = nodes[request.node || 0]
  const methods = { nodes: 'nodes', look: 'look', get_peers: 'getPeers', announce: 'announce' }
  let answer
  try {
    answer = await node[methods[request.do]](request)
  } catch (error) { // a request must always be answered
    answer = { error: String(error) }
  }
  say({ ...answer, id: request.id })
}

const { values: options } = parseArgs({
  options: { listen: { type: 'string' }, bootstrap: { type: 'string', default: '' } }
})
const bootstrap = options.bootstrap.split(',').filter(Boolean)
const nodes = options.listen.split(',').map(listen => new Node(listen))
for (const node of nodes) await node.start(bootstrap) // one after another, as nodes do join a network

const lines = createInterface({ input: process.stdin })
say({ ready: true, client: `bittorrent-dht ${version}`, addrs: nodes.map(node => node.listen) })
for await (const line of lines) {
  const request = JSON.parse(line)
  if (request.do === 'quit') break
  serve(request, nodes)
}
process.exit(0)
