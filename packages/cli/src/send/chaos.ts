/** Everything that goes wrong between a vendor and a receiver, in any order; what must be stored at the end stays certain. */
import type { ThryveRecord } from '@thryve-webhook/middleware'
import { badRecords, breakPayload, nullTexts } from './distortions'
import { type Chunk, chunksOf, type PlanOptions as OrderlyPlanOptions } from './plan'
import { type PlannedDelivery, payloadOf, planDelivery, type Seal } from './planned-delivery'
import { type Random, randomOf } from './random'
import { versionOf } from './versions'

/** What to make up, and what to forge. */
export interface PlanOptions extends OrderlyPlanOptions {
  /** Ways of being unauthentic that the scheme can tell; none where nothing is signed. */
  readonly forgeries: readonly Exclude<Seal, 'signed'>[]
}

/** How many deliveries wait at the most for their random turn, and how many records they may hold together. */
const WINDOW = 200
const WINDOW_RECORDS = 20_000
const MAX_VERSION = 3
/** A version that must never be seen, since nothing that brings it is authentic or whole. */
const POISON_VERSION = 9

const withBigReference = (record: ThryveRecord, random: Random): ThryveRecord =>
  random.happens(0.2) ? { ...record, measurementReference: random.digits(20) } : record

const withExtra = (record: ThryveRecord, random: Random): ThryveRecord =>
  random.happens(0.02) ? { ...record, extra: `{"record":{"syntheticField":${random.between(0, 99)}}}` } : record

const packingOf = (random: Random): PlannedDelivery['packing'] => (random.happens(0.15) ? 'split' : 'one frame')

/** The chunk as it comes first: some with bad records, some with two versions of a record. */
const planCreate = (records: readonly ThryveRecord[], options: PlanOptions, random: Random): PlannedDelivery => {
  if (random.happens(0.1)) {
    const distort = badRecords(random)
    return planDelivery(records, false, options, { kind: 'bad records', distort, isQuarantined: true })
  }
  const distort = nullTexts(random)
  if (options.hasDetails && random.happens(0.1)) {
    const [first] = records as [ThryveRecord]
    // The greater version comes first, and must win all the same.
    const both = [versionOf(first, 1), ...records]
    return planDelivery(both, false, options, { kind: 'create', distort, packing: packingOf(random) })
  }
  return planDelivery(records, false, options, { kind: 'create', distort, packing: packingOf(random) })
}

/** One or more updates of some records, and a create of theirs that comes late. */
function* planHistory(
  records: readonly ThryveRecord[],
  options: PlanOptions,
  random: Random
): Generator<PlannedDelivery> {
  const changed = records.filter(() => random.happens(0.15))
  for (let version = 1; version <= MAX_VERSION; version += 1) {
    const further = version === 1 ? changed : changed.filter(() => random.happens(0.5))
    if (further.length === 0) return
    const grown = further.map((record) => versionOf(record, version))
    yield planDelivery(grown, true, options, { kind: 'growing update', packing: packingOf(random) })
  }
  if (random.happens(0.5)) yield planDelivery(changed, false, options, { kind: 'late create' })
}

/** Deliveries of which nothing may be stored. */
function* planPoison(
  records: readonly ThryveRecord[],
  options: PlanOptions,
  random: Random
): Generator<PlannedDelivery> {
  const poison = records.slice(0, 3).map((record) => versionOf(record, POISON_VERSION))
  const bringsNothing = { records: [], recordCount: 0 }
  const [forgery, ...others] = options.forgeries
  if (forgery !== undefined && random.happens(0.1)) {
    const seal = random.pick([forgery, ...others])
    yield planDelivery(poison, true, options, { ...bringsNothing, kind: seal, seal })
  }
  if (random.happens(0.05)) {
    const broken = { ...bringsNothing, kind: 'truncated', packing: 'truncated', isQuarantined: true } as const
    yield planDelivery(poison, true, options, broken)
  }
  if (random.happens(0.05)) {
    const payload = breakPayload(payloadOf(poison, true, options), random)
    yield planDelivery(poison, true, options, {
      ...bringsNothing,
      kind: 'broken payload',
      payload,
      isQuarantined: true
    })
  }
}

function* planChunk(chunk: Chunk, options: PlanOptions, random: Random): Generator<PlannedDelivery> {
  const decorate = (record: ThryveRecord): ThryveRecord =>
    withExtra(options.hasDetails ? withBigReference(record, random) : record, random)
  const records = chunk.records.map(decorate)
  const own = [planCreate(records, options, random), ...planHistory(records, options, random)]
  for (const planned of own) {
    yield planned
    if (random.happens(0.1)) yield { ...planned, kind: 'duplicate' }
    // The same once more, signed anew: a delivery of its own to the receiver.
    if (random.happens(0.05)) yield { ...planned, kind: 'signed anew', payload: Buffer.from(planned.payload) }
  }
  yield* planPoison(records, options, random)
}

/** Yields the deliveries in a random order, within a window that bounds the memory. */
export function* planChaos(options: PlanOptions): Generator<PlannedDelivery> {
  const random = randomOf(options.seed, 'chaos')
  const waiting: PlannedDelivery[] = []
  const window = Math.min(WINDOW, Math.max(8, Math.ceil(WINDOW_RECORDS / options.batch)))
  let progress = 0
  const takeAny = (): PlannedDelivery => {
    const at = random.between(0, waiting.length - 1)
    const taken = waiting[at] as PlannedDelivery
    waiting[at] = waiting.at(-1) as PlannedDelivery
    waiting.pop()
    return { ...taken, progress }
  }
  for (const chunk of chunksOf(options)) {
    progress = chunk.progress
    for (const planned of planChunk(chunk, options, random)) {
      waiting.push(planned)
      if (waiting.length > window) yield takeAny()
    }
  }
  while (waiting.length > 0) yield takeAny()
}
