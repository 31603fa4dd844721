/** Texts in bytes of JSON that came before: types, units and small values come again and again. */

/** A power of two. */
const SLOTS = 512
/** 2^32 divided by the golden ratio, as Knuth advises for multiplicative hashing. */
const HASH_FACTOR = 0x9e3779b1
const HASH_SHIFT = 32 - Math.log2(SLOTS)

/** Remembers plain texts: ASCII without escapes. Two that share a slot drive each other out. */
export class TextTable {
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #texts: (string | undefined)[] = new Array(SLOTS)
  readonly #starts: number[] = new Array(SLOTS)

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The text that begins here, if it is one that came before: the quote behind it is compared, too. */
  find(start: number): string | undefined {
    const slot = this.#slotOf(start)
    const text = this.#texts[slot]
    if (text === undefined) return undefined
    return this.isSame(this.#starts[slot] as number, start, text.length + 1) ? text : undefined
  }

  /** Makes the text of a place. */
  add(start: number, end: number): string {
    const slot = this.#slotOf(start)
    const text = this.#bytes.toString('latin1', start, end)
    this.#texts[slot] = text
    this.#starts[slot] = start
    return text
  }

  /** Whether the same bytes stand at two places, four at a time. */
  isSame(a: number, b: number, length: number): boolean {
    const view = this.#view
    if (b + length > view.byteLength) return false
    if (length < 4) {
      for (let index = 0; index < length; index += 1) {
        if (view.getUint8(a + index) !== view.getUint8(b + index)) return false
      }
      return true
    }
    const last = length - 4
    for (let index = 0; index < last; index += 4) {
      if (view.getInt32(a + index) !== view.getInt32(b + index)) return false
    }
    return view.getInt32(a + last) === view.getInt32(b + last)
  }

  /** By its first four bytes, with whatever stands behind a shorter text: that is mostly the same again. */
  #slotOf(start: number): number {
    const head = start + 4 <= this.#view.byteLength ? this.#view.getInt32(start) : 0
    return Math.imul(head, HASH_FACTOR) >>> HASH_SHIFT
  }
}
