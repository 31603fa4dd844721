/** Ten attackers, each doing one thing over and over until the parent ends this process. Some know the secret. */
const http = require('node:http')
const { connect } = require('node:net')
const { setTimeout: sleep } = require('node:timers/promises')
const zlib = require('node:zlib')
const { signedDelivery } = require('@thryve-webhook/middleware/testing')

const port = Number(process.argv[2])
const path = '/webhooks/thryve'
const secret = 'synthetic-secret'
const MIB = 1_024 * 1_024

const post = (headers, body) =>
  new Promise((resolve) => {
    const request = http.request({ port, path, method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.on('close', resolve)
    })
    request.on('error', resolve)
    request.end(body)
  })

const hold = (text, ms, drip) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const timer = drip && setInterval(() => socket.write(drip), 500)
    setTimeout(() => socket.destroy(), ms)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      resolve()
    })
  })

const signedPost = async (payload, encoding) => {
  const { headers, body } = await signedDelivery(payload, { secret, encoding })
  await post(headers, body)
}

const forged = { 'x-hmac-signature': '0'.repeat(64), 'x-hmac-timestamp': String(Math.floor(Date.now() / 1_000)) }
const head = (length) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n`
const bomb = zlib.gzipSync(Buffer.alloc(256 * MIB))
const nested = Buffer.from('['.repeat(2 * MIB))
const manyKeys = Buffer.from(`{${Array.from({ length: 100_000 }, (_, index) => `"${index}":1`).join()}}`)
const manyValues = Buffer.from(`[${'{},'.repeat(MIB)}1]`)

/** Name: what one turn does, and the pause after it in milliseconds. */
const attackers = {
  'forged, 1 MiB': [() => post(forged, Buffer.alloc(MIB)), 20],
  bombs: [
    async () => {
      const { headers, body } = await signedDelivery(bomb, { secret, encoding: 'identity' })
      await post({ ...headers, 'content-encoding': 'gzip' }, body)
    },
    50
  ],
  'deep JSON': [() => signedPost(nested, 'zstd'), 50],
  'many keys': [() => signedPost(manyKeys, 'zstd'), 50],
  'many values': [() => signedPost(manyValues, 'zstd'), 50],
  'endless chunked bodies': [
    () =>
      hold(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`,
        3_000,
        `10000\r\n${'x'.repeat(65_536)}\r\n`
      ),
    0
  ],
  'slow bodies': [() => Promise.all(Array.from({ length: 20 }, () => hold(`${head(1_000)}\r\n`, 5_000, 'x'))), 0],
  'slow headers': [() => Promise.all(Array.from({ length: 100 }, () => hold(head(10), 5_000, 'X-A: b\r\n'))), 0],
  'idle sockets': [() => Promise.all(Array.from({ length: 300 }, () => hold('', 5_000))), 0],
  'cut bodies': [() => Promise.all(Array.from({ length: 10 }, () => hold(`${head(100_000)}\r\nxxxx`, 50))), 20]
}

for (const [turn, pauseMs] of Object.values(attackers)) {
  void (async () => {
    for (;;) {
      await turn()
      await sleep(pauseMs)
    }
  })()
}
process.on('disconnect', () => process.exit(0))
process.send({ ready: Object.keys(attackers) })
