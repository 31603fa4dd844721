/** Ours on Express 5, with the default options: acknowledged when in the inbox. `stored` acknowledges when stored. */
const { createServer } = require('node:http')
const express = require('express')
const { host } = require('../host')
const { openReceiver } = require('./ours-memory')

const [acknowledgeAfter = 'durable'] = process.argv.slice(2)
const { handler, store } = openReceiver(acknowledgeAfter === 'durable' ? {} : { acknowledgeAfter })

const app = express()
app.get('/health', (_request, response) => response.send('ok'))
app.use(handler)

host(createServer(app), store)
