/** Ours on plain `node:http`. `stored` acknowledges when stored. */
const { createServer } = require('node:http')
const { host } = require('../host')
const { openReceiver } = require('./ours-memory')

const [acknowledgeAfter = 'durable'] = process.argv.slice(2)
const { handler, store } = openReceiver(acknowledgeAfter === 'durable' ? {} : { acknowledgeAfter })

const server = createServer((request, response) => {
  if (request.url === '/health') response.end('ok')
  else handler(request, response)
})

host(server, store)
