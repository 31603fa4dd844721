/** The decoding tables of finite state entropy, as zstd's sequences use them (RFC 8878, section 4.1). */

/** The largest Accuracy_Log of a sequence table is 9. */
const MAX_CELLS = 512
const MAX_SYMBOLS = 53

const highestBit = (value: number): number => 31 - Math.clz32(value)

/** Section 4.1.1, "from normalized distribution to decoding tables". Uses the counts up. */
const buildCells = (cells: Int32Array, counts: Int32Array, symbolCount: number, accuracyLog: number): void => {
  const size = 1 << accuracyLog
  const mask = size - 1
  const step = (size >>> 1) + (size >>> 3) + 3
  let high = size
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (counts[symbol] === -1) cells[--high] = symbol
  }
  let at = 0
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const count = counts[symbol] ?? 0
    for (let i = 0; i < count; i++) {
      cells[at] = symbol
      do at = (at + step) & mask
      while (at >= high)
    }
    if (count === -1) counts[symbol] = 1
  }
  for (let state = 0; state < size; state++) {
    const symbol = cells[state] ?? 0
    const next = counts[symbol] ?? 0
    const bits = accuracyLog - highestBit(next)
    counts[symbol] = next + 1
    cells[state] = symbol | (bits << 8) | (((next << bits) - size) << 16)
  }
}

/** One table, built in place so that a delivery of a million blocks allocates it once. */
export class FseTable {
  accuracyLog = 0
  /** By state: the symbol; from bit 8 on, the bits to read for the next state; from bit 16 on, what to add to them. */
  readonly cells = new Int32Array(MAX_CELLS)

  readonly #counts = new Int32Array(MAX_SYMBOLS)

  /** A table of one symbol, which takes no bits (RLE_Mode). */
  setSymbol(symbol: number): void {
    this.accuracyLog = 0
    this.cells[0] = symbol
  }

  /** A table from known probabilities, -1 being "less than 1". */
  setProbabilities(accuracyLog: number, probabilities: readonly number[]): void {
    this.#counts.set(probabilities)
    buildCells(this.cells, this.#counts, probabilities.length, accuracyLog)
    this.accuracyLog = accuracyLog
  }

  /** A table from its description (section 4.1.1). @returns where that ends, or -1 when it is malformed. */
  read(bytes: Uint8Array, start: number, end: number, maxLog: number, maxSymbol: number): number {
    let at = 0
    const peek = (count: number): number => {
      const byte = start + (at >>> 3)
      const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16)
      return (word >>> (at & 7)) & ((1 << count) - 1)
    }
    const accuracyLog = peek(4) + 5
    if (accuracyLog > maxLog) return -1
    at += 4
    let remaining = 1 << accuracyLog
    let symbol = 0
    while (remaining > 0) {
      if (symbol > maxSymbol) return -1
      // Values below `short` are written in one bit less.
      const count = highestBit(remaining + 1) + 1
      const short = (1 << count) - 2 - remaining
      const low = peek(count - 1)
      let value = peek(count)
      at += count
      if (low < short) {
        value = low
        at -= 1
      } else if (value >= 1 << (count - 1)) value -= short
      const probability = value - 1
      remaining -= Math.abs(probability)
      this.#counts[symbol++] = probability
      for (let zeros = probability === 0 ? 3 : 0; zeros === 3; ) {
        zeros = peek(2)
        at += 2
        if (symbol + zeros > maxSymbol) return -1
        for (let i = 0; i < zeros; i++) this.#counts[symbol++] = 0
      }
    }
    const next = start + Math.ceil(at / 8)
    if (next > end) return -1
    buildCells(this.cells, this.#counts, symbol, accuracyLog)
    this.accuracyLog = accuracyLog
    return next
  }
}
