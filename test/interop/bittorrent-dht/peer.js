// bittorrent-dht nodes behind the line protocol of the interop tests.
//
// usage: node peer.js --listen ADDR[,ADDR...] [--bootstrap ADDR[,ADDR...]] [--log]
//
// One DHT object per listening address. The protocol is described in the package comment of test/interop.

import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import DHT from 'bittorrent-dht'
import bencode from 'bencode'

const installed = new URL('node_modules/bittorrent-dht/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(installed))

class Node {
  constructor (listen) {
    this.listen = listen
  }

  // Listens and joins.
  async start (bootstrap) {
    this.dht = new DHT({ bootstrap, verify: verifies }) // an empty list: no public routers
    this.dht.on('error', fail)
    if (options.log) this.dht.on('warning', error => console.error(`warning: ${error.message}`))
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

  // The library tells of a refusal only if nobody took the item, and then of the last one with a code from 300.
  put ({ value, secret, key, salt, seq, cas }) {
    const item = { v: bencode.decode(Buffer.from(value, 'hex')) }
    if (secret) {
      const signer = secretKey(secret, key)
      Object.assign(item, { k: Buffer.from(key, 'hex'), seq, cas, sign: text => sign(null, text, signer) })
      if (salt) item.salt = Buffer.from(salt, 'hex')
    }
    return new Promise((resolve, reject) => {
      this.dht.put(item, (error, hash, stored) => {
        if (error && error.code) resolve({ stored: 0, refused: [error.code] })
        else if (error) reject(error)
        else resolve({ stored, seq })
      })
    })
  }

  get ({ target, salt }) {
    const options = { cache: false }
    if (salt) options.salt = Buffer.from(salt, 'hex')
    return new Promise((resolve, reject) => {
      this.dht.get(target, options, (error, item) => {
        if (error) reject(error)
        else resolve({ value: item ? Buffer.from(bencode.encode(item.v)).toString('hex') : '', seq: item?.seq })
      })
    })
  }
}

// secretKey makes a key object of a seed and its public key.
function secretKey (seed, key) {
  const [d, x] = [seed, key].map(hex => Buffer.from(hex, 'hex').toString('base64url'))
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
}

function verifies (signature, text, key) {
  const x = Buffer.from(key).toString('base64url')
  return verify(null, text, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
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
  const methods = { nodes: 'nodes', look: 'look', get_peers: 'getPeers', announce: 'announce', put: 'put', get: 'get' }
  let answer
  try {
    answer = await node[methods[request.do]](request)
  } catch (error) { // a request must always be answered
    answer = { error: String(error) }
  }
  say({ ...answer, id: request.id })
}

const { values: options } = parseArgs({
  options: { listen: { type: 'string' }, bootstrap: { type: 'string', default: '' }, log: { type: 'boolean' } }
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
