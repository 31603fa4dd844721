/** What a kept delivery says, as far as it can be read. */
import {
  contentEncodingOf,
  decompress,
  parseJson,
  type RawDelivery,
  stringifyJson,
  ThryveError
} from '@thryve-webhook/middleware'
import { printFields } from '../output/fields'
import { visible } from '../output/visible'
import type { Terminal } from '../terminal'

/** `payload`: JSON. `text`: readable, but no JSON. `base64`: the bytes as received. */
export type Revealed = { readonly payload: unknown } | { readonly text: string } | { readonly base64: string }

const MAX_BYTES = 64 * 1024 * 1024

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Reads a delivery. What cannot be decompressed or is no text is given as it came. */
export const revealPayload = async (
  { body, contentEncoding }: RawDelivery,
  maxBytes = MAX_BYTES
): Promise<Revealed> => {
  const base64 = () => ({ base64: Buffer.from(body).toString('base64') })
  const encoding = contentEncodingOf(contentEncoding)
  if (encoding === undefined) return base64()
  let bytes: Uint8Array
  try {
    bytes = await decompress(body, { encoding, maxBytes })
  } catch (error) {
    if (error instanceof ThryveError) return base64()
    throw error
  }
  try {
    return { payload: parseJson(bytes) }
  } catch {
    const text = textOf(bytes)
    return text === undefined ? base64() : { text }
  }
}

const indented = (payload: unknown): string => {
  try {
    return JSON.stringify(payload, null, 2)
  } catch {
    // An integer beyond 2^53: every digit counts more than the lines.
    return stringifyJson(payload)
  }
}

/** Writes what was revealed for people. */
export const printRevealed = (terminal: Terminal, revealed: Revealed): void => {
  if ('base64' in revealed) printFields(terminal, revealed)
  else terminal.stdout.write(`${visible('text' in revealed ? revealed.text : indented(revealed.payload))}\n`)
}
